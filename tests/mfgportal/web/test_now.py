"""What a place does now: states, what is down, how long, at what cost; this shift and the last; strips."""

import re
from datetime import date
from html import unescape

from django.test import Client

from kpis.models import PlantRate
from kpis.work.rollup import refresh
from kpis.work.settings import save_stop_rate
from mfgportal.accounts.models import Role, User
from tests.factories import run, stop, work_order
from tests.mfgportal.web.conftest import Floor, at


def now_of(client: Client, url: str) -> str:
    """The words of the section, tags and blanks taken out."""
    body = client.get(url).content.decode()
    section = body[body.index('aria-labelledby="now-title"') : body.index('class="part"')]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", section)).split())


def test_what_is_down_now_and_for_how_long(floor: Floor, everyone: Client) -> None:
    text = now_of(everyone, f"/plants/{floor.lyon.pk}/")
    assert "1 Material, starved or blocked" in text
    assert re.search(r"Press 1 Line A .*Material availability since 24 Nov 2026, 09:00 2 h — none", text)
    assert text.startswith('aria-labelledby="now-title"> Now 24 Nov 2026, 11:00, Europe/Paris')


def test_the_running_shift_and_the_last_stand_beside_each_other(floor: Floor, everyone: Client) -> None:
    text = now_of(everyone, f"/lines/{floor.line.pk}/")
    assert "Early, so far Tue 24 Nov, 06:00–14:00 Late Mon 23 Nov, 14:00–22:00" in text
    assert "Early of Mon 23 Nov 2026" in text


def test_a_stop_costs_its_planned_time_at_the_rate_and_who_may_not_see_costs_does_not(
    floor: Floor, everyone: Client
) -> None:
    save_stop_rate(PlantRate(plant=floor.lyon, valid_from=date(2026, 1, 1), per_hour=480))
    refresh()
    page = f"/plants/{floor.lyon.pk}/"
    assert "2 h 720.00 EUR" in now_of(everyone, page)  # half an hour of it is a break
    assert "Stops of today cost" in now_of(everyone, page)
    cables = User.objects.create_user("cables", role=Role.INTEGRATOR)
    other = Client()
    other.force_login(cables)
    assert "EUR" not in now_of(other, page)


def test_the_work_order_of_what_is_down_stands_beside_it(floor: Floor, everyone: Client) -> None:
    work_order(floor.press, at(24, 8, 10), None, status="in_progress", number="WO000777")
    assert "WO000777 In progress" in now_of(everyone, f"/plants/{floor.lyon.pk}/")


def test_a_short_stop_is_no_alarm_yet_and_a_forgotten_one_counts_in_days(
    floor: Floor, everyone: Client
) -> None:
    stop(floor.compressor, at(20, 6), None)
    stop(floor.press, at(24, 9, 58), None, "tool-failure")
    text = now_of(everyone, f"/plants/{floor.lyon.pk}/")
    assert "4 d 4 h" in text
    assert "2 min micro-stop so far" in text


def test_strips_say_in_words_what_they_show(floor: Floor, everyone: Client) -> None:
    run(floor.press, at(24, 5), 180)
    body = everyone.get(f"/plants/{floor.lyon.pk}/").content.decode()
    assert 'aria-label="Press 1: ' in body
    assert "running 3 h" in body
    assert 'class="goes-on"' in body
    assert f'data-drawer href="/events/downtime/{floor.press.downtimes.get(end=None).pk}/"' in body


def test_the_enterprise_says_what_is_down_in_ones_own_plants(
    floor: Floor, everyone: Client, of_lyon: Client
) -> None:
    stop(floor.lathe, at(24, 8), None)
    both, own = (client.get("/").content.decode() for client in (everyone, of_lyon))
    assert "Lathe 1" in both
    assert "Lathe 1" not in own
    assert "Material availability" in own


def test_nothing_down_is_said(floor: Floor, everyone: Client) -> None:
    assert "Nothing is reported down" in now_of(everyone, f"/plants/{floor.pune.pk}/")
