"""What a decision changes: the KPIs of the machine-days it touches, before and after, kept with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min
from django.utils import timezone

from kpis.engine import Scope, evaluate
from kpis.models import Equipment, StaleDay
from kpis.setups import load_clocks
from sync.exceptions.backlog import in_work
from sync.locks import retried
from sync.models import Decision, SyncException

USUAL = timedelta(days=29)
MOST_MACHINES = 50
MAINTENANCE = ("downtime", "failures")
PRODUCTION = ("oee", "availability", *MAINTENANCE)


@dataclass(frozen=True, slots=True)
class Affected:
    """The machines and production days that a decision touches."""

    machines: tuple[int, ...]
    first: date
    last: date

    def values(self) -> dict[str, float | None]:
        """KPI values now, by name; None: undefined."""
        produces = Equipment.objects.filter(pk__in=self.machines, work_unit=True).exists()
        scope = Scope(first_day=self.first, last_day=self.last, equipment_ids=self.machines)
        names = PRODUCTION if produces else MAINTENANCE
        return {value.kpi: value.value for value in evaluate(names, scope)}

    def pending(self) -> bool:
        """Whether a worker still has to compute one of the days again."""
        marks = StaleDay.objects.filter(equipment__in=self.machines)
        return marks.filter(day__range=(self.first, self.last)).exists()


def affected(exception: SyncException, equipment_id: int | None = None) -> Affected | None:
    """What an exception touches: the machine given, else its own, and those its records name, on their days.

    Where no record waits, what the decision before touched, or the last 30 days. None: no machine is known.
    """
    held = exception.held_records.exclude(start=None)
    span = held.aggregate(first=Min("start"), last_start=Max("start"), last_end=Max("end"))
    named = held.exclude(equipment=None).values_list("equipment", flat=True).distinct()
    given = equipment_id or exception.equipment_id
    found = {pk for pk in (given, *named[:MOST_MACHINES]) if pk is not None}
    earlier = exception.decisions.exclude(first_day=None).first() if span["first"] is None else None
    if earlier:
        return touched_by(earlier)
    machines = Equipment.objects.filter(pk__in=found).values_list("pk", "plant_id")
    if not machines:
        return None
    now = timezone.now()
    first = span["first"] or now - USUAL
    last = min(max(span["last_end"] or first, span["last_start"] or now), now)
    plant_id = machines[0][1]
    clock = load_clocks([plant_id])[plant_id]
    days = (clock.day_of(moment.timestamp()) for moment in (first, max(first, last)))
    return Affected(tuple(sorted(pk for pk, _ in machines)), *days)


def decide(
    exception: SyncException,
    *,
    way: str,
    by: str,
    action: Callable[[], int],
    reason: str = "",
    equipment_id: int | None = None,
) -> Decision:
    """Do what a person decided, and keep it with what the KPIs were before.

    Args:
        way: a ``Resolution``, or what was taken back (``revoke``).
        action: does it, in one transaction with what is kept of it; returns how many rows it released.
        equipment_id: the machine a key is mapped to.

    Raises:
        AlreadyResolved, NotAllowed: as the action does; nothing is kept then.
    """
    touched = affected(exception, equipment_id)
    before = touched.values() if touched else {}
    waited = exception.held_records.count()

    def done() -> Decision:
        released = action()
        return Decision.objects.create(
            exception=exception,
            way=way,
            by=by,
            reason=reason,
            machines=touched.machines if touched else [],
            first_day=touched.first if touched else None,
            last_day=touched.last if touched else None,
            before=before,
            after=None if touched else {},
            waited=waited,
            released=released,
        )

    return retried(done)


def touched_by(decision: Decision) -> Affected | None:
    """The machine-days of a decision; None where no machine is known."""
    if not decision.machines or decision.first_day is None or decision.last_day is None:
        return None
    return Affected(tuple(decision.machines), decision.first_day, decision.last_day)


def is_pending(decision: Decision) -> bool:
    """Whether its rows are still being loaded, or its days computed."""
    if decision.after is not None:
        return False
    touched = touched_by(decision)
    return in_work(decision.exception) or (touched is not None and touched.pending())


def finish_decisions() -> int:
    """Keep the KPIs after, of decisions whose days have been computed again; return of how many."""
    found = 0
    for decision in Decision.objects.filter(after__isnull=True).select_related("exception"):
        touched = touched_by(decision)
        if not is_pending(decision):
            values = touched.values() if touched else {}
            found += Decision.objects.filter(pk=decision.pk, after__isnull=True).update(after=values)
    return found
