"""What can be wrong with single records."""

from sync.queue.kind import ExceptionKind, Resolution

OF_RECORDS = (
    ExceptionKind(
        key="unmapped_key",
        title="Unknown key",
        severity="error",
        meaning="A source names a machine, reason, product or person that matches nothing we know. "
        "All records with that key wait.",
        holds_back="All source records that name it; their stops, counts and work are missing in the KPIs.",
        cure="Map it to the row it means, or create a new one.",
        resolutions=(
            Resolution.MAP,
            Resolution.CREATE,
            Resolution.SPLIT,
            Resolution.RETRY,
            Resolution.RULE,
            Resolution.DISMISS,
        ),
        holds=True,
    ),
    ExceptionKind(
        key="rejected_value",
        title="Rejected value",
        severity="error",
        meaning="A record holds a value that cannot be true, like an end before its start. It is left out.",
        holds_back="The record alone; what it tells of is missing in the KPIs.",
        cure="Correct it at the source, or correct it here; dismiss it to leave it out for good.",
        resolutions=(Resolution.CORRECT, Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
        holds=True,
    ),
    ExceptionKind(
        key="duplicate",
        title="Duplicate",
        severity="warning",
        meaning="The same stop was recorded twice under two keys. The later record is left out.",
        holds_back="The later record alone; nothing is missing, since the earlier one counts.",
        cure="Delete one at the source; dismiss to keep the later one out for good.",
        resolutions=(Resolution.CORRECT, Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
        holds=True,
    ),
    ExceptionKind(
        key="orphan",
        title="Record without its work order",
        severity="error",
        meaning="Logged work, used parts, costs or another system’s request name a work order that we do not "
        "have: its system has not given it. They belong to nothing.",
        holds_back="The records that name it; their hours and costs are missing in the KPIs.",
        cure="It resolves itself when the work order comes. Else map it to the order it means, or dismiss it "
        "to leave the records out.",
        resolutions=(Resolution.MAP, Resolution.SPLIT, Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
        holds=True,
    ),
    ExceptionKind(
        key="dead_letter",
        title="Record that cannot be loaded",
        severity="error",
        meaning="Loading this record failed for a reason we did not foresee. The records behind it went on.",
        holds_back="The record alone; what it tells of is missing in the KPIs.",
        cure="Retry after an update; report the message if it comes back.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
        holds=True,
    ),
    ExceptionKind(
        key="overlap",
        title="Overlapping stops",
        severity="info",
        meaning="Stops of one machine overlap in one source. Each moment counts once, by priority of states.",
        holds_back="Nothing.",
        cure="Nothing has to be done; correct the stops at the source to get rid of it.",
        resolutions=(Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="duplicate_master",
        title="Two rows for one thing",
        severity="warning",
        meaning="Two machines, parts, products or people have the same code or name, in one place. They are "
        "probably one, and its history is torn in two.",
        holds_back="No record. Each of the two has a part of the history, so both have wrong KPIs.",
        cure="Merge them; a merge can be undone. If they are two, dismiss it.",
        resolutions=(Resolution.MERGE, Resolution.RULE, Resolution.DISMISS),
    ),
)
