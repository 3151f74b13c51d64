"""What people do with an exception beside resolving it, each with its history. Who may is the caller's."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from mfgportal.accounts.models import User
from mfgportal.locales import moment
from mfgportal.workbench.models import Care, Comment, Link, Notice
from mfgportal.workbench.people import mentioned, notices_of, resolvers_of
from sync.exceptions import NotAllowed
from sync.models import SyncException
from sync.queue.writer import record_event

LONGEST_SLEEP = timedelta(days=366)
LONGEST_COMMENT = 4000


def care_of(exception: SyncException) -> Care:
    """Who looks after it, locked; made where there is none yet."""
    Care.objects.get_or_create(exception=exception)
    return Care.objects.select_for_update(of=("self",)).select_related("assignee").get(exception=exception)


@transaction.atomic
def assign(exception: SyncException, to: User | None, *, by: User, tell: bool = True) -> bool:
    """Let a person look after it, or nobody; whether that changed anything. Tells them, unless they said so.

    Raises:
        NotAllowed: the person may not see it, or not resolve it.
    """
    if to is not None and not resolvers_of(exception).filter(pk=to.pk).exists():
        raise NotAllowed(f"{to.username} may not resolve exceptions there.")
    care = care_of(exception)
    if care.assignee_id == (to.pk if to else None):
        return False
    care.assignee = to
    care.save(update_fields=["assignee"])
    record_event(exception, "assigned", f"To {to.username if to else 'nobody'}.", by=by.username)
    if to is not None and tell:
        notify([to], exception, Notice.Why.ASSIGNED, by=by)
    return True


@transaction.atomic
def snooze(exception: SyncException, until: datetime | None, *, by: User) -> bool:
    """Let it sleep until then, or wake it; whether that changed anything. What happens anew wakes it, too.

    Raises:
        NotAllowed: it is closed, or the time is past or too far away.
    """
    now = timezone.now()
    care = care_of(exception)
    exception.refresh_from_db()
    if until is None and care.snoozed_until is None:
        return False
    if until is not None:
        _check(exception, until, now)
    care.snoozed_until, care.snoozed_at = until, now if until else None
    care.snoozed_by, care.count_then = by.username if until else "", exception.count
    care.save()
    zone = exception.plant.timezone if exception.plant else "UTC"
    said = f"Until {moment(until.astimezone(ZoneInfo(zone)))} ({zone})." if until else ""
    record_event(exception, "snoozed" if until else "woke", said, by=by.username)
    return True


def _check(exception: SyncException, until: datetime, now: datetime) -> None:
    if exception.status != SyncException.Status.OPEN:
        raise NotAllowed("It is closed: there is nothing to put off.")
    if not now < until <= now + LONGEST_SLEEP:
        raise NotAllowed("Name a time within the next year.")


@transaction.atomic
def comment(exception: SyncException, text: str, *, by: User) -> Comment:
    """Say something; people named by ``@name`` are told, if they may see it.

    Raises:
        NotAllowed: an empty or overlong text.
    """
    said = text.strip()
    if not 0 < len(said) <= LONGEST_COMMENT:
        raise NotAllowed(f"A comment has 1 to {LONGEST_COMMENT:,} characters.")
    made = Comment.objects.create(exception=exception, author=by.username, text=said)
    notify(mentioned(said, exception), exception, Notice.Why.MENTION, by=by, text=said)
    return made


@transaction.atomic
def link(exception: SyncException, other: SyncException, kind: str, *, by: User) -> Link:
    """Say that two exceptions have to do with each other; another word for the same two replaces the first.

    Raises:
        NotAllowed: they are one, or the kind is none.
    """
    if exception.pk == other.pk or kind not in Link.Kind.values:
        raise NotAllowed("Name another exception, as related or as the one this is a duplicate of.")
    Link.objects.filter(exception=other, other=exception).delete()
    made, _ = Link.objects.update_or_create(
        exception=exception, other=other, defaults={"kind": kind, "by": by.username}
    )
    said = made.get_kind_display()
    record_event(exception, "linked", f"{said} no. {other.pk}.", by=by.username)
    record_event(other, "linked", f"No. {exception.pk}: {said.lower()} this.", by=by.username)
    return made


@transaction.atomic
def unlink(made: Link, *, by: User) -> None:
    """Take a link back."""
    for one, other in ((made.exception, made.other), (made.other, made.exception)):
        record_event(one, "unlinked", f"From no. {other.pk}.", by=by.username)
    made.delete()


def notify(
    people: list[User], exception: SyncException, why: str, *, by: User, text: str = ""
) -> list[Notice]:
    """Tell people, in the portal and by mail; not the one whose doing it is."""
    now = timezone.now()
    rows = [
        Notice(
            user=user,
            exception=exception,
            why=why,
            by=by.username,
            text=text,
            at=now,
            not_before=now,
            by_email=bool(user.email),
        )
        for user in people
        if user.pk != by.pk
    ]
    return Notice.objects.bulk_create(rows)


def read(user: User, exception: SyncException | None = None) -> int:
    """Take the person's notices, of one exception or all, off the bell; how many there were."""
    rows = notices_of(user) if exception is None else notices_of(user).filter(exception=exception)
    return rows.update(read_at=timezone.now())
