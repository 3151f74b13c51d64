"""Escalation and mails: who is told when, once, whatever fails on the way."""

import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.db import connections

from mfgportal.accounts.models import Role
from mfgportal.alerts.desk import acknowledge
from mfgportal.alerts.escalation import escalate_due
from mfgportal.alerts.judging import judge
from mfgportal.alerts.models import Alert, AlertRule, Notification
from mfgportal.alerts.outbox import send_due
from mfgportal.alerts.tasks import judge_rules, send_mails, wake_mails
from sync.models import Stream
from tests.factories import standard_reasons, stop
from tests.mfgportal.alerts.conftest import NOW, MakeRule, Site

HOUR = timedelta(hours=1)
SERVER: dict[str, Any] = {"down": False, "refuses": "", "sent": [], "slow": None}


class Server(EmailBackend):
    """A mail server that can be down, refuse somebody, or take its time."""

    def send_messages(self, messages: Any) -> int:
        (message,) = messages
        if SERVER["down"]:
            raise ConnectionRefusedError("connection refused")
        if SERVER["refuses"] in message.to:
            raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        if SERVER["slow"]:
            SERVER["slow"].wait(timeout=20)
        SERVER["sent"].append(message)
        return 1


@pytest.fixture(autouse=True)
def server(settings: Any) -> Iterator[dict[str, Any]]:
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    settings.SITE_URL = "https://portal.example"
    yield SERVER
    SERVER.update(down=False, refuses="", sent=[], slow=None)


def open_alert(site: Site, rule: AlertRule) -> Alert:
    stop(site.press, NOW - HOUR, None)
    judge(AlertRule.objects.get(pk=rule.pk), NOW)
    return Alert.objects.get()


def receivers() -> list[str]:
    return [message.to[0] for message in SERVER["sent"]]


def test_a_mail_is_plain_and_html_with_links_and_no_names(site: Site, make_rule: MakeRule) -> None:
    alert = open_alert(site, make_rule())
    assert send_due() == 1
    (message,) = SERVER["sent"]
    assert isinstance(message, EmailMultiAlternatives)
    assert message.subject == f"[mfgportal] {alert.title}"
    assert message.to == ["anna@plant.example"]
    assert f"https://portal.example/alerts/{alert.pk}/" in message.body
    assert "24 Nov 2026, 11:00 (Europe/Paris)" in message.body
    html = message.alternatives[0][0]
    assert f'href="https://portal.example/alerts/{alert.pk}/"' in str(html)


def test_what_a_source_wrote_is_text_and_no_header(site: Site, make_rule: MakeRule) -> None:
    site.press.name = "Press\nBcc: all@plant.example <script>"
    site.press.save()
    open_alert(site, make_rule())
    send_due()
    (message,) = SERVER["sent"]
    assert "\n" not in message.subject
    assert "<script>" not in str(message.alternatives[0][0])
    assert message.recipients() == ["anna@plant.example"]


def test_a_server_that_is_down_delays_and_nothing_is_lost(
    site: Site, make_rule: MakeRule, clock: time_machine.Traveller
) -> None:
    open_alert(site, make_rule(roles=[Role.PLANT_MANAGER, Role.EXECUTIVE]))
    SERVER["down"] = True
    assert send_due() == 0
    first = Notification.objects.get(failures=1)
    assert (first.sent_at, first.error) == (None, "ConnectionRefusedError: connection refused")
    SERVER["down"] = False
    clock.shift(29)
    assert send_due() == 1  # the other one: nobody waits for the first
    clock.shift(2)
    assert send_due() == 1
    assert sorted(receivers()) == ["anna@plant.example", "boss@plant.example"]
    assert send_due() == 0


def test_it_waits_longer_each_time_but_not_for_ever(
    site: Site, make_rule: MakeRule, clock: time_machine.Traveller
) -> None:
    open_alert(site, make_rule())
    SERVER["down"] = True
    waits = []
    for _ in range(12):
        send_due()
        row = Notification.objects.get(channel="mail")
        waits.append((row.not_before - datetime.now(UTC)).total_seconds())
        clock.move_to(row.not_before)
    assert waits[:3] == [30, 60, 120]
    assert waits[-1] == 3600


def test_one_address_that_is_refused_does_not_keep_the_others(site: Site, make_rule: MakeRule) -> None:
    open_alert(site, make_rule(roles=[Role.PLANT_MANAGER, Role.EXECUTIVE]))
    SERVER["refuses"] = "anna@plant.example"
    assert send_due() == 1
    assert receivers() == ["boss@plant.example"]


def test_each_try_has_the_same_message_id(
    site: Site, make_rule: MakeRule, clock: time_machine.Traveller
) -> None:
    open_alert(site, make_rule())
    send_due()
    Notification.objects.update(sent_at=None)  # the power went before the commit
    send_due()
    one, two = (message.extra_headers["Message-ID"] for message in SERVER["sent"])
    assert one == two


def test_one_who_lost_the_plant_gets_no_mail_any_more(site: Site, make_rule: MakeRule) -> None:
    open_alert(site, make_rule())
    site.manager.plants.clear()
    assert send_due() == 0
    assert Notification.objects.get(channel="mail").error.startswith("not sent")


def test_quiet_hours_hold_a_mail_until_they_are_over(
    site: Site, make_rule: MakeRule, clock: time_machine.Traveller
) -> None:
    open_alert(site, make_rule(quiet_from="10:00", quiet_to="13:00"))
    assert send_due() == 0
    clock.shift(2 * 3600)
    assert send_due() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once(site: Site, make_rule: MakeRule) -> None:
    """Both are inside the mail server at the same time, each with another mail."""
    standard_reasons()
    rule = make_rule(roles=[Role.PLANT_MANAGER, Role.EXECUTIVE])
    open_alert(site, rule)
    SERVER["slow"] = Barrier(2)
    counts: list[int] = []

    def worker() -> None:
        counts.append(send_due())
        connections.close_all()

    workers = [Thread(target=worker) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert counts == [1, 1]
    assert sorted(receivers()) == ["anna@plant.example", "boss@plant.example"]


def test_nobody_acknowledges_and_the_next_are_told_once(
    site: Site, make_rule: MakeRule, clock: time_machine.Traveller
) -> None:
    alert = open_alert(site, make_rule(escalate_after_s=900, escalate_roles=[Role.EXECUTIVE]))
    clock.shift(899)
    assert escalate_due() == 0
    clock.shift(1)
    assert [escalate_due(), escalate_due()] == [1, 0]
    assert list(alert.events.values_list("action", flat=True)) == ["opened", "escalated"]
    send_due()
    assert [m.subject.split(":")[0] for m in SERVER["sent"] if m.to == ["boss@plant.example"]] == [
        "[mfgportal] Not acknowledged"
    ]


def test_one_that_is_acknowledged_or_over_is_not_escalated(
    site: Site, make_rule: MakeRule, clock: time_machine.Traveller
) -> None:
    alert = open_alert(site, make_rule(escalate_after_s=900, escalate_roles=[Role.EXECUTIVE]))
    acknowledge(site.manager, alert.pk)
    clock.shift(3600)
    assert escalate_due() == 0
    Alert.objects.update(status="closed")
    assert escalate_due() == 0


def test_escalation_counts_from_the_end_of_quiet_hours(
    site: Site, make_rule: MakeRule, clock: time_machine.Traveller
) -> None:
    quiet = {"quiet_from": "10:00", "quiet_to": "13:00"}
    open_alert(site, make_rule(escalate_after_s=900, escalate_roles=[Role.EXECUTIVE], **quiet))
    clock.shift(2 * 3600)
    assert escalate_due() == 0
    clock.shift(900)
    assert escalate_due() == 1


def test_a_lost_tick_only_delays(site: Site, make_rule: MakeRule, clock: time_machine.Traveller) -> None:
    """Nobody looked for three hours: the alert opens then, and its mail goes out."""
    make_rule()
    stop(site.press, NOW, None)
    clock.shift(3 * 3600)
    Stream.objects.update(read_through=datetime.now(UTC))
    judge_rules()
    send_mails()
    assert receivers() == ["anna@plant.example"]


def test_a_tick_wakes_the_sender_only_when_a_mail_is_due(
    site: Site, make_rule: MakeRule, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[bool] = []
    monkeypatch.setattr(send_mails, "delay", lambda: woken.append(True))
    wake_mails()
    assert woken == []
    open_alert(site, make_rule())
    wake_mails()
    assert woken == [True]


def test_by_default_no_mail_leaves_the_machine() -> None:
    from mfgportal import settings as ours

    assert vars(ours)["EMAIL_BACKEND"].endswith("filebased.EmailBackend")
    assert mail.outbox == []
    assert EmailMessage("x").from_email == "mfgportal <mfgportal@localhost>"
