"""Who may look after an exception, who can be mentioned, and what people were told."""

import re

from django.db.models import Q, QuerySet

from mfgportal.accounts.access import plants_of
from mfgportal.accounts.models import ALL_PLANTS, User
from mfgportal.accounts.rights import RIGHTS, Right
from mfgportal.workbench.models import Notice
from sync.models import SyncException

MENTION = re.compile(r"(?<![\w@.])@([\w.+-]*\w)")
RESOLVERS = [role for role, rights in RIGHTS.items() if Right.RESOLVE_EXCEPTIONS in rights]


def who_see(exception: SyncException) -> QuerySet[User]:
    """Active people who may see the exception: see ``access.exceptions_of``."""
    people = User.objects.filter(is_active=True).order_by("username")
    if exception.plant_id is None:
        return people
    theirs = User.plants.through.objects.filter(plant=exception.plant_id).values("user")
    return people.filter(Q(role__in=ALL_PLANTS) | Q(pk__in=theirs))


def resolvers_of(exception: SyncException) -> QuerySet[User]:
    """Those of them who may resolve it, and so look after it."""
    return who_see(exception).filter(role__in=RESOLVERS)


def resolvers_beside(user: User) -> QuerySet[User]:
    """Active people who may resolve something that the person may see."""
    people = User.objects.filter(is_active=True, role__in=RESOLVERS).order_by("username")
    if user.sees_all_plants:
        return people
    shared = User.plants.through.objects.filter(plant__in=user.plants.all()).values("user")
    return people.filter(Q(role__in=ALL_PLANTS) | Q(pk__in=shared))


def mentioned(text: str, exception: SyncException) -> list[User]:
    """People named by ``@name`` who may see the exception; another name mentions nobody."""
    names = {name.lower() for name in MENTION.findall(text)}
    return [user for user in who_see(exception) if user.username.lower() in names] if names else []


def notices_of(user: User) -> QuerySet[Notice]:
    """What the person was told in the portal and has not read, of exceptions they still may see."""
    rows = Notice.objects.filter(user=user, in_portal=True, read_at=None)
    if user.sees_all_plants:
        return rows
    return rows.filter(Q(exception__plant=None) | Q(exception__plant__in=plants_of(user)))
