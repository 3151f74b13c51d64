"""Every number opens: what it is made of, where it comes from, its records; as a page and in the drawer."""

import re
from html import unescape
from math import prod

import pytest
from django.test import Client

from kpis.time_model import TIME_KPIS
from mfgportal.accounts.models import Role, User
from tests.mfgportal.web.conftest import Counted, Floor
from tests.mfgportal.web.test_pages import text_of

MONDAY = "from=2026-11-23&to=2026-11-23"
DRAWER = {"HX-Request": "true", "HX-Target": "drawer-body"}


def opened(client: Client, url: str) -> str:
    answer = client.get(url, headers=DRAWER)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_a_number_says_what_it_is_made_of(floor: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/numbers/oee/?equipment={floor.press.pk}&{MONDAY}")
    assert "76.2 %" in text
    assert "OEE = Availability × Performance × Quality" in text
    assert "Numerator 5.7 h Ideal time of good units" in text
    assert "ISO 22400-2" in text
    assert "source records wait in the exception queue" in text
    assert "Unknown reason: Tea" in text
    assert "Data as of" in text
    assert "Loading time 7.5 h" in text  # a component


def test_its_division_can_be_done_by_hand(floor: Floor, everyone: Client) -> None:
    """With the exact sums, and with factors that multiply to the value shown."""
    text = text_of(everyone, f"/numbers/oee/?equipment={floor.press.pk}&{MONDAY}")
    factors = re.search(r"OEE = ([\d.]+) × ([\d.]+) × ([\d.]+) = (0\.76\d+)", text)
    assert factors
    *parts, value = map(float, factors.groups())
    assert prod(parts) == pytest.approx(value, abs=2e-4)
    divided = re.search(r"Availability = ([\d,]+)\s*s ÷ ([\d,]+)\s*s = ([\d.]+)", text)
    assert divided
    top, bottom, availability = (float(found.replace(",", "")) for found in divided.groups())
    assert top / bottom == pytest.approx(availability, abs=1e-4)


def test_its_records_lead_to_their_page_and_their_source(floor: Floor, everyone: Client) -> None:
    body = opened(everyone, f"/numbers/availability/?equipment={floor.press.pk}&{MONDAY}")
    assert f'data-drawer href="/events/downtime/{floor.failure.pk}/"' in body
    assert "https://odoo.example/" in body
    assert 'id="drawer-title"' in body
    assert "<html" not in body


KPIS = ("oee", "mtbf", "maintenance_cost", *list(TIME_KPIS)[::6])


@pytest.mark.parametrize("kpi", KPIS)
def test_numbers_of_all_kinds_open_at_each_level(kpi: str, floor: Floor, everyone: Client) -> None:
    for place in ("", f"plant={floor.lyon.pk}", f"line={floor.line.pk}", f"equipment={floor.compressor.pk}"):
        assert everyone.get(f"/numbers/{kpi}/?{place}&{MONDAY}").status_code == 200, place


def test_a_shift_and_a_reason_open_as_parts(floor: Floor, everyone: Client) -> None:
    place = f"equipment={floor.press.pk}&{MONDAY}"
    assert "76.2" in opened(everyone, f"/numbers/oee/?{place}&shift=Early")
    assert "No data" in opened(everyone, f"/numbers/oee/?{place}&shift=Night")
    lost = opened(everyone, f"/numbers/downtime/?{place}&by=reason&key={floor.failure.reason_id}")
    assert "Equipment failure" in lost
    assert "60<" in lost.replace(" ", "")


@pytest.mark.parametrize("query", ["equipment=x", "by=reason&key=1", "by=moon&key=1"])
def test_what_cannot_be_opened_says_why(query: str, floor: Floor, everyone: Client) -> None:
    assert everyone.get(f"/numbers/oee/?{query}").status_code == 400


def test_numbers_keep_to_ones_plants_and_ones_role(floor: Floor, of_lyon: Client) -> None:
    assert of_lyon.get(f"/numbers/oee/?equipment={floor.lathe.pk}").status_code == 404
    assert of_lyon.get("/numbers/beauty/").status_code == 404
    client = Client()
    client.force_login(User.objects.create_user("cable", role=Role.INTEGRATOR))
    assert client.get("/numbers/maintenance_cost/").status_code == 403


def test_every_figure_of_a_page_opens(floor: Floor, everyone: Client) -> None:
    """Each address of a number on the pages of places answers; a value in a cell is never bare."""
    for page in ("/", f"/plants/{floor.lyon.pk}/", f"/equipment/{floor.press.pk}/"):
        body = unescape(everyone.get(f"{page}?{MONDAY}").content.decode())
        links = set(re.findall(r'href="(/numbers/[^"]+)"', body))
        assert len(links) > 20
        for link in sorted(links)[::9]:
            assert everyone.get(link, headers=DRAWER).status_code == 200, link


def test_queries_are_as_recorded(floor: Floor, everyone: Client, counted: Counted) -> None:
    counted("number", everyone, f"/numbers/oee/?plant={floor.lyon.pk}&{MONDAY}")
