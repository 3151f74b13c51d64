"""What comparisons found, as far as a person may see it: for pages and API alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from mfgportal.accounts.access import plants_of
from mfgportal.accounts.models import User
from sync.models import ReconciliationLine, ReconciliationRun, Source
from sync.reconcile.base import Rule
from sync.reconcile.rules import RULES
from sync.sources import class_of, config_of

DONE = ReconciliationRun.Status.DONE


@dataclass(frozen=True, slots=True)
class RuleStatus:
    """A rule with its newest run, its newest finished one, and how many of its lines a person sees differ."""

    rule: Rule
    latest: ReconciliationRun | None
    done: ReconciliationRun | None
    compared: int
    differing: int

    @property
    def state(self) -> str:
        """``agrees``, ``differs``, ``explained`` (differs by nature), or ``not compared``."""
        if self.done is None:
            return "not compared"
        if not self.differing:
            return "agrees"
        return "differs" if self.rule.raises else "explained"


@dataclass(frozen=True, slots=True)
class Found:
    """One side of a line, or a figure beside them. ``main``: it is compared."""

    key: str
    title: str
    value: float | None
    main: bool


def lines_of(user: User) -> QuerySet[ReconciliationLine]:
    """Lines of the person's plants, and those of none: they are about a whole source."""
    lines = ReconciliationLine.objects.select_related("plant", "equipment", "run")
    return lines if user.sees_all_plants else lines.filter(Q(plant__in=plants_of(user)) | Q(plant=None))


def rule_statuses(user: User) -> list[RuleStatus]:
    """All rules, in three queries."""
    latest, done = _newest(ReconciliationRun.objects.all()), finished()
    counted = (
        lines_of(user)
        .order_by()
        .filter(run__in=done.values())
        .values_list("run")
        .annotate(compared=Count("pk"), differing=Count("pk", filter=Q(agrees=False)))
    )
    counts = {run: (compared, differing) for run, compared, differing in counted}
    found = []
    for key, rule in RULES.items():
        run = done.get(key)
        compared, differing = counts.get(run.pk, (0, 0)) if run else (0, 0)
        found.append(RuleStatus(rule, latest.get(key), run, compared, differing))
    return found


def finished() -> dict[str, ReconciliationRun]:
    """The newest finished comparison of everything, by rule; one of a part is not it."""
    return _newest(ReconciliationRun.objects.filter(status=DONE, source=None, month=None))


def _newest(runs: QuerySet[ReconciliationRun]) -> dict[str, ReconciliationRun]:
    return {run.rule: run for run in runs.order_by("rule", "-started_at").distinct("rule")}


def sides(rule: Rule, line: ReconciliationLine) -> list[Found]:
    """What each side of a line says, the compared ones first."""
    titles = [*((key, title, True) for key, title in rule.sides.items()),
              *((key, title, False) for key, title in rule.parts.items())]  # fmt: skip
    return [Found(key, title, line.sides.get(key), main) for key, title, main in titles]


class Links:
    """Addresses of records in their systems; asks for the sources once."""

    def __init__(self) -> None:
        self._sources: Mapping[str, Source] = {source.name: source for source in Source.objects.all()}

    def url(self, row: Mapping[str, Any]) -> str:
        """Of the record a row names; "" where it has no page."""
        source = self._sources.get(str(row.get("source")))
        key = str(row.get("external_key") or "")
        return class_of(source).record_url(config_of(source), key) if source and key else ""

    def title(self, row: Mapping[str, Any]) -> str:
        source = self._sources.get(str(row.get("source")))
        return source.title if source else ""
