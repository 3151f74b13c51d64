"""The figures of Odoo and Atlas, as their own tests and sources give them."""

from datetime import UTC, date, datetime, timedelta

from kpis.native import (
    OdooReliability,
    atlas_mtbf_days,
    atlas_mttr_minutes,
    odoo_oee,
    odoo_reliability,
)
from tests.kpis.reliability.vectors import check, given

START = datetime(2026, 1, 1, tzinfo=UTC)


def test_odoo_work_centre() -> None:
    logs = [
        (log["loss_type"], datetime.fromisoformat(f"2026-01-01T{log['end']}"), log["start"])
        for log in given("ODOO-01")["logs"]
    ]
    minutes = [
        (kind, round((end - datetime.fromisoformat(f"2026-01-01T{start}")).total_seconds() / 60, 2))
        for kind, end, start in logs
    ]
    found = odoo_oee(minutes)
    check(
        "ODOO-01",
        durations_min=[each for _, each in minutes],
        blocked_h=found.blocked_h,
        productive_h=found.productive_h,
        oee_pct=found.oee_percent,
    )


def test_odoo_equipment() -> None:
    repairs = [
        (date.fromisoformat(each["request"]), date.fromisoformat(each["close"]))
        for each in given("ODOO-03")["corrective_done"]
    ]
    found = odoo_reliability(date.fromisoformat(given("ODOO-03")["effective_date"]), repairs)
    check(
        "ODOO-03",
        mtbf_days=found.mtbf_days,
        mttr_days=found.mttr_days,
        latest_failure=str(found.latest_failure),
        next_failure=str(found.next_failure),
    )


def test_odoo_knows_nothing_without_a_request() -> None:
    assert odoo_oee([]).oee_percent == 0
    assert odoo_reliability(date(2026, 1, 1), []) == OdooReliability(0, 0, None, None)
    assert odoo_reliability(date(2026, 1, 1), [(None, date(2026, 2, 1))]).latest_failure is None


def test_one_failure_is_measured_from_the_effective_date() -> None:
    found = odoo_reliability(date(2025, 10, 20), [(date(2026, 11, 14), None)])
    assert (found.mtbf_days, found.mttr_days) == (390, 0)


def test_atlas_mtbf() -> None:
    downtimes = [
        (START + timedelta(days=each["start_day"]), timedelta(seconds=each["dur_s"]))
        for each in given("CMMS-01")["downtimes"]
    ]
    check("CMMS-01", mtbf_days=atlas_mtbf_days(downtimes))
    assert atlas_mtbf_days(downtimes[:1]) == 0
    assert atlas_mtbf_days([*downtimes, (START + timedelta(days=9), timedelta())]) == 2


def test_atlas_mttr() -> None:
    labour = [timedelta(seconds=seconds) for seconds in given("CMMS-02")["labor_s"]]
    check("CMMS-02", mttr_min=atlas_mttr_minutes(labour, given("CMMS-02")["work_orders"]))
    assert atlas_mttr_minutes([], 0) == 0
