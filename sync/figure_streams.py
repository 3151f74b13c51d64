"""The streams that machines' facts come from: there a figure that cannot be is put right."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from kpis.models import Equipment, Production
from sync.models import Stream
from sync.queue.telling import raise_each
from sync.queue.writer import Problem
from sync.records import Kind
from sync.sources import reads

T = TypeVar("T")


def streams_of(sources: Collection[str], kind: Kind) -> dict[str, Stream]:
    """By source, the stream that reads facts of the kind; none of a source that is gone."""
    rows = Stream.objects.filter(source__name__in=sources).select_related("source").order_by("-rank")
    return {row.source.name: row for row in rows if reads(row, kind)}


def counting(machines: Collection[int]) -> dict[int, Stream]:
    """By machine, the stream that its latest counts came from."""
    rows = Production.objects.filter(equipment__in=machines, deleted_at=None)
    latest = rows.order_by("equipment_id", "-start").distinct("equipment_id")
    sources = dict(latest.values_list("equipment_id", "source"))
    streams = streams_of(set(sources.values()), Kind.PRODUCTION)
    return {machine: streams[source] for machine, source in sources.items() if source in streams}


def tell_of_machines(
    found: Mapping[int, T],
    told: Mapping[int | None, dict[str, Any]],
    context: Callable[[T], dict[str, Any]],
    problem: Callable[[Equipment, T], Problem],
) -> None:
    """Raise what is found of machines where their counts come from, unless just that is told already.

    Args:
        found: by machine.
        told: by machine, the context of what is told.
        context: what is found as ``problem`` puts it into its context.
    """
    news = {machine: each for machine, each in found.items() if told.get(machine) != context(each)}
    streams = counting(news)
    machines = Equipment.objects.filter(id__in=streams.keys()).order_by("id")
    raise_each((streams[machine.pk], problem(machine, news[machine.pk])) for machine in machines)
