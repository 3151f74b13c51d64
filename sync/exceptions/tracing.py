"""From what is in the reporting schema back to the landed rows it came from, to map them again."""

from collections.abc import Collection

from django.db.models import Q

from kpis.models import CostEntry, Downtime, Labour, PartUse, Production, Run, WorkOrder
from kpis.models.base import Fact
from sync.corrections import IN_PAYLOAD
from sync.exceptions.backlog import leave_to_worker
from sync.exceptions.steps import INLINE, RESOLVED
from sync.load.facts import SPECS, withdraw
from sync.models import HeldRecord, RawRecord, Rule, Source, SyncException
from sync.queue.ruling import matches
from sync.records import RECORD_OF, Kind
from sync.replay import replay_rows
from sync.rules import as_text

FACTS: tuple[type[Fact], ...] = (WorkOrder, Downtime, Run, Production, Labour, PartUse, CostEntry)
NAMING: dict[Kind, tuple[tuple[type[Fact], str], ...]] = {
    Kind.EQUIPMENT: tuple(
        (model, "equipment") for model in (WorkOrder, Downtime, Run, Production, CostEntry)
    ),
    Kind.REASON: ((Downtime, "reason"),),
    Kind.PRODUCT: ((Production, "product"),),
    Kind.OPERATION: ((Production, "operation"),),
    Kind.PART: ((PartUse, "part"),),
    Kind.TECHNICIAN: ((Labour, "technician"), (WorkOrder, "assigned_to")),
    Kind.WORK_ORDER: ((Labour, "work_order"), (PartUse, "work_order"), (CostEntry, "work_order")),
}
"""The facts that name a row of a kind, with the column that does."""


def rows_naming(source: Source, kind: Kind, canonical_id: int) -> list[int]:
    """Landed rows of a source whose facts name a canonical row."""
    found: set[int] = set()
    for model, column in NAMING.get(kind, ()):
        facts = model._default_manager.filter(
            Q((column, canonical_id)), source=source.name, deleted_at=None
        ).values("trace_id")
        rows = RawRecord.objects.filter(trace_id__in=facts, gone_at=None)
        found |= set(rows.values_list("id", flat=True))
    return sorted(found)


def rows_of(source: Source, key: str) -> list[int]:
    """Landed rows that gave the record of this key: by the row's own key, or by its fact's trace."""
    mine = RawRecord.objects.filter(stream__source=source, gone_at=None)
    found = set(mine.filter(external_key=key).values_list("id", flat=True))
    for model in FACTS:
        facts = model._default_manager.filter(source=source.name, external_key=key).values("trace_id")
        found |= set(RawRecord.objects.filter(trace_id__in=facts, gone_at=None).values_list("id", flat=True))
    return sorted(found)


def replay_for(exception: SyncException, raw_ids: Collection[int], *, by: str) -> None:
    """Map rows again on behalf of an exception, locked: at once, or by a worker where they are many."""
    if len(raw_ids) <= INLINE:
        replay_rows(raw_ids, most=INLINE)
        return
    HeldRecord.objects.bulk_create(
        (HeldRecord(exception=exception, raw_id=raw_id) for raw_id in raw_ids),
        ignore_conflicts=True,
        batch_size=1000,
    )
    if exception.status != RESOLVED:
        exception.retry_by = by
        exception.save(update_fields=["retry_by"])
    leave_to_worker(exception)


def take_back(source: Source, raw_ids: Collection[int]) -> None:
    """Take out what rows gave while somebody translated them: read as they are, they may give nothing."""
    traces = RawRecord.objects.filter(id__in=raw_ids).values("trace_id")
    for model in FACTS:
        facts = model._default_manager.filter(source=source.name, trace_id__in=traces, deleted_at=None)
        withdraw(source.name, model, list(facts.values_list("external_key", flat=True)))


def rows_with(rule: Rule) -> list[int]:
    """Landed rows of whose records a rule about values has set a field."""
    mine = RawRecord.objects.filter(stream__source=rule.source, gone_at=None)
    if rule.field.startswith(IN_PAYLOAD):
        name = rule.field.removeprefix(IN_PAYLOAD)
        pairs = mine.filter(payload__has_key=name).values_list("id", f"payload__{name}")
        return [pk for pk, value in pairs.iterator() if matches(rule.pattern, as_text(value))]
    of = RECORD_OF.get(Kind(rule.kind))
    model = SPECS[of].model if of in SPECS else None
    if model is None or rule.field not in {field.name for field in model._meta.fields}:
        return []
    facts = model._default_manager.filter(Q((rule.field, rule.value)), source=rule.source.name)
    return list(mine.filter(trace_id__in=facts.values("trace_id")).values_list("id", flat=True))
