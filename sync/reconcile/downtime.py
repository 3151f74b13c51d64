"""Minutes of breakdown per machine and month: what the production system and the CMMS saw, each merged.

Only machines that both systems know are compared, and stops of at least the plant's micro-stop limit: what
is shorter is no breakdown for anybody. People enter only longer stops into a CMMS: one that it does not know
at all counts as a difference from ``expected_stop_min`` minutes on (an option of the CMMS's source, 60).
Months are those of the plant.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial

from django.db.models import Q

from kpis.intervals import Span, clip, intersect, merge, subtract, total
from kpis.models import Downtime, Equipment, LossClass
from sync.models import HeldRecord, Identity, Source, Stream
from sync.reconcile.base import (
    ROWS_KEPT,
    Explanation,
    Measure,
    NotReady,
    Row,
    Rule,
    Subject,
    Tolerance,
    Window,
    counted,
    label,
)
from sync.reconcile.readiness import both, maintenance_systems, need_ready, production_systems
from sync.records import Kind

MINUTE = 60.0
EXPECTED_MIN = 60


@dataclass(frozen=True, slots=True)
class Stop:
    """A breakdown as one system recorded it, cut to the period. ``seconds``: uncut."""

    pk: int
    source: str
    external_key: str
    span: Span
    seconds: float


@dataclass(frozen=True, slots=True)
class Pair:
    """The stops of one machine in one month, by system. ``expected_s``: length the CMMS should know of."""

    production: Sequence[Stop]
    maintenance: Sequence[Stop]
    expected_s: float

    def merged(self) -> tuple[list[Span], list[Span]]:
        return merge(stop.span for stop in self.production), merge(stop.span for stop in self.maintenance)

    def short(self) -> list[Stop]:
        """Stops that the CMMS knows nothing of, and need not."""
        known = merge(stop.span for stop in self.maintenance)
        return [
            stop
            for stop in self.production
            if stop.seconds < self.expected_s and not intersect([stop.span], known)
        ]


def measure(window: Window) -> Iterator[Measure]:
    production, maintenance = production_systems(Kind.DOWNTIME), maintenance_systems()
    streams = both(production, maintenance, Kind.DOWNTIME)
    need_ready(streams, window.now)
    machines = known_to_both(production, maintenance)
    filed = next(stream for stream in streams if stream.source in maintenance)
    expected = MINUTE * float(filed.source.options.get("expected_stop_min", EXPECTED_MIN))
    for month in window.months:
        stops = _stops(machines, month, window)
        for machine in machines:
            theirs = stops.get(machine.pk, [])
            pair = Pair(_of(theirs, production), _of(theirs, maintenance), expected)
            if pair.production or pair.maintenance:
                yield _measure(machine, filed, month, pair, window)


def known_to_both(production: Collection[Source], maintenance: Collection[Source]) -> list[Equipment]:
    """Machines with a name in a system of each sort."""
    named = Identity.objects.filter(kind=Kind.EQUIPMENT)
    sides = [set(named.filter(source__in=side).values_list("canonical_id", flat=True))
             for side in (production, maintenance)]  # fmt: skip
    found = Equipment.objects.filter(pk__in=sides[0] & sides[1]).select_related("plant")
    if not found:
        raise NotReady("No machine is known to both systems yet.")
    return list(found.order_by("plant__name", "name"))


def _stops(machines: Sequence[Equipment], month: date, window: Window) -> dict[int, list[Stop]]:
    by_id = {machine.pk: machine for machine in machines}
    found: dict[int, list[Stop]] = defaultdict(list)
    for row in _rows(machines, month, window):
        machine = by_id[row.equipment_id]
        span = Span(row.start.timestamp(), (row.end or window.now).timestamp())
        if span.end - span.start < machine.plant.micro_stop_s:
            continue
        first, last = window.edges(month, machine.plant.timezone)
        for part in clip([span], first.timestamp(), min(last, window.now).timestamp()):
            found[machine.pk].append(Stop(row.pk, row.source, row.external_key, part, span.end - span.start))
    return found


def _rows(machines: Sequence[Equipment], month: date, window: Window) -> Iterator[Downtime]:
    zones = {machine.plant.timezone for machine in machines}
    edges = [window.edges(month, zone) for zone in zones]
    first, last = min(start for start, _ in edges), max(end for _, end in edges)
    rows = Downtime.objects.filter(
        Q(end=None) | Q(end__gt=first),
        start__lt=last,
        equipment__in=machines,
        deleted_at=None,
        inherited=False,
        reason__loss_class=LossClass.BREAKDOWN,
    )
    return rows.order_by("start", "pk").iterator(2000)


def _of(stops: Sequence[Stop], systems: Collection[Source]) -> list[Stop]:
    names = {source.name for source in systems}
    return [stop for stop in stops if stop.source in names]


def _measure(machine: Equipment, filed: Stream, month: date, pair: Pair, window: Window) -> Measure:
    ours, theirs = pair.merged()
    shared = total(intersect(ours, theirs))
    only = {"production_only": total(ours) - shared, "maintenance_only": total(theirs) - shared}
    short = total(merge(stop.span for stop in pair.short()))
    sides = {"production": total(ours), "maintenance": total(theirs), "both": shared, "short": short}
    seconds = {**sides, **only}
    return Measure(
        subject=Subject(
            key=str(machine.pk),
            title=machine.name,
            stream=filed,
            plant_id=machine.plant_id,
            equipment_id=machine.pk,
        ),
        period=label(month),
        unit="min",
        sides={key: round(value / MINUTE, 2) for key, value in seconds.items()},
        difference=round(max(sum(only.values()) - short, 0.0) / MINUTE, 2),
        explain=partial(_explain, machine, month, pair, window),
    )


def _explain(machine: Equipment, month: date, pair: Pair, window: Window) -> Explanation:
    ours, theirs = pair.merged()
    short = pair.short()
    rows = [
        *_uncovered("production", [stop for stop in pair.production if stop not in short], theirs),
        *_uncovered("maintenance", pair.maintenance, ours),
    ]
    rows.sort(key=lambda row: -(row.value or 0))
    counts = {side: sum(row.where == side for row in rows) for side in ("production", "maintenance")}
    waiting = _waiting(machine, window.edges(month, machine.plant.timezone))
    note = (
        f"{counted(counts['production'], 'stop')} only in the production system or longer there, "
        f"{counts['maintenance']} only in the CMMS or longer there.{waiting}"
    )
    return Explanation(note=note, rows=rows[:ROWS_KEPT], total=len(rows))


def _uncovered(where: str, stops: Sequence[Stop], others: Sequence[Span]) -> Iterator[Row]:
    for stop in stops:
        left = subtract([stop.span], others)
        if left:
            yield Row(
                where=where,
                text="not there in the other" if left == [stop.span] else "partly there in the other",
                value=round(total(left) / MINUTE, 2),
                source=stop.source,
                external_key=stop.external_key,
                start=_iso(stop.span.start),
                end=_iso(stop.span.end),
                event=f"downtime/{stop.pk}",
            )


def _iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _waiting(machine: Equipment, edges: tuple[datetime, datetime]) -> str:
    rows = HeldRecord.objects.filter(kind=Kind.DOWNTIME, equipment=machine, exception__status="open")
    held = rows.filter(start__gte=edges[0], start__lt=edges[1]).count()
    return f" {counted(held, 'stop')} of this machine in the queue." if held else ""


RULE = Rule(
    key="downtime",
    title="Breakdown minutes",
    meaning="The production system and the CMMS should have seen the same breakdowns. A stop that only one "
    "has was not recorded in the other, began or ended there at another time, or has another reason there.",
    subject="machine",
    sides={"production": "Production system", "maintenance": "CMMS"},
    parts={
        "both": "In both",
        "production_only": "Only production",
        "short": "Short ones of it",
        "maintenance_only": "Only CMMS",
    },
    tolerance=Tolerance(absolute=60, relative=0.2),
    measure=measure,
)
