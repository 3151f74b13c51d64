"""Triage: filters in the address, who looks after it, what sleeps, what people say, what is linked."""

import re
from datetime import timedelta

from django.core import mail
from django.test import Client
from django.utils import timezone

from mfgportal.accounts.models import Role
from mfgportal.alerts.outbox import send_due
from mfgportal.workbench.acts import snooze
from mfgportal.workbench.letters import TRAY
from mfgportal.workbench.models import Care, Notice
from mfgportal.workbench.sleep import wake_due
from sync.models import SyncException
from sync.queue.writer import Problem, raise_all
from tests.mfgportal.queue import LogIn, World, a_person, an_exception
from tests.mfgportal.web.test_exceptions import text, titles

DAY = timedelta(days=1)


def send(client: Client, pk: int, what: str, **given: str) -> str:
    answer = client.post(f"/exceptions/{pk}/{what}/", given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def history(exception: SyncException) -> list[tuple[str, str]]:
    return list(exception.events.values_list("action", "by"))


def test_who_looks_after_it_is_a_filter_and_in_its_history(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    send(client, world.mine.pk, "assign", to="me")
    assert titles(text(client, "/exceptions/", assignee="me")) == ["Unknown machine in Lyon"]
    assert titles(text(client, "/exceptions/", assignee="nobody")) == ["Odoo does not answer"]
    assert titles(text(as_user(world.admin), "/exceptions/", assignee="lead")) == ["Unknown machine in Lyon"]
    assert history(world.mine) == [("assigned", "lead")]


def test_it_is_given_to_those_alone_who_may_resolve_it_there(world: World, as_user: LogIn) -> None:
    a_person("manager", Role.PLANT_MANAGER, world.porto)
    client = as_user(world.admin)
    for name in ("lead", "manager", "nobody-of-that-name"):
        send(client, world.theirs.pk, "assign", to=name)
    assert not Care.objects.exclude(assignee=None).exists()
    assert client.post(f"/exceptions/{world.theirs.pk}/assign/", {"to": "me"}).status_code == 302
    assert as_user(world.lead).post(f"/exceptions/{world.theirs.pk}/assign/", {"to": "me"}).status_code == 404


def test_age_and_cause_and_order_are_in_the_address(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    SyncException.objects.filter(pk=world.mine.pk).update(
        first_seen=timezone.now() - 8 * DAY, kpi_minutes=90, held_rows=3, money=50, caused_by=world.nobodys
    )
    SyncException.objects.filter(pk=world.theirs.pk).update(count=7, money=70, held_rows=5)
    assert titles(text(client, "/exceptions/", older="7")) == ["Unknown machine in Lyon"]
    assert titles(text(client, "/exceptions/"))[0] == "Unknown machine in Lyon"
    for sort in ("records", "count", "money"):
        assert titles(text(client, "/exceptions/", sort=sort))[0] == "Unknown machine in Porto", sort
    groups = text(client, "/exceptions/", group="cause")
    causes = re.findall(r'hx-get="(/exceptions/\?[^"]*cause=[^"]*)"[^>]*>([^<]+)<', groups)
    assert [title for _, title in causes] == [
        "Odoo does not answer",
        "Unknown key, Odoo",
        "Source does not answer, Odoo",
    ]
    opened = text(client, causes[0][0].replace("&amp;", "&"))
    assert titles(opened) == ["Unknown machine in Lyon", "Odoo does not answer"]


def test_what_is_put_off_wakes_by_itself_when_its_time_has_come(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    send(client, world.mine.pk, "snooze", days="3")
    assert titles(text(client, "/exceptions/")) == ["Odoo does not answer"]
    assert titles(text(client, "/exceptions/", snoozed="only")) == ["Unknown machine in Lyon"]
    assert wake_due() == 0
    Care.objects.update(snoozed_until=timezone.now())
    assert "Unknown machine in Lyon" in titles(text(client, "/exceptions/"))  # before any tick
    assert (wake_due(), wake_due()) == (1, 0)
    assert history(world.mine) == [("snoozed", "lead"), ("woke", "")]


def test_news_wake_it_and_the_same_failure_again_does_not(world: World, as_user: LogIn) -> None:
    for which in (world.mine, world.nobodys):
        snooze(which, timezone.now() + DAY, by=world.admin)
    SyncException.objects.update(count=5)
    assert titles(text(as_user(world.lead), "/exceptions/")) == ["Unknown machine in Lyon"]


def test_what_was_closed_and_comes_back_is_awake(world: World, as_user: LogIn) -> None:
    problem = Problem(kind="failed_sync", cause="x", title="Sync failed", message="No.")
    (which,) = raise_all(world.stream, [problem])
    snooze(which, timezone.now() + DAY, by=world.admin)
    SyncException.objects.filter(pk=which.pk).update(status="resolved", resolved_at=timezone.now())
    raise_all(world.stream, [problem])
    assert "Sync failed" in titles(text(as_user(world.lead), "/exceptions/"))
    assert wake_due() == 1


def test_a_mention_is_told_in_the_portal_and_by_mail_to_who_may_see_it(world: World, as_user: LogIn) -> None:
    for user in (world.lead, world.admin):
        user.email = f"{user.username}@example.com"
        user.save()
    client = as_user(world.admin)
    send(client, world.mine.pk, "comment", text="Have a look, @lead. Cc me@example.com")
    send(client, world.theirs.pk, "comment", text="@lead sees nothing of Porto")
    (notice,) = Notice.objects.all()
    assert notice.user == world.lead
    lead = as_user(world.lead)
    assert "admin mentioned you" in text(lead, "/alerts/?view=mine")
    assert send_due(tray=TRAY) == 1
    assert mail.outbox[0].to == ["lead@example.com"]
    assert f"/exceptions/{world.mine.pk}/" in str(mail.outbox[0].body)
    assert "Have a look, @lead" in text(lead, f"/exceptions/{world.mine.pk}/")
    assert "mentioned you" not in text(lead, "/alerts/?view=mine")  # it was looked at


def test_a_link_is_seen_from_both_ends_within_the_plants_of_a_person(world: World, as_user: LogIn) -> None:
    other = an_exception(world.stream, plant=world.lyon, title="The same again")
    client = as_user(world.admin)
    send(client, other.pk, "link", other=f"#{world.mine.pk}", kind="duplicate")
    send(client, other.pk, "link", other=str(world.theirs.pk), kind="related")
    lead = as_user(world.lead)
    assert "The same again" in text(lead, f"/exceptions/{world.mine.pk}/")
    seen = text(lead, f"/exceptions/{other.pk}/")
    assert "Unknown machine in Lyon" in seen
    assert "Porto" not in seen
    assert "no exception of that number" in send(lead, other.pk, "link", other=str(world.theirs.pk))
    made = other.links.get(other=world.mine)
    assert lead.post(f"/exceptions/{world.mine.pk}/link/{made.pk}/remove/").status_code == 302
    assert other.links.count() == 1


def test_nobody_is_led_out_of_the_portal(world: World, as_user: LogIn) -> None:
    client, own = as_user(world.lead), f"/exceptions/{world.mine.pk}/"
    for given, led in (
        ("//evil.example/", own),
        ("https://evil.example/exceptions/", own),
        ("/exceptions/?sort=age", "/exceptions/?sort=age"),
    ):
        assert client.post(f"{own}assign/", {"to": "me", "next": given})["Location"] == led


def test_measures_are_of_what_a_person_may_see(world: World, as_user: LogIn) -> None:
    world.theirs.events.create(action="raised")
    SyncException.objects.filter(pk=world.theirs.pk).update(
        status="resolved", resolved_at=timezone.now() + timedelta(hours=2)
    )
    assert "2 h" in text(as_user(world.admin), "/exceptions/measures/")
    assert "2 open" in text(as_user(world.lead), "/exceptions/measures/")
