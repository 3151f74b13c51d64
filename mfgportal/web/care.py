"""Who looks after an exception, what was said about it, and what it is linked to: a part of its page."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from mfgportal.accounts.access import exceptions_of
from mfgportal.accounts.models import User
from mfgportal.workbench.acts import read
from mfgportal.workbench.models import Care, Link
from mfgportal.workbench.people import resolvers_of, who_see
from mfgportal.workbench.sleep import asleep
from sync.models import SyncException


@dataclass(frozen=True, slots=True)
class Linked:
    """A link seen from one of its ends."""

    id: int
    words: str
    other: SyncException


def triage_of(user: User, which: SyncException) -> dict[str, Any]:
    """What the page shows of it. To look takes the person's notices about it off the bell."""
    read(user, which)
    sleeps = SyncException.objects.filter(asleep(timezone.now()), pk=which.pk).exists()
    return {
        "care": Care.objects.filter(exception=which).select_related("assignee").first(),
        "sleeps": sleeps,
        "people": list(resolvers_of(which)),
        "comments": list(which.comments.all()),
        "names": list(who_see(which).exclude(pk=user.pk).values_list("username", flat=True)[:12]),
        "links": linked(user, which),
        "link_kinds": Link.Kind.choices,
    }


def linked(user: User, which: SyncException) -> list[Linked]:
    """What it is linked to, either way, as far as the person may see it."""
    rows = Link.objects.filter(Q(exception=which) | Q(other=which)).select_related("exception", "other")
    found = [
        Linked(row.pk, row.get_kind_display(), row.other)
        if row.exception_id == which.pk
        else Linked(row.pk, _backwards(row), row.exception)
        for row in rows
    ]
    seen = set(
        exceptions_of(user).filter(pk__in=[each.other.pk for each in found]).values_list("pk", flat=True)
    )
    return [each for each in found if each.other.pk in seen]


def _backwards(row: Link) -> str:
    return "Duplicated by" if row.kind == Link.Kind.DUPLICATE else row.get_kind_display()
