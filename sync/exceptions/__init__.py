"""What people do with the exception queue, and the words for it."""

from sync.exceptions.backlog import in_work
from sync.exceptions.correcting import correct
from sync.exceptions.errors import AlreadyResolved, NotAllowed
from sync.exceptions.fields import fields_to_correct
from sync.exceptions.naming import REASON_CLASSES, map_key, suggestions
from sync.exceptions.resolve import dismiss, retry
from sync.exceptions.taking import own, take
from sync.queue.kinds import KINDS, ExceptionKind, Resolution

__all__ = [
    "KINDS",
    "REASON_CLASSES",
    "AlreadyResolved",
    "ExceptionKind",
    "NotAllowed",
    "Resolution",
    "correct",
    "dismiss",
    "fields_to_correct",
    "in_work",
    "map_key",
    "own",
    "retry",
    "suggestions",
    "take",
]
