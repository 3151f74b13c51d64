"""Heat map, what changed, waterfall, and the stops behind a reason, on the pages of places."""

import re

import pytest
from django.test import Client

from mfgportal.web.heatmap import shade
from tests.mfgportal.web.conftest import Floor
from tests.mfgportal.web.test_pages import WEEK, text_of


@pytest.mark.parametrize(
    ("kpi", "value", "found"),
    [
        ("oee", 0.9, 0),
        ("oee", 0.75, 0),
        ("oee", 0.6, 2),
        ("oee", 0.1, 4),
        ("downtime", 0, 0),
        ("downtime", 4e4, 4),
    ],
)
def test_shades_go_from_the_best_to_the_worst(kpi: str, value: float, found: int) -> None:
    assert shade(kpi, value) == found


def test_a_cell_has_its_number_and_leads_to_its_day(floor: Floor, everyone: Client) -> None:
    body = everyone.get(f"/plants/{floor.lyon.pk}/{WEEK}").content.decode()
    cell = re.search(r'<td class="shade-0"><a href="([^"]+)" title="([^"]+)"[^>]*>(\d+)</a>', body)
    assert cell
    assert cell[1] == f"/equipment/{floor.press.pk}/shifts/2026-11-23/0/"
    assert (cell[2], cell[3]) == ("Press 1, Mon 23 Nov: 76.2 %", "76")
    assert 'class="shade-none"' in body
    down = everyone.get(f"/plants/{floor.lyon.pk}/{WEEK}&heat=downtime").content.decode()
    assert "Press 1, Mon 23 Nov: 60 min" in down
    assert everyone.get(f"/plants/{floor.lyon.pk}/?heat=beauty").status_code == 400


def test_the_enterprise_has_its_plants_by_day(floor: Floor, everyone: Client) -> None:
    body = everyone.get(f"/{WEEK}").content.decode()
    assert f'href="/plants/{floor.lyon.pk}/?from=2026-11-23&amp;to=2026-11-23"' in body


def test_what_changed_is_said_in_words_and_points(floor: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/plants/{floor.lyon.pk}/?from=2026-11-24&to=2026-11-24")
    assert re.search(r"OEE fell by [\d.]+ points, from 76\.2 % to", text)
    assert "Cost most" in text
    text = text_of(everyone, f"/plants/{floor.lyon.pk}/{WEEK}&compare=none")
    assert "What changed" not in text


def test_the_waterfall_adds_up_to_the_second_on_the_page(floor: Floor, everyone: Client) -> None:
    body = everyone.get(f"/equipment/{floor.press.pk}/?from=2026-11-23&to=2026-11-23").content.decode()
    rows = re.findall(r'<tr class="(level|loss)">.*?>(−?)([\d,]+):(\d\d):(\d\d)</a>', body, re.DOTALL)
    seconds = [(kind, int(h.replace(",", "")) * 3600 + int(m) * 60 + int(s)) for kind, _, h, m, s in rows]
    left = seconds[0][1]
    assert left == 86400
    for kind, found in seconds[1:]:
        left = left - found if kind == "loss" else left
        assert kind == "loss" or found == left
    assert "Unknown" in body


def test_a_reason_opens_to_its_longest_stops_also_of_a_plant(floor: Floor, everyone: Client) -> None:
    body = everyone.get(f"/plants/{floor.lyon.pk}/{WEEK}&reason={floor.failure.reason_id}").content.decode()
    behind = body[body.index('id="behind"') :]
    assert f'data-drawer href="/events/downtime/{floor.failure.pk}/' in behind
    assert "The longest stops" in behind


def test_a_stop_in_the_drawer_says_who_repaired_it_with_what(floor: Floor, everyone: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "drawer-body"}
    body = everyone.get(f"/events/downtime/{floor.failure.pk}/", headers=headers).content.decode()
    assert "Change the seal" in body
    assert "Jo Fitter" not in body  # an executive does not see who
    assert "2 × Seal" in body
    assert "https://odoo.example/" in body
    assert "<html" not in body


def test_a_shift_has_its_hours_against_the_target(floor: Floor, everyone: Client) -> None:
    text = text_of(everyone, f"/equipment/{floor.press.pk}/shifts/2026-11-23/1/")
    assert "OEE by hour" in text
    assert re.search(r"06:00 \d+\.\d %", text)
