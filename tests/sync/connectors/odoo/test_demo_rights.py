"""The demo database seen by accounts that may see less, and what the installing engineer is told."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from kpis.models import Downtime, Run, WorkOrder
from sync.models import Source, Stream, SyncException
from tests.sync.connectors.odoo.conftest import Connect, read_due
from tests.sync.connectors.odoo.demo import Demo

LINE = "mrp.workcenter.productivity"
TUESDAY = date(2026, 11, 17)


def told(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_check_says_that_nothing_is_missing(connect: Connect, demo: Demo) -> None:
    connect(demo)
    said = told("source", "check", "odoo")
    assert "Odoo: Odoo 19.0" in said
    assert "productivity: 20 rows visible" in said
    assert "Nothing is missing.\n" in said


def test_a_plain_user_is_told_apart_from_an_empty_odoo(connect: Connect, demo: Demo) -> None:
    demo.rights.hidden = {"maintenance.request", "maintenance.equipment"}
    connect(demo)
    assert told("source", "check", "odoo").count("record rule [(1, '=', 1)]") == 2
    runs = read_due()
    assert {run.error for run in runs.values()} == {""}
    doubts = SyncException.objects.filter(kind="nothing_visible", status="open")
    assert {doubt.title for doubt in doubts} == {
        "Equipment: not one is visible in Odoo",
        "Maintenance requests: not one is visible in Odoo",
    }
    assert "for reading maintenance.request" in doubts.get(stream__name="requests").message
    assert Downtime.objects.count() == 10


def test_a_model_that_may_not_be_read_stops_its_streams_only(connect: Connect, demo: Demo) -> None:
    demo.rights.forbidden = {"stock.scrap"}
    connect(demo)
    assert "may not read stock.scrap" in told("source", "check", "odoo")
    runs = read_due()
    assert [name for name, run in runs.items() if run.error] == ["scrap"]
    refusal = SyncException.objects.get(kind="source_refused")
    assert "give a group of this user read access to stock.scrap" in refusal.message
    demo.rights.forbidden = set()
    Stream.objects.update(next_due=None)
    read_due()
    refusal.refresh_from_db()
    assert refusal.status == "resolved"


def test_a_missing_app_is_one_cause_and_pausing_ends_it(connect: Connect, demo: Demo) -> None:
    demo.rights.missing = {model for model in demo.odoo.tables if model.startswith("maintenance.")}
    source = connect(demo)
    said = told("source", "check", "odoo", "--quick")
    assert said.count("install the app Maintenance") == 1
    runs = read_due()
    assert {name for name, run in runs.items() if run.error} == {
        "categories", "stages", "equipment", "requests"
    }  # fmt: skip
    refusal = SyncException.objects.get(kind="source_refused")
    assert "install the app Maintenance" in refusal.message
    assert Run.objects.count() == 9
    for stream in refusal.context["streams"]:
        told("source", "pause", source.name, stream)
    refusal.refresh_from_db()
    assert refusal.status == "resolved"


def test_without_the_employees_app_requests_are_read(connect: Connect, demo: Demo) -> None:
    demo.rights.missing = {"hr.employee.public"}
    connect(demo)
    runs = read_due()
    assert [name for name, run in runs.items() if run.error] == ["technicians"]
    assert WorkOrder.objects.count() == 11


@pytest.mark.parametrize("tail", ["", "/", "/web", "/odoo?debug=1"])
def test_an_address_may_be_pasted(connect: Connect, demo: Demo, tail: str) -> None:
    connect(demo)
    Source.objects.update(url=demo.url + tail)
    assert "Nothing is missing." in told("source", "check", "odoo")
