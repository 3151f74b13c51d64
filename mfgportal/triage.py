"""Which exceptions, in which order: one choice for the queue page and the API alike."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from mfgportal.accounts.access import exceptions_of
from mfgportal.accounts.models import User
from sync.models import SyncException

ORDERS = {
    "impact": ("-held", "-last_seen", "-id"),
    "age": ("first_seen", "id"),
    "recent": ("-last_seen", "-id"),
}
ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice of exceptions; empty restricts nothing. ``plant``, ``equipment``: ids; ``source``: a name."""

    status: str = SyncException.Status.OPEN
    kind: str = ""
    severity: str = ""
    source: str = ""
    plant: int | None = None
    equipment: int | None = None
    q: str = ""
    sort: str = "impact"

    @property
    def restrictions(self) -> dict[str, Any]:
        """What restricts the choice, apart from the status it starts with."""
        given = asdict(self)
        return {name: given[name] for name in given if name not in {"status", "sort"} and given[name]}

    def without(self, *names: str) -> "Choice":
        """The same choice with some parts set back."""
        return Choice(**{name: value for name, value in asdict(self).items() if name not in names})


def chosen(user: User, choice: Choice) -> QuerySet[SyncException]:
    """The exceptions of a choice that the person may see, each with ``held``: the records it holds back."""
    return (
        exceptions_of(user)
        .filter(_condition(choice))
        .annotate(held=Count("held_records"))
        .order_by(*ORDERS[choice.sort])
    )


def per_kind(user: User, choice: Choice) -> list[dict[str, Any]]:
    """Exceptions and records held per kind, for the choice with its kind left open; most held first."""
    rows = exceptions_of(user).filter(_condition(choice.without("kind")))
    counted = rows.values("kind").annotate(
        exceptions=Count("id", distinct=True), held=Count("held_records", distinct=True)
    )
    return [dict(row) for row in counted.order_by("-held", "-exceptions", "kind")]


def _condition(choice: Choice) -> Q:
    exact = {
        "kind": choice.kind,
        "severity": choice.severity,
        "source__name": choice.source,
        "plant": choice.plant,
        "equipment": choice.equipment,
        "status": "" if choice.status == ANY else choice.status,
    }
    condition = Q(**{name: value for name, value in exact.items() if value})
    if choice.q:
        text = ("title", "message", "external_key", "equipment__name")
        return condition & Q(*((f"{name}__icontains", choice.q) for name in text), _connector=Q.OR)
    return condition
