"""What people decided for later syncs, too: corrections, rules and merges, as a person may see them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from mfgportal.accounts.access import Right, exceptions_of, may
from mfgportal.accounts.masks import may_see_costs, may_see_technicians
from mfgportal.accounts.models import User
from sync.exceptions import decide, fields_to_correct, revoke
from sync.identities import CANONICAL
from sync.models import Correction, Merge, Rule, SyncException
from sync.records import Kind

OF_MONEY = ("hourly_rate", "unit_cost", "amount", "replacement_value")
"""Fields of records that hold money."""


def may_rule(user: User) -> bool:
    """Whether the person may make and revoke rules: these are about a whole source, whatever the plant."""
    return may(user, Right.RESOLVE_EXCEPTIONS) and (user.sees_all_plants or may(user, Right.MANAGE_SOURCES))


def correctable_fields(user: User, exception: SyncException) -> list[dict[str, Any]]:
    """The fields of an exception's records the person may correct; amounts only for who sees costs."""
    found = fields_to_correct(exception)
    return found if may_see_costs(user) else [each for each in found if each["field"] not in OF_MONEY]


def corrections_of(user: User) -> QuerySet[Correction]:
    """Corrections of exceptions the person may see, newest first."""
    rows = Correction.objects.select_related("source", "exception").order_by("-created_at", "-id")
    if not may_see_technicians(user):
        rows = rows.exclude(value__contains={"kind": Kind.TECHNICIAN.value})
    if not may_see_costs(user):
        rows = rows.exclude(field__in=OF_MONEY)
    return rows.filter(_seen(user))


def rules_of(user: User) -> QuerySet[Rule]:
    """Rules made at exceptions the person may see, newest first."""
    rows = Rule.objects.select_related("source", "exception").filter(_seen(user))
    if not may_see_costs(user):
        rows = rows.exclude(field__in=OF_MONEY)
    return rows if may_see_technicians(user) else rows.exclude(kind=Kind.TECHNICIAN.value)


def merges_of(user: User) -> QuerySet[Merge]:
    """Merges made at exceptions the person may see, newest first."""
    rows = Merge.objects.select_related("exception").filter(_seen(user))
    return rows if may_see_technicians(user) else rows.exclude(kind=Kind.TECHNICIAN.value)


def meanings(rules: Iterable[Rule]) -> list[tuple[Rule, str]]:
    """Rules with the name of the row that keys of their pattern mean; "" for rules of another sort."""
    found = list(rules)
    wanted: dict[str, set[int]] = defaultdict(set)
    for rule in found:
        if rule.canonical_id is not None:
            wanted[rule.kind].add(rule.canonical_id)
    names = {
        (kind, row.pk): str(row)
        for kind, ids in wanted.items()
        for row in CANONICAL[Kind(kind)]._default_manager.filter(pk__in=ids)
    }
    return [(rule, names.get((rule.kind, rule.canonical_id or 0), "")) for rule in found]


def take_back(correction: Correction, by: str) -> None:
    """Let the source's value count again. Of one with an exception it is kept what the KPIs were before.

    Raises:
        AlreadyResolved: somebody else has revoked it.
    """

    def action() -> int:
        revoke(correction.pk, by=by)
        return 0

    if correction.exception is None:
        action()
    else:
        decide(correction.exception, way="revoke", by=by, action=action)


def _seen(user: User) -> Q:
    """What has lost its exception is for those who see all plants."""
    return Q() if user.sees_all_plants else Q(exception__in=exceptions_of(user))
