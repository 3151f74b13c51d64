"""The exception queue: its kinds, its only writer, and what people do with it."""

from sync.exceptions.errors import AlreadyResolved, NotAllowed
from sync.exceptions.fields import fields_to_correct
from sync.exceptions.kinds import KINDS, ExceptionKind, Resolution
from sync.exceptions.resolve import correct, dismiss, map_key, retry, suggestions

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
