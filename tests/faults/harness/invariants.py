"""What must hold after any fault, once the portal has come to rest, and what must hold at any moment."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from kpis.models import Downtime, ReasonComponents, Run, ShiftComponents
from kpis.rollup import mark_open_events, rebuild, refresh
from sync.models import HeldRecord, Stream, SyncException, SyncRun
from sync.sandbox import Sandbox
from sync.sandbox.atlas_store import PARENT
from sync.sandbox.factory import resource_of
from sync.sources import spec_of
from tests.faults.harness.content import Content, content, differences, landed_rows

LINES = "mrp.workcenter.productivity"
OF_FAULTS = (
    "source_unavailable",
    "source_refused",
    "schema_drift",
    "failed_sync",
    "dead_letter",
    "late_stream",
)


def violations(reference: Content) -> list[str]:
    """What does not hold at rest, in words; empty is good.

    Args:
        reference: the content of an undisturbed portal that read the same sources.
    """
    left = [f"left from a fault: {kind}: {message}" for kind, message in left_from_faults()]
    still = [f"still running: {run.stream}" for run in SyncRun.objects.filter(status="running")]
    twice = [f"landed twice: {key}" for key in once_landed()]
    wrong = [f"not a rebuild: {day}" for day in components_are_a_rebuild()]
    return differences(content(), reference) + twice + still + left + wrong


def once_landed() -> list[Any]:
    """Keys with more than one current content."""
    counted = landed_rows().values("stream", "external_key").annotate(rows=Count("id"))
    return list(counted.filter(rows__gt=1))


def left_from_faults() -> list[tuple[str, str]]:
    rows = SyncException.objects.filter(kind__in=OF_FAULTS).exclude(status="resolved")
    return list(rows.values_list("kind", "message"))


def components_are_a_rebuild() -> list[str]:
    """Days whose components are other ones after all are computed from scratch, as known at one moment."""
    now = timezone.now()
    with transaction.atomic():
        mark_open_events(now, -timedelta(hours=2))  # whatever clock they were computed by
        refresh(now)
        kept = dict(_components())
        rebuild(now)
        rebuilt = dict(_components())
        transaction.set_rollback(True)
    return [f"{key}: {kept.get(key)} / {rebuilt.get(key)}" for key in sorted(kept.keys() | rebuilt.keys())
            if kept.get(key) != rebuilt.get(key)]  # fmt: skip


def _components() -> Iterator[tuple[tuple[str, ...], Any]]:
    for model, extra in ((ShiftComponents, ()), (ReasonComponents, ("reason_id", "loss_class"))):
        for values in model._default_manager.values():
            row: dict[str, Any] = dict(values)
            row.pop("id")
            # Days that go on are computed for a moment, which both ways have in common only from now on.
            row.pop("computed_at", None)
            names = ("equipment_id", "day", "shift", *extra)
            yield (model.__name__, *(str(row[name]) for name in names)), row


def at_any_moment(sandbox: Sandbox) -> None:
    """What must hold in the middle of a run, whatever just died."""
    assert [
        key for stream in Stream.objects.select_related("source") for key in passed_over(stream, sandbox)
    ] == []
    assert once_landed() == []
    assert half_loaded() == []


def passed_over(stream: Stream, sandbox: Sandbox) -> list[str]:
    """Rows of the source before the stream's cursor that are not landed: the cursor is ahead of the data.

    Within a reading the cursor names the last id (of a child's parent, if it has one); at rest all is read.
    """
    spec, mark = spec_of(stream), stream.cursor.get("after_id")
    if spec is None or not (mark or stream.read_through):
        return []
    landed = set(landed_rows().filter(stream=stream).values_list("external_key", flat=True))
    with sandbox.factory.lock:
        source = list(_source_keys(stream, spec.model, sandbox))
    return [key for number, key in source if (not mark or number <= mark) and key not in landed]


def _source_keys(stream: Stream, model: str, sandbox: Sandbox) -> Iterator[tuple[int, str]]:
    if stream.source.name == "odoo":
        yield from ((number, f"{model}/{number}") for number in sandbox.factory.odoo[model].ids)
        return
    resource = resource_of(model)
    for number, row in sandbox.factory.atlas[resource].items():
        parent = row.get(PARENT.get(resource, ""))
        yield (parent, f"{model}/{parent}.{number}") if parent else (number, f"{model}/{number}")


def half_loaded() -> list[str]:
    """Landed lines of Odoo that are neither a fact nor held, and those that are both."""
    landed = set(landed_rows().filter(stream__name="productivity").values_list("external_key", flat=True))
    rows = HeldRecord.objects.filter(raw__stream__name="productivity")
    held = set(rows.values_list("raw__external_key", flat=True))
    facts = {
        key
        for model in (Downtime, Run)
        for key in model._default_manager.filter(source="odoo", deleted_at=None).values_list(
            "external_key", flat=True
        )
    }
    return sorted((landed - facts - held) | (facts & held) | ((facts | held) - landed))
