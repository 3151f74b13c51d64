"""Figures that cannot be."""

from sync.queue.kind import ExceptionKind, Resolution

OF_FIGURES = (
    ExceptionKind(
        key="missing_ideal_cycle",
        title="Missing ideal cycle time",
        severity="warning",
        meaning="An operation has no ideal cycle time, so performance and OEE of its counts are undefined.",
        holds_back="No record. The time the operation ran has no performance and no OEE.",
        cure="Set the cycle time at the source, or enter it here.",
        resolutions=(Resolution.CORRECT, Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="performance_above_100",
        title="Performance above 100 %",
        severity="warning",
        meaning="A machine made more on some day than its ideal cycle time allows for the time it ran. "
        "The ideal is probably too slow, and makes performance and OEE look better than they are.",
        holds_back="No record. Performance and OEE of these days are too high.",
        cure="Correct the ideal cycle time at the source: what is produced from then on follows it. "
        "A dated correction on the machine's page of ideal cycles restates history, too. This resolves "
        "itself when none of the last 30 days is above 100 % any more.",
        resolutions=(Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="stop_longer_than_shift",
        title="Stop longer than its shift",
        severity="warning",
        meaning="A stop lasted longer than the shift it began in. More often somebody forgot to end it than "
        "the machine stood so long.",
        holds_back="No record. The stop counts as it is, so availability and downtime may be wrong.",
        cure="Correct its end at the source or here. If it is true, dismiss it.",
        resolutions=(Resolution.CORRECT, Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="running_without_production",
        title="Running without production",
        severity="warning",
        meaning="A machine ran for hours and nothing was counted. Either the counts are missing "
        "or it did not run.",
        holds_back="No record. Availability counts this time as run, performance and OEE count it as zero.",
        cure="Enter the counts or the stop at the source. It resolves itself when either comes.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
)
