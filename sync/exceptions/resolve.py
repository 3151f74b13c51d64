"""What a person does about an exception. Each works in one transaction and replays what waited for it.

``by`` is the person's user name; who may do what is checked by the caller.
"""

from typing import Any

from sync.errors import SyncError
from sync.models import Correction, SyncException
from sync.suggest import Suggestion


class AlreadyResolved(SyncError):
    """Somebody else was faster: the exception is not open any more."""


class NotAllowed(SyncError):
    """This kind of exception cannot be resolved this way, or the value given makes no sense; says why."""


def suggestions(exception: SyncException, *, limit: int = 5) -> list[Suggestion]:
    """What an unmapped key might mean, best first; empty for other kinds."""
    raise NotImplementedError


def map_key(exception: SyncException, *, canonical_id: int | None, by: str) -> int:
    """Resolve an ``unmapped_key``: say which canonical row the key means, or None to create a new row from it.

    Returns:
        How many waiting rows were loaded.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: another kind, no such row, or nothing at hand to create a row from.
    """
    raise NotImplementedError


def fields_to_correct(exception: SyncException) -> list[dict[str, Any]]:
    """The fields a person may correct: dicts of ``external_key``, ``field``, ``type`` (``datetime``, ``number``
    or ``text``) and ``value`` (as JSON, now in force). The field at fault comes first."""
    raise NotImplementedError


def correct(
    exception: SyncException, *, external_key: str, field: str, value: Any, reason: str, by: str
) -> Correction:
    """Put a value in place of the source's and replay the record. The correction survives later syncs.

    Args:
        external_key: the record's key in the exception's source.
        field: one of ``fields_to_correct``.
        value: JSON value; a time as an ISO 8601 text with its offset.
        reason: why, kept in the history.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: no such field, an unreadable value, or an empty reason.
    """
    raise NotImplementedError


def dismiss(exception: SyncException, *, reason: str, by: str) -> None:
    """Close without a change. Rows it holds stay out of the numbers, and no longer count as missing.

    Raises:
        AlreadyResolved: it is not open any more.
        NotAllowed: an empty reason.
    """
    raise NotImplementedError


def retry(exception: SyncException, *, by: str) -> int:
    """Try again now: replays the rows it holds, or makes its stream due at once.

    Returns:
        How many waiting rows were loaded; 0 when the stream was woken.

    Raises:
        AlreadyResolved: it is not open any more.
    """
    raise NotImplementedError
