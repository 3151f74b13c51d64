"""The daily digest: what is open by age, what is new, what is held back, within what the person may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone

from kpis.models import Plant
from mfgportal.accounts.access import exceptions_of
from mfgportal.accounts.models import User
from mfgportal.reports.due import Rhythm, next_due
from mfgportal.workbench.measures import AgeBand, open_by_age
from mfgportal.workbench.models import Digest, Notice
from sync.models import SyncException

DAY = timedelta(days=1)
WORST = 5
MOST = 200


@dataclass(frozen=True, slots=True)
class Summary:
    """``new`` and ``closed``: in the last 24 hours; ``held``: source records; ``mine``: the person's own."""

    open: int
    new: int
    closed: int
    mine: int
    held: int
    minutes: float
    ages: Sequence[AgeBand]
    worst: Sequence[SyncException]


def digest_of(user: User, now: datetime) -> Summary:
    """What stands in the person's digest at that time."""
    rows = exceptions_of(user)
    is_open = Q(status=SyncException.Status.OPEN)
    held = rows.filter(is_open).aggregate(rows=Sum("held_rows"), minutes=Sum("kpi_minutes"))
    ages = open_by_age(rows, now)
    return Summary(
        open=sum(band.count for band in ages),
        new=rows.filter(first_seen__gt=now - DAY).count(),
        closed=rows.exclude(is_open).filter(resolved_at__gt=now - DAY).count(),
        mine=rows.filter(is_open, care__assignee=user).count(),
        held=held["rows"] or 0,
        minutes=held["minutes"] or 0.0,
        ages=ages,
        worst=list(rows.filter(is_open).order_by("-kpi_minutes", "-held_rows", "-pk")[:WORST]),
    )


def subscribe(user: User, at: time, clock: Plant | None) -> Digest:
    """Send the person a digest each day at that local time, from the next one on."""
    due = next_due(_daily(at, clock), timezone.now())
    made, _ = Digest.objects.update_or_create(user=user, defaults={"at": at, "clock": clock, "next_due": due})
    return made


def _daily(at: time, clock: Plant | None) -> Rhythm:
    return Rhythm(cadence="daily", at=at, zone=ZoneInfo(clock.timezone if clock else "UTC"))


@transaction.atomic
def raise_due(now: datetime | None = None) -> int:
    """Write the digests that are due; how many. Days that were missed meanwhile are not made up for."""
    moment = now or timezone.now()
    due = Digest.objects.filter(next_due__lte=moment, user__is_active=True).exclude(user__email="")
    rows = list(due.select_for_update(of=("self",), skip_locked=True).select_related("clock")[:MOST])
    for row in rows:
        row.next_due = next_due(_daily(row.at, row.clock), moment)
        row.save(update_fields=["next_due"])
        Notice.objects.create(
            user_id=row.user_id, why=Notice.Why.DIGEST, at=moment, not_before=moment, in_portal=False
        )
    return len(rows)
