"""Who may look after an exception, who can be mentioned, and what people were told."""

import re

from django.db.models import Q, QuerySet

from mfgportal.accounts.access import plants_of, sees_one_of
from mfgportal.accounts.models import User
from mfgportal.accounts.rights import RIGHTS, Right
from mfgportal.workbench.models import Notice
from sync.models import SyncException

MENTION = re.compile(r"(?<![\w@.])@([\w.+-]*\w)")
RESOLVERS = [role for role, rights in RIGHTS.items() if Right.RESOLVE_EXCEPTIONS in rights]


def who_see(exception: SyncException) -> QuerySet[User]:
    """Active people who may see the exception: see ``access.exceptions_of``."""
    people = User.objects.filter(is_active=True).order_by("username")
    return people if exception.plant_id is None else people.filter(sees_one_of([exception.plant_id]))


def resolvers_of(exception: SyncException) -> QuerySet[User]:
    """Those of them who may resolve it, and so look after it."""
    return who_see(exception).filter(role__in=RESOLVERS)


def resolvers_beside(user: User) -> QuerySet[User]:
    """Active people who may resolve something that the person may see."""
    people = User.objects.filter(is_active=True, role__in=RESOLVERS).order_by("username")
    return people if user.sees_all_plants else people.filter(sees_one_of(plants_of(user)))


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
