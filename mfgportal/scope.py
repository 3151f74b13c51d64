"""What a page or an API call is about: place, period, grain, comparison. Parsed once, from a query string."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from urllib.parse import urlencode

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from kpis.days import DayClock
from kpis.models import Equipment, Line, Plant
from kpis.scope import Grain, Scope
from kpis.setups import load_clocks
from mfgportal.accounts.access import equipment_of, lines_of, person, plants_of
from mfgportal.accounts.models import User
from mfgportal.period import CUSTOM, DEFAULT, PRESETS, Period, preset

MAX_DAYS = 732
MAX_SHIFT_DAYS = 31
MAX_HOUR_DAYS = 7
GRAINS: tuple[Grain, ...] = ("hour", "shift", "day", "rolling", "week", "month", "quarter", "year")


class BadScope(ValueError):
    """A query string that cannot be answered. ``parameter`` is at fault, ``message`` says what is wanted."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.message = message


class Level(StrEnum):
    ENTERPRISE = "enterprise"
    PLANT = "plant"
    LINE = "line"
    EQUIPMENT = "equipment"


HOURLY = (Level.LINE, Level.EQUIPMENT)
"""What hours are computed for: they come from the facts, when asked."""
MOST_DAYS: Mapping[Grain, int] = {"hour": MAX_HOUR_DAYS, "shift": MAX_SHIFT_DAYS}


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the hierarchy a person may see. ``plants``: those it touches."""

    level: Level
    id: int | None
    name: str
    plants: tuple[Plant, ...]

    @property
    def given(self) -> dict[str, int]:
        """The place as parameters of an address; of the enterprise none."""
        return {} if self.id is None else {str(self.level): self.id}

    @property
    def zone(self) -> str:
        """The IANA zone of its days and times; "" where plants of several zones meet."""
        zones = {plant.timezone for plant in self.plants}
        return zones.pop() if len(zones) == 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A parsed query.

    ``today``: the latest production day begun in the place. ``clocks``: the days of its plants, by id.
    ``query``: period, grain and comparison as a query string with "?", or "".
    """

    place: Place
    period: Period
    grain: Grain
    compare: bool
    today: date
    clocks: Mapping[int, DayClock]
    query: str = ""

    @property
    def scope(self) -> Scope:
        return self._over(self.period)

    @property
    def window(self) -> tuple[datetime, datetime]:
        """The instants its production days span, over all its plants; empty where there is none."""
        spans = [day_window(clock, self.period.first, self.period.last) for clock in self.clocks.values()]
        now = timezone.now()
        return min((start for start, _ in spans), default=now), max((end for _, end in spans), default=now)

    @property
    def scope_before(self) -> Scope:
        return self._over(self.period.before)

    def _over(self, period: Period) -> Scope:
        ids = {self.place.level: (self.place.id,) if self.place.id is not None else ()}
        return Scope(
            first_day=period.first,
            last_day=period.last,
            plant_ids=tuple(plant.pk for plant in self.place.plants),
            line_ids=ids.get(Level.LINE),
            equipment_ids=ids.get(Level.EQUIPMENT),
        )


def enterprise(user: User) -> Place:
    """All plants the person may see."""
    plants = tuple(plants_of(user).select_related("calendar"))
    return Place(Level.ENTERPRISE, None, "Enterprise", plants)


def plant_place(plant: Plant) -> Place:
    return Place(Level.PLANT, plant.pk, plant.name, (plant,))


def line_place(line: Line) -> Place:
    return Place(Level.LINE, line.pk, line.name, (line.plant,))


def equipment_place(equipment: Equipment) -> Place:
    return Place(Level.EQUIPMENT, equipment.pk, equipment.name, (equipment.plant,))


def find_place(
    user: User, *, plant: int | None = None, line: int | None = None, equipment: int | None = None
) -> Place:
    """The narrowest place named. Raises Http404 where it does not exist or is in a plant of others."""
    if equipment is not None:
        return equipment_place(get_object_or_404(equipment_of(user).select_related("plant"), pk=equipment))
    if line is not None:
        return line_place(get_object_or_404(lines_of(user).select_related("plant"), pk=line))
    if plant is not None:
        return plant_place(get_object_or_404(plants_of(user), pk=plant))
    return enterprise(user)


def parse(query: Mapping[str, str], place: Place, *, now: datetime | None = None) -> Selection:
    """Read ``period``, ``from``, ``to``, ``grain`` and ``compare`` of a query string. Raises BadScope.

    Args:
        query: e.g. ``request.GET``. Empty values count as absent.
        place: what it is about; "today" is its latest production day.
        now: aware; for tests.
    """
    given = {
        name: value for name in ("period", "from", "to", "grain", "compare") if (value := query.get(name))
    }
    clocks = load_clocks([plant.pk for plant in place.plants])
    today = production_today(clocks, now or timezone.now())
    period = _period(given, today)
    return Selection(
        place=place,
        period=period,
        grain=_grain(given.get("grain"), period, place.level),
        compare=_compare(given.get("compare", "previous")),
        today=today,
        clocks=clocks,
        query=f"?{urlencode(given)}" if given else "",
    )


def selection(request: HttpRequest, place: Place) -> Selection:
    """``parse`` of a page's address."""
    return parse(request.GET.dict(), place)


def enterprise_of(request: HttpRequest) -> Place:
    return enterprise(person(request))


def production_today(clocks: Mapping[int, DayClock], now: datetime) -> date:
    """The latest production day begun in any of the plants; the UTC day where there is none."""
    return max((clock.day_of(now.timestamp()) for clock in clocks.values()), default=now.date())


def day_window(clock: DayClock, first: date, last: date) -> tuple[datetime, datetime]:
    """The [start, end) in UTC of production days; a day has 23 or 25 hours where the clock moves."""
    start, end = clock.window(first).start, clock.window(last).end
    return datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)


def default_grain(period: Period) -> Grain:
    """By shift for two days, by day for a month and a half, by week for half a year, then by month."""
    limits: tuple[tuple[int, Grain], ...] = ((2, "shift"), (45, "day"), (190, "week"))
    return next((grain for limit, grain in limits if period.days <= limit), "month")


def _period(given: Mapping[str, str], today: date) -> Period:
    name = given.get("period", CUSTOM if {"from", "to"} & given.keys() else DEFAULT)
    if name == CUSTOM:
        return _custom(_day(given, "from"), _day(given, "to"), today)
    if name not in PRESETS:
        raise BadScope(
            "period", f"“{name}” is not a period. Known: {', '.join(PRESETS)}, {CUSTOM} (with from and to)."
        )
    return preset(name, today)


def _day(given: Mapping[str, str], name: str) -> date:
    if name not in given:
        raise BadScope(name, f"A custom period needs “{name}”, a day as YYYY-MM-DD.")
    try:
        return date.fromisoformat(given[name])
    except ValueError:
        raise BadScope(name, f"“{given[name]}” is not a day; write it as YYYY-MM-DD.") from None


def _custom(first: date, last: date, today: date) -> Period:
    if last < first:
        raise BadScope("to", f"The period ends ({last}) before it begins ({first}).")
    if first > today:
        raise BadScope("from", f"The period begins in the future; the current production day is {today}.")
    if (last - first).days >= MAX_DAYS:
        raise BadScope("from", f"The period is longer than {MAX_DAYS} days; choose a shorter one.")
    if first.year < 1971:
        raise BadScope("from", "The period begins before 1971.")
    return Period(first, min(last, today))


def _grain(name: str | None, period: Period, level: Level) -> Grain:
    if name is None:
        return default_grain(period)
    found = next((grain for grain in GRAINS if grain == name), None)
    if found is None:
        raise BadScope("grain", f"“{name}” is not a grain. Known: {', '.join(GRAINS)}.")
    most = MOST_DAYS.get(found, MAX_DAYS)
    if period.days > most:
        raise BadScope(
            "grain", f"By {found}, a period may have {most} days at most; this one has {period.days}."
        )
    if found == "hour" and level not in HOURLY:
        raise BadScope("grain", "By hour, only a line or a machine can be looked at; choose one.")
    return found


def grains(selection: Selection) -> list[Grain]:
    """Those its place and period can be cut by."""
    hourly = selection.place.level in HOURLY
    return [
        grain
        for grain in GRAINS
        if selection.period.days <= MOST_DAYS.get(grain, MAX_DAYS) and (hourly or grain != "hour")
    ]


def _compare(name: str) -> bool:
    if name not in {"previous", "none"}:
        raise BadScope("compare", f"“{name}” is not a comparison. Known: previous, none.")
    return name == "previous"
