"""Schedules: once per due moment, late where nothing ran, each recipient within their own scope."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client

from mfgportal.accounts.models import Role, User
from mfgportal.alerts.outbox import send_due
from mfgportal.reports import outbox
from mfgportal.reports.models import Delivery, ReportSchedule, Subscription
from mfgportal.reports.outbox import TRAY
from mfgportal.reports.schedules import JustSent, keep, leave, raise_due, send_now, switch
from tests.factories import make_plant
from tests.mfgportal.queue import LogIn
from tests.mfgportal.web.conftest import NOW, Floor, make_floor

SEVEN = datetime(2026, 11, 25, 6, tzinfo=UTC)
"""In Lyon."""


@pytest.fixture
def floor(db: None) -> Iterator[Floor]:
    with time_machine.travel(NOW, tick=False):
        yield make_floor()


def person(name: str, role: Role, *plants: Any) -> User:
    user = User.objects.create_user(name, f"{name}@plant.example", role=role)
    user.plants.set(plants)
    return user


@pytest.fixture
def schedule(floor: Floor) -> ReportSchedule:
    """Every day at seven in Lyon, to the executive and the managers of both plants."""
    people = [
        person("boss", Role.EXECUTIVE),
        person("anna", Role.PLANT_MANAGER, floor.lyon),
        person("ravi", Role.PLANT_MANAGER, floor.pune),
    ]
    made = ReportSchedule(
        name="Morning\r\nBcc: x",
        owner=people[0],
        query="period=month&of=current",
        cadence="daily",
        clock=floor.lyon,
    )
    keep(made, people, NOW)
    return made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Setting type takes most of a mail's time, and one test looks at it."""
    monkeypatch.setattr(outbox, "report_pdf", lambda found: b"%PDF")


def send(at: datetime) -> list[Any]:
    """What goes out at a moment."""
    mail.outbox.clear()
    raise_due(at)
    send_due(at, TRAY)
    return sorted(mail.outbox, key=lambda each: each.to)


@pytest.mark.usefixtures("quick")
def test_a_moment_is_mailed_once_however_often_it_is_asked_for(schedule: ReportSchedule) -> None:
    assert schedule.next_due == SEVEN
    assert send(SEVEN - timedelta(minutes=1)) == []
    assert len(send(SEVEN)) == 3
    assert send(SEVEN + timedelta(seconds=20)) == []
    ReportSchedule.objects.update(next_due=SEVEN)  # as a second beat that read it before the first wrote
    assert send(SEVEN + timedelta(seconds=40)) == []
    schedule.refresh_from_db()
    assert (schedule.last_sent_at, schedule.last_error) == (SEVEN, "")


def test_each_gets_what_they_may_see(schedule: ReportSchedule) -> None:
    anna, boss, ravi = send(SEVEN)
    for message, seen, hidden in ((anna, "Lyon", "Pune"), (ravi, "Pune", "Lyon"), (boss, "Pune", "")):
        paper = next(part for part in message.attachments if part.mimetype == "application/pdf")
        assert paper.filename == "executive-2026-11.pdf"
        assert paper.content.startswith(b"%PDF")
        html = message.alternatives[0].content
        assert seen in html
        assert not hidden or f"<strong>{hidden}</strong>" not in html
        assert "\n" not in message.subject
        assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "late" not in anna.body


@pytest.mark.usefixtures("quick")
def test_what_was_missed_is_sent_once_and_says_so(schedule: ReportSchedule) -> None:
    anna, *_ = send(SEVEN + timedelta(days=3, hours=2))
    assert "This mail is late: it was due 28 Nov 2026, 07:00 (Europe/Paris)" in anna.body
    assert "It stands for 3 earlier ones, too." in anna.body
    assert send(SEVEN + timedelta(days=3, hours=3)) == []


@pytest.mark.usefixtures("quick")
def test_a_plant_out_of_scope_is_not_sent(schedule: ReportSchedule, floor: Floor) -> None:
    ReportSchedule.objects.update(query=f"period=month&plant={floor.lyon.pk}")
    assert [each.to for each in send(SEVEN)] == [["anna@plant.example"], ["boss@plant.example"]]
    refused = Delivery.objects.get(subscription__user__username="ravi")
    assert refused.error == "not sent: its plant is outside of what the person may see"


@pytest.mark.usefixtures("quick")
def test_who_left_or_is_gone_gets_nothing(schedule: ReportSchedule) -> None:
    User.objects.filter(username="ravi").update(is_active=False)
    leave(Subscription.objects.get(user__username="anna"))
    keep(schedule, list(User.objects.all()), NOW)  # naming her again does not bring her back
    assert [each.to for each in send(SEVEN)] == [["boss@plant.example"]]
    switch(schedule, active=False)
    assert send(SEVEN + timedelta(days=1)) == []


def test_sending_by_hand_is_not_done_twice_by_a_double_click(schedule: ReportSchedule) -> None:
    assert send_now(schedule, NOW) == 3
    with pytest.raises(JustSent):
        send_now(schedule, NOW + timedelta(seconds=2))


def test_without_the_library_the_mail_goes_out_and_names_the_package(
    schedule: ReportSchedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    import builtins

    whole = builtins.__import__

    def without_pango(name: str, *args: Any, **more: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return whole(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    first, *_ = send(SEVEN)
    assert first.attachments == []
    assert "apt-get install libpango-1.0-0" in first.body


@pytest.mark.usefixtures("quick")
def test_one_leaves_by_the_link_of_the_mail(schedule: ReportSchedule, as_user: LogIn) -> None:
    anna, *_ = send(SEVEN)
    found = re.search(r"/reports/leave/\S+", anna.body)
    assert found
    url, client = found[0], Client(enforce_csrf_checks=True)
    left = Subscription.objects.filter(user__username="anna").exclude(left_at=None)
    assert "Get no more of this report?" in client.get(url).content.decode()
    assert not left.exists()  # programs open links by themselves
    assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert left.exists()
    assert client.get("/reports/leave/forged/").status_code == 404


def test_pages_are_for_owners_recipients_and_administrators(
    schedule: ReportSchedule, as_user: LogIn, floor: Floor
) -> None:
    boss, anna = (as_user(User.objects.get(username=name)) for name in ("boss", "anna"))
    stranger = as_user(person("eve", Role.PLANT_MANAGER, floor.lyon))
    assert "Morning" in anna.get("/reports/").content.decode()
    assert "Morning" not in stranger.get("/reports/").content.decode()
    for action in ("switch", "send", "delete"):
        assert anna.post(f"/reports/{schedule.pk}/{action}/").status_code == 403
        assert stranger.post(f"/reports/{schedule.pk}/{action}/").status_code == 404
    assert anna.get(f"/reports/{schedule.pk}/").status_code == 403
    assert boss.get(f"/reports/{schedule.pk}/").status_code == 200
    boss.post(f"/reports/{schedule.pk}/switch/")
    schedule.refresh_from_db()
    assert not schedule.active


def test_the_form_keeps_the_filters_of_the_page_and_offers_own_plants(
    schedule: ReportSchedule, as_user: LogIn, floor: Floor
) -> None:
    manager = User.objects.get(username="anna")
    anna = as_user(manager)
    shown = anna.get(f"/reports/add/?period=quarter&of=2026-Q3&plant={floor.lyon.pk}").content.decode()
    assert '<option value="period=quarter&amp;of=2026-Q3" selected>' in shown
    assert "Pune" not in shown
    given = {
        "name": "Mine", "report": "period=month", "plant": floor.lyon.pk, "cadence": "weekly", "weekday": 0,
        "month_day": 1, "at": "06:30", "clock": floor.lyon.pk, "people": [manager.pk],
    }  # fmt: skip
    assert anna.post("/reports/add/", given).status_code == 302
    made = ReportSchedule.objects.get(name="Mine")
    assert made.query == f"period=month&plant={floor.lyon.pk}"
    assert made.next_due == datetime(2026, 11, 30, 5, 30, tzinfo=UTC)
    faults: list[dict[str, Any]] = [
        {"clock": floor.pune.pk},
        {"people": []},
        {"month_day": 32},
        {"report": "period=year"},
    ]
    for wrong in faults:
        assert anna.post("/reports/add/", given | wrong).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_write_one_mail_each() -> None:
    with time_machine.travel(NOW, tick=False):
        owner = person("boss", Role.EXECUTIVE)
        made = ReportSchedule(name="Daily", owner=owner, cadence="daily", clock=make_plant())
        keep(made, [owner], NOW)

    def beat() -> None:
        raise_due(SEVEN)
        connection.close()

    beats = [Thread(target=beat) for _ in range(2)]
    for each in beats:
        each.start()
    for each in beats:
        each.join()
    assert Delivery.objects.count() == 1
