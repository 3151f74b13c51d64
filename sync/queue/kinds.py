"""What can go wrong, as data: one entry per kind of exception. Pages, API and glossary read it."""

from dataclasses import dataclass
from enum import StrEnum


class Resolution(StrEnum):
    """What a person can do about an exception; each is a function of ``sync.exceptions``."""

    MAP = "map"
    CREATE = "create"
    CORRECT = "correct"
    DISMISS = "dismiss"
    RETRY = "retry"
    TAKE = "take"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionKind:
    """One kind of exception.

    Args:
        key: stored in ``SyncException.kind``.
        title: for people.
        severity: ``error`` (data is missing), ``warning`` (a value is doubtful), ``info`` (nothing is lost).
        meaning: what it says about the data.
        cure: what resolves it.
        resolutions: what a person may do, best first.
        holds: whether source rows wait for it.
    """

    key: str
    title: str
    severity: str
    meaning: str
    cure: str
    resolutions: tuple[Resolution, ...]
    holds: bool = False


_ALL = (
    ExceptionKind(
        key="unmapped_key",
        title="Unknown key",
        severity="error",
        meaning="A source names a machine, reason, product or person that matches nothing we know. "
        "All records with that key wait.",
        cure="Map it to the row it means, or create a new one.",
        resolutions=(Resolution.MAP, Resolution.CREATE, Resolution.RETRY, Resolution.DISMISS),
        holds=True,
    ),
    ExceptionKind(
        key="rejected_value",
        title="Rejected value",
        severity="error",
        meaning="A record holds a value that cannot be true, like an end before its start. It is left out.",
        cure="Correct it at the source, or correct it here; dismiss it to leave it out for good.",
        resolutions=(Resolution.CORRECT, Resolution.RETRY, Resolution.DISMISS),
        holds=True,
    ),
    ExceptionKind(
        key="duplicate",
        title="Duplicate",
        severity="warning",
        meaning="The same stop was recorded twice under two keys. The later record is left out.",
        cure="Delete one at the source; dismiss to keep the later one out for good.",
        resolutions=(Resolution.CORRECT, Resolution.RETRY, Resolution.DISMISS),
        holds=True,
    ),
    ExceptionKind(
        key="dead_letter",
        title="Record that cannot be loaded",
        severity="error",
        meaning="Loading this record failed for a reason we did not foresee. The records behind it went on.",
        cure="Retry after an update; report the message if it comes back.",
        resolutions=(Resolution.RETRY, Resolution.DISMISS),
        holds=True,
    ),
    ExceptionKind(
        key="overlap",
        title="Overlapping stops",
        severity="info",
        meaning="Stops of one machine overlap in one source. Each moment counts once, by priority of states.",
        cure="Nothing has to be done; correct the stops at the source to get rid of it.",
        resolutions=(Resolution.DISMISS,),
    ),
    ExceptionKind(
        key="missing_ideal_cycle",
        title="Missing ideal cycle time",
        severity="warning",
        meaning="An operation has no ideal cycle time, so performance and OEE of its counts are undefined.",
        cure="Set the cycle time at the source, or enter it here.",
        resolutions=(Resolution.CORRECT, Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="status_mismatch",
        title="Status differs between systems",
        severity="warning",
        meaning="A work order is closed in one system and open in the other.",
        cure="Close or reopen it in one of the systems; it resolves itself when both agree. Or say "
        "here which one is right.",
        resolutions=(Resolution.TAKE, Resolution.OWN, Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="ownership_mismatch",
        title="Value differs between systems",
        severity="warning",
        meaning="Two systems say different things of one record. The value of the system of record counts; "
        "the other one may be the truth all the same.",
        cure="Put it right in one of the systems; it resolves itself when both agree. Or say here which "
        "value is right, or which system is right about this field from now on.",
        resolutions=(Resolution.TAKE, Resolution.OWN, Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="down_without_stop",
        title="Machine state and stops disagree",
        severity="warning",
        meaning="A system has a machine down, but no stop of it is running; or a stop runs on, though the "
        "machine is up. Its downtime is missing, or goes on being counted.",
        cure="Put the machine's state right at the source, or enter or end the stop there. It resolves "
        "itself when both agree.",
        resolutions=(Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="performance_above_100",
        title="Performance above 100 %",
        severity="warning",
        meaning="A machine made more on some day than its ideal cycle time allows for the time it ran. "
        "The ideal is probably too slow, and makes performance and OEE look better than they are.",
        cure="Correct the ideal cycle time at the source: what is produced from then on follows it. "
        "A dated correction on the machine's page of ideal cycles restates history, too. This resolves "
        "itself when none of the last 30 days is above 100 % any more.",
        resolutions=(Resolution.DISMISS,),
    ),
    ExceptionKind(
        key="mass_deletion",
        title="Many records gone at once",
        severity="error",
        meaning="Most records of a stream are gone from the source. That is more often a lost right than a "
        "clean-up, so nothing was taken out.",
        cure="Give the service account its rights back. If they really are gone, retry takes them out.",
        resolutions=(Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="nothing_visible",
        title="Nothing to be seen",
        severity="warning",
        meaning="A stream that has rows in most places gave not one. That is more often a missing right of "
        "the service account than an empty list, and a source does not say so.",
        cure="Give the account the right. If there really is nothing yet, dismiss it.",
        resolutions=(Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="source_unavailable",
        title="Source does not answer",
        severity="error",
        meaning="The source cannot be read. Data stays as it was; reading catches up by itself.",
        cure="Start the source or repair the connection. It resolves itself with the next successful read.",
        resolutions=(Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="source_refused",
        title="Source refuses us",
        severity="error",
        meaning="The source answered and said no: wrong password, missing right, unknown database.",
        cure="Correct the account or its rights, then retry. Streams of an app you do not have can be "
        "paused: manage.py source pause SOURCE STREAM.",
        resolutions=(Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="late_stream",
        title="Stream is late",
        severity="warning",
        meaning="The last good read of a stream is longer ago than its data may be old, so the newest "
        "figures lack what the source has recorded since.",
        cure="See to its cause. It resolves itself when data arrives. A delay that is normal there can be "
        "allowed on the stream's page under Flows.",
        resolutions=(Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="schema_drift",
        title="Source changed its fields",
        severity="error",
        meaning="A field we read is gone or has another type. This stream stands still; the others go on.",
        cure="Restore the field at the source or update the connector, then retry.",
        resolutions=(Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="failed_sync",
        title="Sync failed",
        severity="error",
        meaning="Our own program failed while reading this stream. Nothing is lost: it goes on where it was.",
        cure="Retry; report the message if it comes back.",
        resolutions=(Resolution.RETRY, Resolution.DISMISS),
    ),
    ExceptionKind(
        key="reconciliation_difference",
        title="Systems do not add up",
        severity="warning",
        meaning="A comparison of two systems, or of a system and what we hold of it, found more difference "
        "than its tolerance allows.",
        cure="Look at the rows that explain it and correct the wrong side. It resolves itself when a later "
        "comparison agrees; retry compares again now.",
        resolutions=(Resolution.RETRY, Resolution.DISMISS),
    ),
)

KINDS: dict[str, ExceptionKind] = {kind.key: kind for kind in _ALL}
