"""A real Odoo's demo database as the only source, from the first read to the pages."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from kpis.engine import Scope, evaluate
from kpis.models import (
    Downtime,
    Equipment,
    Operation,
    Plant,
    Product,
    Production,
    Run,
    ShiftComponents,
    Technician,
    WorkOrder,
)
from kpis.rollup import rebuild
from mfgportal.accounts.models import Role, User
from sync.models import HeldRecord, Stream
from tests.sync.connectors.odoo.conftest import Connect, open_titles, read_due
from tests.sync.connectors.odoo.demo import NOW, Demo

LINE = "mrp.workcenter.productivity"
TUESDAY = date(2026, 11, 17)


def test_all_streams_are_read_and_little_is_asked(connect: Connect, demo: Demo) -> None:
    connect(demo)
    runs = read_due()
    assert {name: run.error for name, run in runs.items() if run.error} == {}
    assert len(runs) == Stream.objects.count()
    assert open_titles() == {
        "Stop of Press Line 1, 17 Nov 2026, 10:00: end rejected",
        "Overlapping stops on Press Line 1",
    }
    assert set(HeldRecord.objects.values_list("raw__external_key", flat=True)) == {f"{LINE}/15"}
    assert set(Plant.objects.values_list("name", "timezone")) == {
        ("My Company (San Francisco)", "Europe/Brussels"),
        ("My Company (Chicago)", "Europe/Brussels"),
        ("My US Company", "Europe/Brussels"),
    }
    work_units = Equipment.objects.filter(work_unit=True).values_list("name", "code", "calendar__name")
    assert set(work_units) == {
        (name, code, "Standard 40 hours/week")
        for name, code in (("Assembly 1", ""), ("Assembly 2", ""), ("Drill 1", ""), ("Press Line 1", "PL1"))
    }
    assert Equipment.objects.filter(work_unit=False).count() == 11
    assert (Product.objects.count(), Operation.objects.count(), Technician.objects.count()) == (50, 7, 24)
    assert (Downtime.objects.count(), Run.objects.count(), Production.objects.count()) == (10, 9, 3)
    assert set(Run.objects.filter(end=None).values_list("equipment__name", flat=True)) == {"Press Line 1"}
    assert set(Downtime.objects.filter(end=None).values_list("equipment__name", flat=True)) == {"Drill 1"}


def test_a_second_read_changes_nothing(connect: Connect, demo: Demo) -> None:
    connect(demo)
    read_due()
    Stream.objects.update(next_due=None)
    runs = read_due()
    assert {name: (run.loaded, run.held) for name, run in runs.items() if run.loaded or run.held} == {}


def test_press_line_1_is_what_its_lines_say(connect: Connect, demo: Demo) -> None:
    """Tuesday's shift is 7-16 UTC with lunch 11-12; it ran 9-11 and slowly 11:45-12:15, had a defect until
    12:30 and a set-up until 13:30, and failed from 11:00 to 11:50, all in the lunch break, and 20-23."""
    connect(demo)
    read_due()
    rebuild(NOW)
    press = Equipment.objects.get(code="PL1")
    shift = ShiftComponents.objects.get(equipment=press, day=TUESDAY, shift=1)
    assert (shift.start.hour, shift.end.hour, shift.shift_name) == (7, 16, "Morning – Afternoon")
    assert (shift.planned_s, shift.unknown_s, shift.loading_s) == (8 * 3600, 4.5 * 3600, 3.5 * 3600)
    assert (shift.run_s, shift.speed_s, shift.overtime_run_s) == (2.25 * 3600, 900, 600)
    assert (shift.setup_s, shift.quality_s, shift.breakdown_s) == (3600, 900, 0)
    assert (shift.failures, shift.failure_down_s) == (1, 50 * 60)
    off = ShiftComponents.objects.get(equipment=press, day=TUESDAY, shift=0)
    assert (off.failures, off.failure_down_s, off.run_s) == (1, 3 * 3600, 0)
    scope = Scope(first_day=TUESDAY, last_day=TUESDAY, equipment_ids=(press.pk,))
    names = ["availability", "oee", "downtime", "mtbf", "mttr"]
    found = {value.kpi: value for value in evaluate(names, scope)}
    assert found["availability"].value == pytest.approx(2.25 / 3.5)
    assert found["downtime"].numerator == 3600 + 900
    assert found["mtbf"].value == pytest.approx((2.25 * 3600 + 600) / 2)
    assert found["mttr"].value == pytest.approx((50 * 60 + 3 * 3600) / 2)
    assert found["oee"].value is None  # nothing was counted that day


def test_requests_are_work_orders_of_their_day(connect: Connect, demo: Demo) -> None:
    connect(demo)
    read_due()
    leak = WorkOrder.objects.get(title="P-101 hydraulic leak")
    assert leak.created_at == datetime(2026, 8, 16, tzinfo=UTC)  # entered in November
    assert (leak.status, leak.completed_on, leak.priority) == ("completed", date(2026, 8, 19), "high")
    assert leak.equipment == Equipment.objects.get(code="HP-101-2021")
    assert leak.assigned_to == Technician.objects.get(name="Mitchell Admin")
    assert WorkOrder.objects.get(title="Touchpad not working").created_at == datetime(
        2026, 11, 24, 2, 8, 47, tzinfo=UTC
    )


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"(?s)<(script|style|svg).*?</\1>|<[^>]+>", " ", html))


def test_an_admin_is_led_to_a_filled_overview(connect: Connect, demo: Demo, settings: object) -> None:
    admin = Client()
    admin.force_login(User.objects.create(username="ada", role=Role.ADMIN))
    assert "Connect" in text_of(admin.get("/").content.decode())
    connect(demo)
    assert "first sync is on its way" in text_of(admin.get("/").content.decode())
    read_due()
    rebuild(NOW)
    overview = text_of(admin.get("/").content.decode())
    assert "My Company (San Francisco)" in overview
    assert "Availability 96." in overview
    press = Equipment.objects.get(code="PL1")
    for name, pk in (("plant", press.plant_id), ("equipment", press.pk)):
        assert admin.get(reverse(name, args=[pk])).status_code == 200
    p101 = Equipment.objects.get(code="HP-101-2021")
    listed = text_of(admin.get(reverse("equipment", args=[p101.pk])).content.decode())
    assert "P-101 preventive" in listed
    assert "P-101 hydraulic leak" not in listed  # finished in August
