"""What a decision changed, as its page shows it: what is still to load, and the KPIs before and after."""

from dataclasses import dataclass

from django.urls import reverse

from kpis.definitions import CATALOGUE, Kpi
from kpis.models import Equipment
from mfgportal.accounts.access import equipment_of
from mfgportal.accounts.models import User
from mfgportal.web.format import amount
from sync.exceptions import in_work, is_pending, touched_by
from sync.models import Decision, SyncException

WORDS = {
    "map": "mapped",
    "create": "created",
    "correct": "corrected",
    "merge": "merged",
    "split": "split",
    "rule": "made a rule of",
    "dismiss": "dismissed",
    "retry": "tried again",
    "take": "took one side of",
    "own": "changed the system of record of",
    "revoke": "took back a correction of",
}

BY_WORKER = {"map", "create", "retry", "rule"}


@dataclass(frozen=True, slots=True)
class Change:
    """A KPI before and after, for people."""

    kpi: Kpi
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision as shown. ``left`` of ``waited`` rows are still to load; ``changes`` is empty where no
    machine is known, or one that the person may not see."""

    decision: Decision
    pending: bool
    waited: int
    left: int
    machines: list[Equipment]
    changes: list[Change]

    @property
    def did(self) -> str:
        return WORDS.get(self.decision.way, self.decision.way)

    @property
    def loaded(self) -> int:
        """Rows that waited and wait no more: some are loaded at once, the rest by a worker."""
        by_worker = self.left or self.decision.way in BY_WORKER
        return max(self.waited - self.left, 0) if by_worker else self.decision.released

    @property
    def url(self) -> str:
        """The machine's page over these days, where it is about one."""
        first, last = self.decision.first_day, self.decision.last_day
        if len(self.machines) != 1 or first is None or last is None:
            return ""
        return f"{reverse('equipment', args=[self.machines[0].pk])}?from={first}&to={last}"


def left_to_load(exception: SyncException) -> int:
    """How many records a worker is loading, or will at once; 0 where nothing was decided."""
    return exception.held_records.count() if in_work(exception) else 0


def outcome(user: User, exception: SyncException) -> Outcome | None:
    """What came of the latest decision about an exception; None when there was none."""
    decision = exception.decisions.first()
    if decision is None:
        return None
    pending, left = is_pending(decision), left_to_load(exception)
    machines = list(equipment_of(user).filter(pk__in=decision.machines).order_by("name"))
    seen = len(machines) == len(decision.machines)
    changes = _changes(decision) if machines and seen else []
    return Outcome(decision, pending, decision.waited, left, machines, changes)


def _changes(decision: Decision) -> list[Change]:
    touched = touched_by(decision)
    now = decision.after if decision.after is not None else touched.values() if touched else {}
    return [
        Change(kpi, _text(decision.before.get(name), kpi), _text(now.get(name), kpi))
        for name in dict.fromkeys((*now, *decision.before))  # a machine may produce only from now on
        if (kpi := CATALOGUE.get(name))
    ]


def _text(value: float | None, kpi: Kpi) -> str:
    return str(amount(value, kpi.unit))
