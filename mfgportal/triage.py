"""Which exceptions, in which order: one choice for the queue page, bulk work and the API alike."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from mfgportal.accounts.access import exceptions_of
from mfgportal.accounts.masks import may_see_costs
from mfgportal.accounts.models import User
from mfgportal.workbench.sleep import asleep
from sync.exceptions import KINDS
from sync.models import SyncException

ORDERS = {
    "impact": ("-kpi_minutes", "-held", "-last_seen", "-id"),
    "records": ("-held", "-last_seen", "-id"),
    "age": ("first_seen", "id"),
    "count": ("-count", "-last_seen", "-id"),
    "recent": ("-last_seen", "-id"),
}
BY_MONEY = "money"
"""A further order, for those who see costs."""
ANY = "any"
ME, NOBODY = "me", "nobody"
NO_CAUSE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A choice of exceptions; empty restricts nothing. ``plant``, ``equipment``: ids; ``source``: a name.

    ``assignee``: a user name, ``me`` or ``nobody``; ``older``: days since it was first seen; ``snoozed``: ""
    leaves out what sleeps, ``only`` and ``any`` do not; ``cause``: the id of what caused it, which is taken
    in, or ``none``.
    """

    status: str = SyncException.Status.OPEN
    kind: str = ""
    severity: str = ""
    source: str = ""
    plant: int | None = None
    equipment: int | None = None
    assignee: str = ""
    older: int | None = None
    snoozed: str = ""
    cause: str = ""
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

    @property
    def query(self) -> str:
        """As a query string."""
        return urlencode({name: value for name, value in asdict(self).items() if value})


@dataclass(frozen=True, slots=True)
class Group:
    """Exceptions of one cause, or, where none is known, of one kind and source. ``query``: opens them."""

    title: str
    count: int
    held: int
    minutes: float
    query: str


def chosen(user: User, choice: Choice) -> QuerySet[SyncException]:
    """The exceptions of a choice that the person may see, each with ``held``: the records it holds back."""
    rows = selected(user, choice).annotate(held=Count("held_records"))
    if choice.sort == BY_MONEY and may_see_costs(user):
        return rows.annotate(worth=Coalesce("money", Value(0), output_field=_MONEY)).order_by("-worth", "-id")
    return rows.order_by(*ORDERS.get(choice.sort, ORDERS["impact"]))


_MONEY = SyncException._meta.get_field("money")


def selected(user: User, choice: Choice) -> QuerySet[SyncException]:
    """The exceptions of a choice that the person may see, in no order."""
    return exceptions_of(user).filter(_condition(user, choice)).order_by()


def per_kind(user: User, choice: Choice) -> list[dict[str, Any]]:
    """Exceptions and records held per kind, for the choice with its kind left open; most held first."""
    counted = (
        selected(user, choice.without("kind"))
        .values("kind")
        .annotate(
            exceptions=Count("id", distinct=True),
            held=Count("held_records", distinct=True),
        )
    )
    return [dict(row) for row in counted.order_by("-held", "-exceptions", "kind")]


def per_cause(user: User, choice: Choice) -> list[Group]:
    """The choice by cause, gravest first. Two queries."""
    rows = selected(user, choice)
    sums = {"rows": Count("pk"), "held": Sum("held_rows"), "minutes": Sum("kpi_minutes")}
    named = rows.exclude(caused_by=None).values("caused_by", "caused_by__title")
    caused: Iterable[Any] = named.annotate(**sums)
    unnamed = rows.filter(caused_by=None).values("kind", "source__name", "source__title")
    causeless: Iterable[Any] = unnamed.annotate(**sums)
    rest = choice.without("cause")
    groups = [
        *(_group(row, row["caused_by__title"], rest, cause=str(row["caused_by"])) for row in caused),
        *(
            _group(
                row,
                f"{_kind_title(row['kind'])}, {row['source__title']}",
                rest,
                cause=NO_CAUSE,
                kind=row["kind"],
                source=row["source__name"],
            )
            for row in causeless
        ),
    ]
    return sorted(groups, key=lambda group: (-group.minutes, -group.held, -group.count, group.title))


def _kind_title(key: str) -> str:
    return KINDS[key].title if key in KINDS else key


def _group(row: Mapping[str, Any], title: str, choice: Choice, **more: str) -> Group:
    query = Choice(**(asdict(choice) | more)).query
    return Group(title, row["rows"], row["held"] or 0, row["minutes"] or 0.0, query)


def _condition(user: User, choice: Choice) -> Q:
    exact = {
        "kind": choice.kind,
        "severity": choice.severity,
        "source__name": choice.source,
        "plant": choice.plant,
        "equipment": choice.equipment,
        "status": "" if choice.status == ANY else choice.status,
    }
    condition = Q(**{name: value for name, value in exact.items() if value})
    condition &= _care(user, choice) & _cause(choice.cause)
    if choice.older:
        condition &= Q(first_seen__lte=timezone.now() - timedelta(days=choice.older))
    if choice.q:
        text = ("title", "message", "external_key", "equipment__name")
        return condition & Q(*((f"{name}__icontains", choice.q) for name in text), _connector=Q.OR)
    return condition


def _care(user: User, choice: Choice) -> Q:
    condition = Q()
    if choice.assignee == NOBODY:
        condition = Q(care__assignee=None)
    elif choice.assignee:
        name = user.username if choice.assignee == ME else choice.assignee
        condition = Q(care__assignee__username=name)
    if choice.snoozed == ANY:
        return condition
    sleeps = asleep(timezone.now())
    return condition & (Q(sleeps) if choice.snoozed == "only" else ~Q(sleeps))


def _cause(cause: str) -> Q:
    if cause == NO_CAUSE:
        return Q(caused_by=None)
    return Q(caused_by=int(cause)) | Q(pk=int(cause)) if cause.isdecimal() else Q()
