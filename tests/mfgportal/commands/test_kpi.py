"""`manage.py kpi` prints what the portal shows, and says what there is when it is asked wrong."""

import csv
import io
import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kpis.models import Labour, PublishedValue, Target, Technician
from kpis.periods import close
from kpis.work.rollup import rebuild
from mfgportal.kpi_question import days_of, kpi_names
from tests.factories import work_order
from tests.mfgportal.api.test_kpis import MONDAY, produced
from tests.mfgportal.queue import World, a_machine

WEEK = ("--from", "2026-03-02", "--to", "2026-03-08")


def kpi(*args: str) -> str:
    out = StringIO()
    call_command("kpi", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def made(world: World) -> World:
    produced(world.press)
    return world


def test_a_table_has_the_value_with_what_it_rests_on(made: World) -> None:
    said = kpi("OEE", "--plant", "lyon", *WEEK, "--by", "line")
    assert "Place: Lyon" in said
    assert "Days: 2026-03-02 to 2026-03-08, Europe/Paris" in said
    assert "3 source records held back" in said
    assert "Data as of: never" in said
    (line,) = [row for row in said.splitlines() if row.startswith("OEE")]
    assert "Line 1" in line
    assert "39.4 %" in line
    assert "5,670 / 14,400" in line


def test_names_are_found_in_any_case_and_by_title() -> None:
    assert kpi_names(["MTBF", "oee,Mttr", "Unplanned down time"]) == ["mtbf", "oee", "mttr", "downtime"]


def test_an_undefined_value_says_why_and_a_counted_one_has_bounds(made: World) -> None:
    said = kpi("mtbf", "--equipment", "press 1", "--from", "2026-03-03", "--to", "2026-03-08")
    assert "no operating time recorded" in said
    assert "at 90 % confidence" in kpi("mtbf", "--equipment", "press 1", *WEEK)


def test_buckets_and_the_period_before(made: World) -> None:
    said = json.loads(kpi("downtime", *WEEK, "--grain", "day", "--compare", "--format", "json"))
    assert [row["value"] for row in said["values"]][:2] == [1800, 0]
    assert {row["value_before"] for row in said["values"]} == {None}
    assert said["about"]["Place"] == "Enterprise"


def test_csv_is_for_programs(made: World) -> None:
    rows = list(csv.DictReader(io.StringIO(kpi("oee", *WEEK, "--format", "csv"), newline="")))
    assert [float(row["value"]) for row in rows] == [pytest.approx(189 * 30 / (240 * 60))]


def test_a_target_is_shown_with_how_the_value_stands(made: World) -> None:
    Target.objects.create(kpi="oee", value=0.6, band=0.05, plant=made.lyon, valid_from=date(2026, 1, 1))
    said = kpi("oee", "--plant", "Lyon", *WEEK)
    assert "60.0 %" in said
    assert "off target" in said


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        (("luck",), "“luck” is not a KPI. Known: "),
        (("oee", "--plant", "Oslo"), "There is no plant “Oslo”. There are: Lyon (LYO), Porto (POR)."),
        (("oee", "--plant", "o"), "More than one plant is meant by “o”: Lyon (LYO), Porto (POR)."),
        (("oee", "--line", "Line P", "--plant", "Lyon"), "There is no line “Line P”. There are: Line 1."),
        (("oee", "--last", "soon"), "“soon” is no length of time"),
        (("oee", "--by", "colour"), "“colour” is no breakdown. There are: plant"),
        (("oee", "--grain", "minute"), "“minute” is no grain. There are: hour"),
        (("oee", "--by", "reason"), "OEE cannot be split by reason"),
        (("oee", "--from", "2026-13-01"), "--from: “2026-13-01” is not a day"),
    ],
)
def test_what_is_not_there_is_answered_by_what_is(made: World, args: tuple[str, ...], wanted: str) -> None:
    a_machine(made.lyon, "Saw")
    with pytest.raises(CommandError) as refused:
        kpi(*args)
    assert wanted in str(refused.value)


@pytest.mark.parametrize(("last", "days"), [("30d", 30), ("4w", 28), ("3m", 90), ("1Y", 365), ("7", 7)])
def test_lengths_of_time(last: str, days: int) -> None:
    assert days_of(last) == days


def test_it_can_be_asked_as_a_person(made: World) -> None:
    """Their plants alone, and names of technicians where they may see them; without a person none."""
    who = Technician.objects.create(name="Jo Fitter")
    order = work_order(made.press, MONDAY, 90)
    Labour.objects.create(source="t", external_key="1", work_order=order, technician=who, seconds=3600)
    rebuild()
    asked = ("labour_hours", *WEEK, "--by", "technician")
    assert f"Technician {who.pk}" in kpi(*asked)
    assert "Jo Fitter" in kpi(*asked, "--as", "lead")
    with pytest.raises(CommandError, match="There is no plant “Porto”"):
        kpi("oee", "--plant", "Porto", "--as", "lead")
    with pytest.raises(CommandError, match="no active person “nobody”"):
        kpi("oee", "--as", "nobody")


def test_what_was_published_stands_beside_what_it_is_now(made: World) -> None:
    period = close(made.lyon, date(2026, 3, 1), by="lead", completeness=1)
    PublishedValue.objects.filter(period=period, kpi="oee", line=None, equipment=None).update(value=0.5)
    said = kpi("oee", "--plant", "Lyon", "--from", "2026-03-01", "--to", "2026-03-31")
    assert "Published 50.0 % on " in said
    assert "Micro-stop limit: unplanned stops under 300 s" in said
