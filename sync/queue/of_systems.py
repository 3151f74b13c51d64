"""What systems say differently, or leave undone."""

from sync.queue.kind import ExceptionKind, Resolution

OF_SYSTEMS = (
    ExceptionKind(
        key="status_mismatch",
        title="Status differs between systems",
        severity="warning",
        meaning="A work order is closed in one system and open in the other.",
        holds_back="No record. The time the order took, and whether it is open, are doubtful.",
        cure="Close or reopen it in one of the systems; it resolves itself when both agree. Or say "
        "here which one is right.",
        resolutions=(Resolution.TAKE, Resolution.OWN, Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="ownership_mismatch",
        title="Value differs between systems",
        severity="warning",
        meaning="Two systems say different things of one record. The value of the system of record counts; "
        "the other one may be the truth all the same.",
        holds_back="No record. The value shown is that of the system of record.",
        cure="Put it right in one of the systems; it resolves itself when both agree. Or say here which "
        "value is right, or which system is right about this field from now on.",
        resolutions=(Resolution.TAKE, Resolution.OWN, Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="down_without_stop",
        title="Machine state and stops disagree",
        severity="warning",
        meaning="A system has a machine down, but no stop of it is running; or a stop runs on, though the "
        "machine is up. Its downtime is missing, or goes on being counted.",
        holds_back="No record. The machine’s downtime since then is doubtful.",
        cure="Put the machine's state right at the source, or enter or end the stop there. It resolves "
        "itself when both agree.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="late_acknowledgement",
        title="Nobody has taken it up",
        severity="warning",
        meaning="A corrective work order is open for longer than it may be without a sign of work: no start, "
        "no other status, nobody assigned.",
        holds_back="No record. The time to acknowledge and the time to repair of the machine go on growing.",
        cure="Take the order up in its system. It resolves itself with the first sign of work there.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="reconciliation_difference",
        title="Systems do not add up",
        severity="warning",
        meaning="A comparison of two systems, or of a system and what we hold of it, found more difference "
        "than its tolerance allows.",
        holds_back="No record. Figures that rest on either side are doubtful by the difference.",
        cure="Look at the rows that explain it and correct the wrong side. It resolves itself when a later "
        "comparison agrees; retry compares again now.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
)
