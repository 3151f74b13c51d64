"""From taking a machine into service to its first failure, by equipment class, in days of the calendar.

Only machines that were seen from their first day on: of others, the first failure we know may be a later one.
Those that have not failed yet are right-censored.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from kpis.models import Equipment, ShiftComponents
from kpis.reliability.life import LEAST_DISTINCT, Survival, Weibull, kaplan_meier, weibull


@dataclass(frozen=True, slots=True)
class FirstFailures:
    """Lives of the machines of a class, in days.

    ``undated``: machines without a date of taking into service; ``unseen``: those with one before their data
    begin.
    """

    failed: tuple[float, ...]
    running: tuple[float, ...]
    undated: int
    unseen: int

    @property
    def enough(self) -> bool:
        return len(set(self.failed)) >= LEAST_DISTINCT

    @property
    def why_not(self) -> str:
        """Why nothing can be said; "" where it can."""
        if self.enough:
            return ""
        return (
            f"Needs {LEAST_DISTINCT} machines that failed first on different days after they were taken into "
            f"service. Here: {len(self.failed)} failed and {len(self.running)} running that were seen from "
            f"the first day on; {self.undated} without a date in service; {self.unseen} whose data begin "
            "later."
        )

    def weibull(self, confidence: float) -> Weibull | None:
        return weibull(self.failed, self.running, confidence) if self.enough else None

    def survival(self, confidence: float) -> list[Survival]:
        """Kaplan-Meier; empty where there are too few."""
        return kaplan_meier(self.failed, self.running, confidence) if self.enough else []


def first_failures(equipment_ids: Collection[int]) -> dict[str, FirstFailures]:
    """By equipment class. One query, over all that is known of the machines."""
    classes: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = Equipment.objects.filter(pk__in=equipment_ids).annotate(
        began=_day("day"), ended=_day("-day"), failed=_day("day", failures__gt=0)
    )
    wanted = ("equipment_class", "in_service_on", "began", "ended", "failed")
    for row in rows.order_by("pk").values(*wanted):
        classes[row["equipment_class"]].append(row)
    return {name: _lives(machines) for name, machines in classes.items()}


def _day(order: str, **limits: int) -> Subquery:
    """A machine's first or last day with components."""
    rows: QuerySet[Any, Any] = ShiftComponents.objects.filter(equipment=OuterRef("pk"), **limits)
    return Subquery(rows.order_by(order).values("day")[:1])


def _lives(machines: Collection[dict[str, Any]]) -> FirstFailures:
    dated = [machine for machine in machines if machine["in_service_on"] is not None]
    seen = [each for each in dated if each["began"] is not None and each["began"] <= each["in_service_on"]]
    return FirstFailures(
        tuple(_days(each["in_service_on"], each["failed"]) - 0.5 for each in seen if _failed(each)),
        tuple(
            float(_days(each["in_service_on"], each["ended"]))
            for each in seen
            if not _failed(each) and each["ended"] >= each["in_service_on"]
        ),
        len(machines) - len(dated),
        len(dated) - len(seen),
    )


def _failed(machine: dict[str, Any]) -> bool:
    """A failure before it was in service is one of its installation."""
    return machine["failed"] is not None and machine["failed"] >= machine["in_service_on"]


def _days(first: date, last: date) -> int:
    """Both included."""
    return (last - first).days + 1
