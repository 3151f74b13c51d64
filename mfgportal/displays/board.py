"""What a screen shows of its plant or line: no names of people and no money, as nobody logs in to see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet

from kpis.current import Shifts, ShiftSpan, shifts_of
from kpis.definitions import CATALOGUE
from kpis.engine import TimelineSpan, Value, evaluate, timelines
from kpis.models import Downtime, Equipment, Line, LossClass, Target, WorkOrder
from kpis.scope import Scope
from kpis.setups import Setup, load_setups
from kpis.targets import Spot, State, judge, load_targets
from mfgportal.displays.models import Display, Panel
from mfgportal.maintenance.lists import dated, open_preventive
from mfgportal.web.down import open_stops, strongest
from sync.freshness import Freshness, freshness

REACH = timedelta(hours=26)
"""How far back the state of a machine is followed."""
MOST_STOPS, MOST_WORK = 99, 3
NAMES = ("oee", "availability", "performance", "quality")
GROUPS = {
    LossClass.RUNNING: "running",
    LossClass.SPEED: "running",
    LossClass.MICRO_STOP: "running",
    LossClass.PLANNED_STOP: "planned",
    LossClass.NOT_SCHEDULED: "planned",
    LossClass.UNKNOWN: "unknown",
}
"""What is none of these is down."""
ORDER = ("down", "unknown", "running", "planned")


@dataclass(frozen=True, slots=True)
class Standing:
    """A machine now. ``group``: of ``ORDER``, since ``since``; ``longer``: or earlier."""

    machine: str
    group: str
    label: str
    reason: str
    since: datetime
    longer: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A value with its target."""

    value: Value
    target: Target | None

    @property
    def state(self) -> State | None:
        return judge(self.value.value, self.target) if self.target else None

    @property
    def title(self) -> str:
        return CATALOGUE[self.value.kpi].title


@dataclass(frozen=True, slots=True)
class ShiftResult:
    """A shift with its figures; none where nothing is known of it."""

    span: ShiftSpan
    values: tuple[Judged, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """``running``: the shift under way; None between shifts. ``work``: what is due soonest first."""

    place: str
    plant: str
    zone: str
    at: datetime
    running: ShiftResult | None
    last: ShiftResult | None
    machines: tuple[Standing, ...]
    stops: tuple[Downtime, ...]
    work: tuple[WorkOrder, ...]
    freshness: Freshness

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many machines are down, unknown, running, planned."""
        groups = [machine.group for machine in self.machines]
        return [(group, groups.count(group)) for group in ORDER]


def lines_of(display: Display) -> list[Line]:
    """The lines a rotating screen goes through: those that produce."""
    producing = Equipment.objects.filter(work_unit=True, gone_at=None, active=True)
    return list(Line.objects.filter(plant=display.plant, gone_at=None, equipment__in=producing).distinct())


def board(display: Display, line: Line | None, now: datetime) -> Board:
    """Of a line, or of the whole plant. Fewer than twenty queries, however many machines."""
    shown = set(display.panels)
    machines = Equipment.objects.filter(plant=display.plant, gone_at=None, active=True)
    machines = machines.filter(line=line) if line else machines
    units = {unit.pk: unit.name for unit in machines.filter(work_unit=True)}
    setups = load_setups(units.keys())
    shifts = shifts_of((setup.schedule for setup in setups.values()), now)
    scope = _scope(display, line, shifts, now)
    results = _results(scope, shifts, Spot(display.plant_id, line.pk if line else None))
    return Board(
        place=line.name if line else display.plant.name,
        plant=display.plant.name,
        zone=display.plant.timezone,
        at=now,
        running=results[0] if Panel.OEE in shown else None,
        last=results[1] if Panel.SHIFT in shown else None,
        machines=_standings(units, setups, now) if Panel.MACHINES in shown else (),
        stops=tuple(_stops(machines, now)) if Panel.STOPS in shown else (),
        work=tuple(_work(machines, now)[:MOST_WORK]) if Panel.WORK in shown else (),
        freshness=freshness(),
    )


def _scope(display: Display, line: Line | None, shifts: Shifts, now: datetime) -> Scope:
    days = [span.day for span in (shifts.running, shifts.last) if span]
    return Scope(
        first_day=min(days, default=now.date()),
        last_day=max(days, default=now.date()),
        plant_ids=(display.plant_id,),
        line_ids=(line.pk,) if line else None,
    )


def _results(scope: Scope, shifts: Shifts, spot: Spot) -> tuple[ShiftResult | None, ShiftResult | None]:
    """The running and the last shift, from one query."""
    values = evaluate(NAMES, scope, grain="shift")
    targets = load_targets(NAMES, scope.plant_ids or (), scope.last_day)

    def result(span: ShiftSpan | None) -> ShiftResult | None:
        if span is None:
            return None
        found = [value for value in values if (value.bucket, value.shift) == (span.day, span.name)]
        return ShiftResult(
            span, tuple(Judged(value, targets.of(value.kpi, spot, scope.last_day)) for value in found)
        )

    return result(shifts.running), result(shifts.last)


def _standings(units: dict[int, str], setups: dict[int, Setup], now: datetime) -> tuple[Standing, ...]:
    """All machines, what needs a look first, and of those the longest."""
    spans = timelines(setups.keys(), now - REACH, now, now, setups)
    found = [_standing(units[pk], of) for pk, of in spans.items() if of]
    return tuple(sorted(found, key=lambda each: (ORDER.index(each.group), each.since, each.machine)))


def _standing(name: str, spans: Sequence[TimelineSpan]) -> Standing:
    """Its state, followed back over spans of the same sort: a break or a night off does not begin it anew."""
    last = spans[-1]
    group = _group(last)
    since, longer = last.start, True
    for span in reversed(spans):
        if _group(span) == group:
            since = span.start
        elif span.state != LossClass.NOT_SCHEDULED:
            longer = False
            break
    return Standing(name, group, _label(last), last.reason, since, longer)


def _group(span: TimelineSpan) -> str:
    return GROUPS.get(span.state, "down")


def _label(span: TimelineSpan) -> str:
    if span.state == LossClass.NOT_SCHEDULED:
        return span.not_scheduled.capitalize() or "Not scheduled"
    return "No record" if span.state == LossClass.UNKNOWN else span.state.label


def _stops(machines: QuerySet[Equipment], now: datetime) -> list[Downtime]:
    """Those that go on, one of each machine, the longest first."""
    rows = open_stops(machines).filter(start__lte=now).select_related("equipment", "reason")
    return sorted(strongest(rows), key=lambda stop: (stop.start, stop.pk))[:MOST_STOPS]


def _work(machines: QuerySet[Equipment], now: datetime) -> QuerySet[WorkOrder]:
    """Preventive orders that are open and dated, annotated with ``wanted_at``."""
    rows = WorkOrder.objects.filter(equipment__in=machines, deleted_at=None)
    wanted = dated(rows).filter(open_preventive(now)).annotate(wanted_at=F("due")).exclude(wanted_at=None)
    return wanted.select_related("equipment").order_by("wanted_at", "pk")
