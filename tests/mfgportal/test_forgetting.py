"""Messages, kept answers, batches and sessions go when they are old; what was decided stays."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from auditlog.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from mfgportal.alerts.models import Alert, AlertEvent, AlertRule, Notification, Signal
from mfgportal.api.models import KeptAnswer
from mfgportal.forgetting import forget_old
from mfgportal.workbench import bulk
from mfgportal.workbench.acts import comment
from mfgportal.workbench.models import Batch, Comment, Notice
from sync.models import Decision, SyncException
from tests.mfgportal.queue import World

NOW = timezone.now()


def alerted(world: World, day: timedelta, closed: bool) -> None:
    at = timezone.now() - day
    rule = AlertRule.objects.create(name=f"{day} {closed}", signal=Signal.STOP, longer_than_s=60)
    alert = Alert.objects.create(
        rule=rule, subject="x", plant=world.lyon, title="Stands", opened_at=at, tell_at=at,
        severity="warning", status="closed" if closed else "open", closed_at=at if closed else None,
    )  # fmt: skip
    event = AlertEvent.objects.create(alert=alert, at=at, action="opened")
    Notification.objects.create(event=event, user=world.lead, channel="portal", not_before=at)


def worked(world: World) -> None:
    """A dismissal in bulk, a comment that mentions somebody, a preview, a kept answer, a log-in."""
    batch = bulk.prepare(
        world.admin, "dismiss", {"reason": "x"}, SyncException.objects.filter(pk=world.mine.pk)
    )
    bulk.start(batch)
    bulk.work(batch.pk)
    bulk.prepare(world.admin, "retry", {}, SyncException.objects.filter(pk=world.nobodys.pk))
    comment(world.mine, "@lead look", by=world.admin)
    KeptAnswer.objects.create(user=world.admin, key=str(batch.pk), request="r")


@pytest.mark.parametrize(("keep", "left"), [(90, 1), (0, 2)])
def test_what_is_old_goes_and_what_was_decided_stays(
    world: World, settings: Any, keep: int, left: int
) -> None:
    settings.MESSAGE_RETENTION_DAYS = keep
    with time_machine.travel(NOW - timedelta(days=91), tick=False):
        worked(world)
    SyncException.objects.filter(pk=world.mine.pk).update(status="open")
    worked(world)
    for days, closed in ((91, True), (91, False), (89, True)):
        alerted(world, timedelta(days=days), closed)
    entries = LogEntry.objects.count()
    forget_old(timezone.now())
    assert Notice.objects.count() == left
    assert Batch.objects.filter(state="done").count() == left
    assert Batch.objects.filter(state="preview").count() == KeptAnswer.objects.count() == 1
    assert Notification.objects.count() == (2 if keep else 3)
    assert (Decision.objects.count(), Comment.objects.count(), AlertEvent.objects.count()) == (2, 2, 3)
    assert LogEntry.objects.count() == entries


def test_sessions_that_are_over_go(world: World) -> None:
    for user in (world.lead, world.admin):
        client = Client()
        client.force_login(user)
        UserSession.objects.create(user=user, session_key=client.session.session_key, ip="127.0.0.1")
    old = UserSession.objects.get(user=world.lead)
    Session.objects.filter(session_key=old.session_key).update(expire_date=NOW - timedelta(days=1))
    forget_old(timezone.now())
    assert [each.user for each in UserSession.objects.all()] == [world.admin]
    assert Session.objects.count() == 1
