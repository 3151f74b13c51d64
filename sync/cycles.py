"""What a person says of an operation's ideal cycle, and the exception that it settles."""

from datetime import datetime

from django.db import transaction

from kpis import cycles
from kpis.models import IdealCycle, Operation
from sync.models import Source
from sync.queue.writer import close_cause


@transaction.atomic
def state(
    operation: Operation, *, seconds: float | None, by: str, valid_from: datetime | None = None
) -> IdealCycle:
    """See ``kpis.cycles.state``; that the operation had no cycle is told no more."""
    cycle = cycles.state(operation, seconds=seconds, by=by, valid_from=valid_from)
    source = Source.objects.filter(name=operation.source).first()
    if source and seconds is not None:
        close_cause("missing_ideal_cycle", source, [operation.external_key], f"{by} entered its cycle time.")
    return cycle
