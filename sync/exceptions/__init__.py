"""What people do with the exception queue, and the words for it."""

from sync.exceptions.errors import AlreadyResolved, NotAllowed
from sync.exceptions.fields import fields_to_correct
from sync.exceptions.resolve import correct, dismiss, map_key, retry, suggestions
from sync.queue.kinds import KINDS, ExceptionKind, Resolution

__all__ = [
    "KINDS",
    "AlreadyResolved",
    "ExceptionKind",
    "NotAllowed",
    "Resolution",
    "correct",
    "dismiss",
    "fields_to_correct",
    "map_key",
    "retry",
    "suggestions",
]
