"""What the sync remembers: sources and their streams, runs, landed rows, identities, exceptions."""

from sync.models.checks import Checkpoint
from sync.models.exceptions import Correction, ExceptionEvent, HeldRecord, SyncException
from sync.models.identities import Counterpart, Identity, Ownership
from sync.models.sources import RawRecord, Source, Stream, SyncRun

__all__ = [
    "Checkpoint",
    "Correction",
    "Counterpart",
    "ExceptionEvent",
    "HeldRecord",
    "Identity",
    "Ownership",
    "RawRecord",
    "Source",
    "Stream",
    "SyncException",
    "SyncRun",
]
