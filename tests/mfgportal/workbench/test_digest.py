"""The daily digest: when it is due, and what its mail says to whom."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.conf import settings
from django.core import mail

from mfgportal.alerts.outbox import send_due
from mfgportal.workbench.digest import raise_due, subscribe
from mfgportal.workbench.letters import TRAY, mail_of
from mfgportal.workbench.models import Digest, Notice
from mfgportal.workbench.people import resolvers_beside, resolvers_of
from tests.mfgportal.queue import LogIn, World

pytestmark = pytest.mark.django_db
SEVEN = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""In Lyon, in winter."""


def test_it_is_written_once_a_day_at_the_local_time(world: World) -> None:
    world.lead.email = "lead@example.com"
    world.lead.save()
    made = subscribe(world.lead, time(7), world.lyon)
    assert (made.next_due.hour, made.next_due.minute) in {(5, 0), (6, 0)}
    Digest.objects.update(next_due=SEVEN)
    assert [raise_due(SEVEN), raise_due(SEVEN)] == [1, 0]
    assert Digest.objects.get().next_due == datetime(2026, 3, 3, 6, tzinfo=UTC)
    Digest.objects.update(next_due=datetime(2026, 3, 28, 6, tzinfo=UTC))
    raise_due(datetime(2026, 3, 28, 6, tzinfo=UTC))
    assert Digest.objects.get().next_due == datetime(2026, 3, 29, 5, tzinfo=UTC)


def test_its_mail_tells_of_what_the_person_may_see(world: World) -> None:
    world.lead.email = "lead@example.com"
    world.lead.save()
    subscribe(world.lead, time(7), None)
    Digest.objects.update(next_due=SEVEN)
    raise_due(SEVEN)
    (row,) = TRAY.waiting()
    assert TRAY.refusal(row) == ""
    letter = mail_of(row)
    assert letter.to == ["lead@example.com"]
    assert "Exceptions: 2 open" in letter.subject
    assert "Unknown machine" in letter.body
    assert "Porto" not in letter.body
    Digest.objects.all().delete()
    assert "no digest any more" in TRAY.refusal(Notice.objects.get())


def test_it_is_sent_once_to_who_wants_it_and_leads_back(world: World, as_user: LogIn) -> None:
    world.lead.email = "lead@example.com"
    world.lead.save()
    client = as_user(world.lead)
    client.post("/exceptions/digest/", {"at": "07:00", "clock": world.lyon.pk})
    Digest.objects.update(next_due=SEVEN)
    assert (raise_due(SEVEN - timedelta(minutes=1)), raise_due(SEVEN)) == (0, 1)
    assert [send_due(SEVEN, TRAY), send_due(SEVEN, TRAY)] == [1, 0]
    (letter,) = mail.outbox
    assert "Porto" not in letter.body
    assert f"{settings.SITE_URL}/exceptions/{world.mine.pk}/" in letter.body
    assert client.get(f"/exceptions/{world.mine.pk}/").status_code == 200
    raise_due(SEVEN + timedelta(days=1))
    assert f"{settings.SITE_URL}/exceptions/measures/" in letter.body
    client.post("/exceptions/digest/", {"off": "1"})
    assert send_due(SEVEN + timedelta(days=1), TRAY) == 0
    assert raise_due(SEVEN + timedelta(days=2)) == 0
    assert len(mail.outbox) == 1


def test_who_may_look_after_an_exception_is_who_sees_its_plant(world: World) -> None:
    assert set(resolvers_of(world.mine)) == {world.lead, world.admin}
    assert set(resolvers_of(world.theirs)) == {world.admin}
    assert set(resolvers_beside(world.lead)) == {world.lead, world.admin}
