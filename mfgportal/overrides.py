"""What people decided for later syncs, too: corrections, rules and merges, as a person may see them."""

from django.db.models import Q, QuerySet

from mfgportal.accounts.access import Right, exceptions_of, may
from mfgportal.accounts.models import User
from sync.models import Correction, Merge, Rule


def may_rule(user: User) -> bool:
    """Whether the person may make and revoke rules: these are about a whole source, whatever the plant."""
    return may(user, Right.RESOLVE_EXCEPTIONS) and (user.sees_all_plants or may(user, Right.MANAGE_SOURCES))


def corrections_of(user: User) -> QuerySet[Correction]:
    """Corrections of exceptions the person may see, newest first."""
    rows = Correction.objects.select_related("source", "exception").order_by("-created_at", "-id")
    return rows.filter(_seen(user))


def rules_of(user: User) -> QuerySet[Rule]:
    """Rules made at exceptions the person may see, newest first."""
    return Rule.objects.select_related("source", "exception").filter(_seen(user))


def merges_of(user: User) -> QuerySet[Merge]:
    """Merges made at exceptions the person may see, newest first."""
    return Merge.objects.select_related("exception").filter(_seen(user))


def _seen(user: User) -> Q:
    """What has lost its exception is for those who see all plants."""
    return Q() if user.sees_all_plants else Q(exception__in=exceptions_of(user))
