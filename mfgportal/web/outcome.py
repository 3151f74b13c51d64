"""What a resolution changed: the KPIs of the machine it touches, before and after.

Components are computed again by a worker, so "after" comes later: the "before" waits in the person's session.
"""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Min
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from kpis.definitions import CATALOGUE, Kpi
from kpis.engine import Scope, Value, evaluate
from kpis.models import Equipment, StaleDay
from kpis.setups import load_clocks
from mfgportal.accounts.access import equipment_of, person
from mfgportal.web.format import amount
from sync.exceptions import in_work
from sync.models import SyncException

KEY = "outcomes"
KEPT = 20
USUAL = timedelta(days=29)
MAINTENANCE = ("downtime", "failures")
PRODUCTION = ("oee", "availability", *MAINTENANCE)


@dataclass(frozen=True, slots=True)
class Affected:
    """The machine and the production days that the held records of an exception touch."""

    equipment: Equipment
    first: date
    last: date

    @property
    def names(self) -> tuple[str, ...]:
        return PRODUCTION if self.equipment.work_unit else MAINTENANCE

    def values(self) -> dict[str, Value]:
        """KPI values now, by name."""
        scope = Scope(first_day=self.first, last_day=self.last, equipment_ids=(self.equipment.pk,))
        return {value.kpi: value for value in evaluate(self.names, scope)}

    @property
    def pending(self) -> bool:
        """Whether a worker still has to compute one of the days again."""
        marks = StaleDay.objects.filter(equipment=self.equipment)
        return marks.filter(day__range=(self.first, self.last)).exists()

    @property
    def url(self) -> str:
        address = reverse("equipment", args=[self.equipment.pk])
        return f"{address}?from={self.first}&to={self.last}"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the session keeps of a resolution. ``equipment``: an id, 0 where no machine is known; ``left``:
    records left to a worker."""

    released: int
    equipment: int
    first: str
    last: str
    before: dict[str, float | None]
    left: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A KPI before and after; ``before`` None: it was undefined."""

    kpi: Kpi
    before: float | None
    after: Value

    @property
    def was(self) -> str:
        return str(amount(self.before, self.kpi.unit))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A resolution as shown: ``changes`` is empty where no machine is known; ``left``: still to load."""

    released: int
    left: int
    affected: Affected | None
    changes: list[Change]

    @property
    def pending(self) -> bool:
        return self.left > 0 or (self.affected is not None and self.affected.pending)


def left_to_load(exception: SyncException) -> int:
    """How many records a worker is loading, or will at once; 0 where nothing was decided."""
    return exception.held_records.count() if in_work(exception) else 0


def affected(exception: SyncException, equipment: Equipment | None) -> Affected | None:
    """What an exception touches: the given machine, or the one most of its records name; their days, or the
    last 30 where no record waits (a missing cycle time)."""
    held = exception.held_records.exclude(start=None)
    span = held.aggregate(first=Min("start"), last_start=Max("start"), last_end=Max("end"))
    ranked = held.exclude(equipment=None).values("equipment").annotate(rows=Count("id")).order_by("-rows")
    named = Equipment.objects.filter(pk__in=ranked.values("equipment")[:1])
    equipment = equipment or exception.equipment or named.first()
    if equipment is None:
        return None
    now = timezone.now()
    first = span["first"] or now - USUAL
    last = max(span["last_end"] or first, span["last_start"] or now)
    clock = load_clocks([equipment.plant_id])[equipment.plant_id]
    return Affected(equipment, *(clock.day_of(moment.timestamp()) for moment in (first, last)))


def keep(
    request: HttpRequest,
    exception: SyncException,
    found: Affected | None,
    released: int,
    before: dict[str, Value],
) -> None:
    """Remember in the session what was, for the page that shows what became of it."""
    kept = Kept(
        released=released,
        equipment=found.equipment.pk if found else 0,
        first=found.first.isoformat() if found else "",
        last=found.last.isoformat() if found else "",
        before={name: value.value for name, value in before.items()},
        left=left_to_load(exception),
    )
    outcomes = {**request.session.get(KEY, {}), str(exception.pk): asdict(kept)}
    request.session[KEY] = dict(list(outcomes.items())[-KEPT:])


def outcome(request: HttpRequest, exception: SyncException) -> Outcome | None:
    """The outcome of this person's resolution of the exception; None when it was not theirs, or long ago."""
    stored = request.session.get(KEY, {}).get(str(exception.pk))
    if stored is None:
        return None
    kept = Kept(**stored)
    left = left_to_load(exception)
    released = kept.released + max(kept.left - left, 0) if kept.left else kept.released
    machine = equipment_of(person(request)).select_related("plant").filter(pk=kept.equipment).first()
    if machine is None:
        return Outcome(released, left, None, [])
    found = Affected(machine, date.fromisoformat(kept.first), date.fromisoformat(kept.last))
    changes = [
        Change(CATALOGUE[name], kept.before.get(name), value) for name, value in found.values().items()
    ]
    return Outcome(released, left, found, changes)
