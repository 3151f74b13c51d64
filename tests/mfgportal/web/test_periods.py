"""Closing months on pages, by the API and the command line: who may, and what is shown of restated values."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from kpis.models import ClosedPeriod, PublishedValue
from kpis.periods import close
from kpis.rollup import rebuild
from mfgportal.accounts.models import User
from tests.factories import stop
from tests.mfgportal.web.conftest import Counted, Floor, at
from tests.mfgportal.web.test_pages import text_of

NOVEMBER = date(2026, 11, 1)
DECEMBER = datetime(2026, 12, 3, 9, tzinfo=UTC)
MONTH = "?from=2026-11-01&to=2026-11-30"


@pytest.fixture
def period(floor: Floor) -> ClosedPeriod:
    """November of Lyon, closed on 3 December; then an hour of stop came late."""
    with time_machine.travel(DECEMBER, tick=False):
        rebuild(DECEMBER)
        return close(floor.lyon, NOVEMBER, by="ann", completeness=0.5)


def come_late(floor: Floor) -> None:
    stop(floor.press, at(23, 6), 60)
    rebuild(DECEMBER)


def test_a_closed_month_shows_what_was_published_where_it_is_restated(
    floor: Floor, period: ClosedPeriod, everyone: Client
) -> None:
    with time_machine.travel(DECEMBER, tick=False):
        pages = [f"/plants/{floor.lyon.pk}/{MONTH}", f"/equipment/{floor.press.pk}/{MONTH}&grain=month"]
        for page in pages:
            assert "restated since" not in text_of(everyone, page)
        come_late(floor)
        for page in pages:
            assert "on 3 Dec 2026, restated since" in text_of(everyone, page)
        assert "restated" not in text_of(everyone, f"/plants/{floor.lyon.pk}/?from=2026-11-02&to=2026-11-30")


def test_the_api_gives_both(floor: Floor, period: ClosedPeriod, everyone: Client) -> None:
    with time_machine.travel(DECEMBER, tick=False):
        address = f"/api/v1/kpis?kpi=availability&equipment={floor.press.pk}&from=2026-11-01&to=2026-11-30"
        before = everyone.get(address)
        come_late(floor)
        (row,) = everyone.get(address).json()
    assert row["published"] == PublishedValue.objects.get(kpi="availability", equipment=floor.press).value
    assert row["published_at"].startswith("2026-12-03T09:00:00")
    assert row["value"] < row["published"]
    assert before.json()[0]["value"] == row["published"]


def test_closing_changes_the_tag_of_answers(floor: Floor, everyone: Client) -> None:
    with time_machine.travel(DECEMBER, tick=False):
        rebuild(DECEMBER)
        address = f"/api/v1/kpis?kpi=availability&plant={floor.lyon.pk}&from=2026-11-01&to=2026-11-30"
        before = everyone.get(address)["ETag"]
        close(floor.lyon, NOVEMBER, by="ann", completeness=1)
        assert everyone.get(address)["ETag"] != before


def test_periods_are_listed_with_what_was_restated(
    floor: Floor, period: ClosedPeriod, everyone: Client, counted: Counted
) -> None:
    with time_machine.travel(DECEMBER + timedelta(days=1), tick=False):
        come_late(floor)
        counted("periods", everyone, "/periods/")
        counted("api_periods", everyone, "/api/v1/periods")
        (row,) = everyone.get("/api/v1/periods").json()["results"]
        found = everyone.get(f"/api/v1/periods/{row['id']}").json()
        text = text_of(everyone, f"/periods/{period.pk}/")
    assert (row["month"], row["completeness"], row["by"]) == ("2026-11-01", 0.5, "ann")
    changed = {each["kpi"]: each for each in found["restated"] if each["equipment_id"] == floor.press.pk}
    assert changed["availability"]["difference"] < 0
    assert [each["records"] for each in found["loaded_since"]] == [1]
    assert "Availability Press 1" in text
    assert "Data of the month that came since" in text


def test_a_manager_closes_and_reopens_months_of_the_own_plant(floor: Floor, of_lyon: Client) -> None:
    given = {"plant": floor.lyon.pk, "month": "2026-11", "note": "As reported."}
    assert of_lyon.post("/periods/", given).status_code == 422  # it is not over
    with time_machine.travel(DECEMBER, tick=False):
        rebuild(DECEMBER)
        of_lyon.logout()  # no session lasts so long
        of_lyon.force_login(User.objects.get(username="lyonnais"))
        assert of_lyon.post("/periods/", given | {"plant": floor.pune.pk}).status_code == 422
        assert of_lyon.post("/periods/", given | {"month": "soon"}).status_code == 422
        assert of_lyon.post("/periods/", given).status_code == 302
        period = ClosedPeriod.objects.get()
        assert (period.by, period.note) == ("lyonnais", "As reported.")
        assert period.completeness < 1
        assert "As reported." in text_of(of_lyon, "/periods/")
        address = f"/periods/{period.pk}/reopen/"
        of_lyon.post(address, {"reason": " "})
        period.refresh_from_db()
        assert period.reopened_at is None
        of_lyon.post(address, {"reason": "Wrong calendar."})
        period.refresh_from_db()
    assert (period.reopened_by, period.reopen_reason) == ("lyonnais", "Wrong calendar.")
    assert period.published.exists()


def test_who_may_not(floor: Floor, period: ClosedPeriod, everyone: Client, of_lyon: Client) -> None:
    given = {"plant": floor.lyon.pk, "month": "2026-11"}
    assert everyone.post("/periods/", given).status_code == 403
    assert everyone.post(f"/periods/{period.pk}/reopen/", {"reason": "x"}).status_code == 403
    ClosedPeriod.objects.update(plant=floor.pune)
    assert of_lyon.get(f"/periods/{period.pk}/").status_code == 404
    assert of_lyon.get(f"/api/v1/periods/{period.pk}").status_code == 404
    assert of_lyon.get("/api/v1/periods").json()["results"] == []


def test_the_command_closes_and_says_what_is_wrong(floor: Floor) -> None:
    with time_machine.travel(DECEMBER, tick=False):
        rebuild(DECEMBER)
        out = StringIO()
        call_command("close_period", "lyon", "2026-11", "--note", "Q", stdout=out)
        assert "Lyon, November 2026 is closed" in out.getvalue()
        for plant, month, why in (
            ("lyon", "2026-11", "closed already"),
            ("lyon", "soon", "is no month"),
            ("nowhere", "2026-11", "nowhere"),
        ):
            with pytest.raises(CommandError, match=why):
                call_command("close_period", plant, month)
