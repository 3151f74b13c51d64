"""Whether the data of a rule is fit to be judged: of its kinds and places, read once, and not late."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from kpis.definitions import Kpi
from kpis.lineage import families_of
from kpis.targets import Spot
from mfgportal.alerts.models import AlertRule
from mfgportal.alerts.places import plants_in
from mfgportal.alerts.reading import CannotJudge
from sync.freshness import fact_streams, is_late
from sync.models import Stream
from sync.records import Kind
from sync.sources import reads

OF_MACHINES = frozenset({Kind.DOWNTIME, Kind.RUN, Kind.PRODUCTION})
OF_FAMILIES: Mapping[str, frozenset[Kind]] = {
    "shift": OF_MACHINES,
    "work": frozenset({Kind.WORK_ORDER, Kind.LABOUR, Kind.PART_USE, Kind.COST}),
    "backlog": frozenset({Kind.WORK_ORDER}),
    "stock": frozenset({Kind.STOCK}),
}
"""Which facts the components of a family follow from; of others no fact is read."""
FIRST_LOAD = "the first load of the data goes on"
MACHINES = """
    SELECT i.source_id, e.plant_id, bool_or(
        (%(line)s::bigint IS NULL OR e.line_id = %(line)s)
        AND (%(machine)s::bigint IS NULL OR e.id = %(machine)s)
    )
    FROM sync_identity i JOIN kpis_equipment e ON e.id = i.canonical_id
    WHERE i.kind = 'equipment' AND i.source_id = ANY(%(sources)s) GROUP BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Known:
    """``through``: until when all is known of the plants that can be judged; ``held``: why others cannot."""

    through: datetime
    held: Mapping[int, str]

    def why_not(self, spot: Spot) -> str:
        """Why a place cannot be judged, or ""; all plants together not where one of them cannot."""
        if spot.plant_id is not None:
            return self.held.get(spot.plant_id, "")
        return next(iter(self.held.values()), "")


def kinds_of(kpi: Kpi) -> frozenset[Kind]:
    """The facts a KPI follows from."""
    return frozenset().union(*(OF_FAMILIES.get(family, frozenset()) for family in families_of(kpi)))


def known_to(rule: AlertRule, now: datetime, kinds: Collection[Kind]) -> Known:
    """What is known of the facts of these kinds where the rule looks. Two queries.

    A source concerns the plants it has machines in; one of which no machine is known concerns them all.

    Raises:
        CannotJudge: in no plant of the rule; or nothing was ever read.
    """
    streams = [stream for stream in fact_streams() if reads(stream, *kinds)]
    plants = plants_in(rule)
    places = _places(rule, streams)
    concerned = {stream.pk: places.get(stream.source_id, set(plants)) for stream in streams}
    held = _held(streams, concerned, now)
    if plants and set(plants) <= held.keys():
        raise CannotJudge(held[plants[0]])
    through = [
        stream.read_through for stream in streams if stream.read_through and not _troubled(stream, now)
    ]
    if kinds and not through:
        raise CannotJudge("no data was ever read")
    return Known(min([now, *through]), {plant: held[plant] for plant in plants if plant in held})


def _troubled(stream: Stream, now: datetime) -> bool:
    return stream.read_through is None or is_late(stream, now)


def _places(rule: AlertRule, streams: Iterable[Stream]) -> dict[int, set[int]]:
    """The plants in which a source knows machines that the rule looks at, by source that knows any at all."""
    given = {
        "line": rule.line_id,
        "machine": rule.equipment_id,
        "sources": list({stream.source_id for stream in streams}),
    }
    found: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(MACHINES, given)
        for source, plant, looked_at in cursor.fetchall():
            found.setdefault(source, set()).update({plant} if looked_at else ())
    return found


def _held(streams: Iterable[Stream], concerned: Mapping[int, set[int]], now: datetime) -> dict[int, str]:
    """Why plants cannot be judged, by plant."""
    troubled: dict[int, list[Stream]] = {}
    for stream in streams:
        if _troubled(stream, now):
            for plant in concerned[stream.pk]:
                troubled.setdefault(plant, []).append(stream)
    return {plant: _why(found) for plant, found in troubled.items()}


def _why(streams: list[Stream]) -> str:
    if any(stream.read_through is None and not stream.failures for stream in streams):
        return FIRST_LOAD
    more = f" and {len(streams) - 1} more" if len(streams) > 1 else ""
    return f"data late ({streams[0].title}{more})"
