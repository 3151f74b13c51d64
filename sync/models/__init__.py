"""What the sync remembers: sources and their streams, runs, landed rows, identities, exceptions."""

from sync.models.checks import Checkpoint
from sync.models.decisions import Decision, Merge, Rule, Verdict
from sync.models.engine import RequestSlot, SweptKey
from sync.models.exceptions import Correction, ExceptionEvent, HeldRecord, SyncException
from sync.models.identities import Counterpart, Identity, Ownership
from sync.models.landing import RawHistory, RawRecord
from sync.models.reconciliation import ReconciliationDue, ReconciliationLine, ReconciliationRun
from sync.models.sources import Source, Stream, SyncRun

__all__ = [
    "Checkpoint",
    "Correction",
    "Counterpart",
    "Decision",
    "ExceptionEvent",
    "HeldRecord",
    "Identity",
    "Merge",
    "Ownership",
    "RawHistory",
    "RawRecord",
    "ReconciliationDue",
    "ReconciliationLine",
    "ReconciliationRun",
    "RequestSlot",
    "Rule",
    "Source",
    "Stream",
    "SweptKey",
    "SyncException",
    "SyncRun",
    "Verdict",
]
