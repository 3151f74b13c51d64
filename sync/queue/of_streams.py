"""What keeps streams from being read."""

from sync.queue.kind import ExceptionKind, Resolution

OF_STREAMS = (
    ExceptionKind(
        key="mass_deletion",
        title="Many records gone at once",
        severity="error",
        meaning="Most records of a stream are gone from the source. That is more often a lost right than a "
        "clean-up, so nothing was taken out.",
        holds_back="No record. What is gone at the source still counts.",
        cure="Give the service account its rights back. If they really are gone, retry takes them out.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="nothing_visible",
        title="Nothing to be seen",
        severity="warning",
        meaning="A stream that has rows in most places gave not one. That is more often a missing right of "
        "the service account than an empty list, and a source does not say so.",
        holds_back="Whatever the stream would give; all of it is missing.",
        cure="Give the account the right. If there really is nothing yet, dismiss it.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="source_unavailable",
        title="Source does not answer",
        severity="error",
        meaning="The source cannot be read. Data stays as it was; reading catches up by itself.",
        holds_back="All that the source recorded since the last good read.",
        cure="Start the source or repair the connection. It resolves itself with the next successful read.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="source_refused",
        title="Source refuses us",
        severity="error",
        meaning="The source answered and said no: wrong password, missing right, unknown database.",
        holds_back="All that the source recorded since the last good read of these streams.",
        cure="Correct the account or its rights, then retry. Streams of an app you do not have can be "
        "paused: manage.py source pause SOURCE STREAM.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="late_stream",
        title="Stream is late",
        severity="warning",
        meaning="The last good read of a stream is longer ago than its data may be old, so the newest "
        "figures lack what the source has recorded since.",
        holds_back="All that the source recorded since the last good read of the stream.",
        cure="See to its cause. It resolves itself when data arrives. A delay that is normal there can be "
        "allowed on the stream's page under Flows.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="schema_drift",
        title="Source changed its fields",
        severity="error",
        meaning="A field we read is gone or has another type. This stream stands still; the others go on.",
        holds_back="All that the stream recorded since the last good read.",
        cure="Restore the field at the source or update the connector, then retry.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="failed_sync",
        title="Sync failed",
        severity="error",
        meaning="Our own program failed while reading this stream. Nothing is lost: it goes on where it was.",
        holds_back="All that the stream recorded since the last good read.",
        cure="Retry; report the message if it comes back.",
        resolutions=(Resolution.RETRY, Resolution.RULE, Resolution.DISMISS),
    ),
)
