"""What a number takes for granted: settings of its plants, and what stands in for data that are missing."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce

from kpis.definitions import Kpi
from kpis.definitions import components as c
from kpis.evidence import overlay_order
from kpis.models import CalendarAttendance, Equipment, LossClass, Plant
from mfgportal.scope import Level, Place

MOST_PLANTS = 5
REPEATS = frozenset({found.name for found in (c.REPEAT_FAILURES, c.FIRST_TIME_FIXED, c.LABOUR_REWORK)})


@dataclass(frozen=True, slots=True)
class Assumption:
    """``name`` for programs, ``title`` and ``text`` for people."""

    name: str
    title: str
    text: str


class Assumptions:
    """Those of a place. What takes a query is looked up when it is asked for, and once."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._known: dict[str, list[Assumption]] = {}

    def of(self, kpi: Kpi) -> list[Assumption]:
        """Those that a KPI rests on."""
        if kpi.name not in self._known:
            self._known[kpi.name] = [assumed for assumed in self._of(kpi) if assumed.text]
        return self._known[kpi.name]

    def _of(self, kpi: Kpi) -> Iterator[Assumption]:
        needs = {need for component in kpi.components for need in component.needs}
        names = {component.name for component in kpi.components}
        if c.CALENDARS in needs:
            yield Assumption("calendar", "Planned time", self._calendar)
        if needs & {c.STOPPED, c.RAN}:
            yield Assumption("micro_stop", "Micro-stop limit", self._by_plant(_limit))
            yield Assumption("overlap", "Where records overlap", self._by_plant(_overlap))
        if c.CYCLES in needs:
            yield Assumption("ideal_cycle", "Ideal cycle", CYCLE)
        if names & REPEATS:
            yield Assumption("repeat_window", "Repeat window", self._by_plant(_window))
        if c.RATES in needs:
            yield Assumption("labour_rate", "Rate of labour", self._by_plant(_rate))

    @cached_property
    def _calendar(self) -> str:
        """One query. Equipment as it is today: it is what days are computed from."""
        hours = CalendarAttendance.objects.filter(calendar=OuterRef("follows"), is_break=False)
        rows = Equipment.objects.filter(self._where(), gone_at=None, active=True)
        rows = rows.annotate(follows=Coalesce(F("calendar"), F("plant__calendar")), planned=Exists(hours))
        found = rows.aggregate(all=Count("pk"), without=Count("pk", filter=Q(planned=False)))
        if not found["without"]:
            return "by the shift calendars of machines and plants, less breaks and leaves"
        return (
            f"{found['without']:,} of {found['all']:,} machines have no shift calendar with hours: "
            "they are taken to be planned round the clock"
        )

    def _where(self) -> Q:
        fields = {Level.EQUIPMENT: "pk", Level.LINE: "line"}
        if self._place.level in fields:
            return Q(**{fields[self._place.level]: self._place.id})
        return Q(plant__in=[plant.pk for plant in self._place.plants])

    def _by_plant(self, say: Callable[[Plant], str]) -> str:
        """What all plants share, or what each says."""
        return _joined([(say(plant), plant.name) for plant in self._place.plants])


CYCLE = (
    "of each order's operation as it was dated on the day: the source's word, or a person's where one "
    "put it right; without one performance is not judged"
)


def _joined(said: Sequence[tuple[str, str]]) -> str:
    groups: list[tuple[str, list[str]]] = [
        (text, [name for _, name in some]) for text, some in groupby(sorted(said), key=lambda pair: pair[0])
    ]
    if len(groups) == 1:
        return groups[0][0]
    if len(groups) > MOST_PLANTS:
        return "as each plant's settings say"
    return "; ".join(f"{', '.join(names)}: {text}" for text, names in groups)


def _limit(plant: Plant) -> str:
    return f"unplanned stops under {plant.micro_stop_s:,} s are lost speed, not failures"


def _overlap(plant: Plant) -> str:
    names = dict(LossClass.choices)
    order = [names[state.loss_class].lower() for state in overlay_order(plant.overlay)[:-1]]
    return " > ".join(order)


def _window(plant: Plant) -> str:
    return f"a repair within {plant.repeat_window_days} days of another on the machine is a repeat"


def _rate(plant: Plant) -> str:
    if plant.labour_rate is None:
        return "no rate of the plant: work without a rate of its own costs nothing and is counted beside"
    return f"{plant.labour_rate:,.2f} {plant.currency}/h where neither the record nor the person has one"
