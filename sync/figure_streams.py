"""The streams that machines' facts come from: there a figure that cannot be is put right."""

from collections.abc import Collection

from kpis.models import Production
from sync.models import Stream
from sync.records import Kind
from sync.sources import spec_of


def streams_of(sources: Collection[str], kind: Kind) -> dict[str, Stream]:
    """By source, the stream that reads facts of the kind; none of a source that is gone."""
    rows = Stream.objects.filter(source__name__in=sources).select_related("source").order_by("-rank")
    return {row.source.name: row for row in rows if (spec := spec_of(row)) and kind in spec.kinds}


def counting(machines: Collection[int]) -> dict[int, Stream]:
    """By machine, the stream that its latest counts came from."""
    rows = Production.objects.filter(equipment__in=machines, deleted_at=None)
    latest = rows.order_by("equipment_id", "-start").distinct("equipment_id")
    sources = dict(latest.values_list("equipment_id", "source"))
    streams = streams_of(set(sources.values()), Kind.PRODUCTION)
    return {machine: streams[source] for machine, source in sources.items() if source in streams}
