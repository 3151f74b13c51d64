"""What people do with schedules, and what the clock does: who may see one, and when it is due."""

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from mfgportal.accounts.access import plants_of, sees_one_of
from mfgportal.accounts.models import Role, User
from mfgportal.reports.due import Rhythm, come_due, next_due
from mfgportal.reports.models import Delivery, ReportSchedule, Subscription

ONE_MINUTE = timedelta(minutes=1)


class JustSent(Exception):
    """It was sent by hand less than a minute ago."""


def schedules_of(user: User) -> QuerySet[ReportSchedule]:
    """Schedules the person owns or gets; administrators see all."""
    if user.role == Role.ADMIN:
        return ReportSchedule.objects.all()
    mine = Q(owner=user) | Q(pk__in=Subscription.objects.filter(user=user).values("schedule"))
    return ReportSchedule.objects.filter(mine)


def may_change(user: User, schedule: ReportSchedule) -> bool:
    """Its owner, and administrators."""
    return schedule.owner_id == user.pk or user.role == Role.ADMIN


def require_change(user: User, schedule: ReportSchedule) -> None:
    """Raise ``PermissionDenied`` (403) unless ``may_change``."""
    if not may_change(user, schedule):
        raise PermissionDenied("Only its owner or an administrator changes a schedule.")


def colleagues(user: User) -> QuerySet[User]:
    """Whom the person may send reports: themselves, people of their plants, and those who see all plants."""
    known = Q(pk=user.pk) | sees_one_of(plants_of(user))
    return User.objects.filter(known, is_active=True).exclude(email="").order_by("username")


def rhythm_of(schedule: ReportSchedule) -> Rhythm:
    return Rhythm(
        cadence=schedule.cadence,
        at=schedule.at,
        zone=ZoneInfo(schedule.clock.timezone),
        weekday=schedule.weekday,
        month_day=schedule.month_day,
    )


@transaction.atomic
def keep(schedule: ReportSchedule, people: Collection[User], now: datetime | None = None) -> None:
    """Save it with its recipients; its next moment is the first from now on. Who left is not added again."""
    schedule.next_due = next_due(rhythm_of(schedule), now or timezone.now())
    schedule.save()
    rows = schedule.subscriptions
    rows.filter(left_at=None).exclude(user__in=people).delete()
    Subscription.objects.bulk_create(
        (Subscription(schedule=schedule, user=user) for user in people), ignore_conflicts=True
    )


def switch(schedule: ReportSchedule, *, active: bool, now: datetime | None = None) -> None:
    """Pause it, or let it go on from now: moments of the pause are not made up for."""
    schedule.active = active
    schedule.next_due = next_due(rhythm_of(schedule), now or timezone.now())
    schedule.save(update_fields=["active", "next_due"])


@transaction.atomic
def send_now(schedule: ReportSchedule, now: datetime | None = None) -> int:
    """Put a mail to each recipient into the outbox; to how many. Raises JustSent."""
    at = now or timezone.now()
    ReportSchedule.objects.select_for_update(no_key=True).get(pk=schedule.pk)
    deliveries = Delivery.objects.filter(subscription__schedule=schedule, by_hand=True)
    if deliveries.filter(due_at__gt=at - ONE_MINUTE).exists():
        raise JustSent("It was sent less than a minute ago.")
    return _post(schedule, at, at, by_hand=True)


def leave(subscription: Subscription, now: datetime | None = None) -> None:
    """Get no more mails of it. Safe to repeat."""
    Subscription.objects.filter(pk=subscription.pk, left_at=None).update(left_at=now or timezone.now())


def join(subscription: Subscription) -> None:
    """Get its mails again: only the person themselves asks for that."""
    Subscription.objects.filter(pk=subscription.pk).update(left_at=None)


@transaction.atomic
def raise_due(now: datetime | None = None) -> int:
    """Write the mails of all moments that have come, each once, whoever asks how often; how many mails.

    Moments that came while nothing ran are one mail, which says so. Schedules whose owner is gone rest.
    """
    at = now or timezone.now()
    rows = ReportSchedule.objects.filter(active=True, next_due__lte=at, owner__is_active=True)
    locked = rows.select_related("clock").select_for_update(of=("self",), skip_locked=True)
    return sum(_raise(schedule, at) for schedule in locked)


def _raise(schedule: ReportSchedule, now: datetime) -> int:
    assert schedule.next_due is not None  # noqa: S101 - as it was asked for
    due = come_due(rhythm_of(schedule), schedule.next_due, now)
    written = _post(schedule, due.at, now, missed=due.missed)
    schedule.next_due = due.next
    schedule.save(update_fields=["next_due"])
    return written


def _post(
    schedule: ReportSchedule, due_at: datetime, now: datetime, *, missed: int = 0, by_hand: bool = False
) -> int:
    """The unique key of a delivery, person and moment, lets none be written twice."""
    people = schedule.subscriptions.filter(left_at=None, user__is_active=True)
    mails = [
        Delivery(subscription=one, due_at=due_at, missed=missed, by_hand=by_hand, not_before=now)
        for one in people
    ]
    return len(Delivery.objects.bulk_create(mails, ignore_conflicts=True))
