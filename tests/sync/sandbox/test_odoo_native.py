"""Odoo's own figures, against values measured on a real server."""

import odoorpc
import pytest

from sync.sandbox.odoo_native import Month, reliability
from sync.sandbox.odoo_tables import Odoo

DAY = 86400


def odoo_with_requests(*spans: tuple[str, str]) -> Odoo:
    """One press in use since 2025-10-20 with finished repairs (asked, closed)."""
    odoo = Odoo()
    for name, done in (("New Request", False), ("Repaired", True)):
        odoo["maintenance.stage"].add(0, name=name, sequence=1, done=done)
    odoo["maintenance.equipment"].add(0, name="P-101", effective_date="2025-10-20")
    for asked, closed in spans:
        odoo["maintenance.request"].add(
            0, name="broken", maintenance_type="corrective", stage_id=2, equipment_id=1, request_date=asked,
            close_date=closed,
        )  # fmt: skip
    return odoo


def test_reliability_as_measured() -> None:
    odoo = odoo_with_requests(("2026-06-01", "2026-06-04"), ("2026-10-15", "2026-10-16"))
    found = reliability(odoo, odoo["maintenance.equipment"].row(1))
    assert (found.mttr, found.mtbf, found.latest_failure_date) == (2, 180, "2026-10-15")
    assert found.estimated_next_failure == "2027-04-13"


def test_one_failure_counts_from_the_first_day_of_use() -> None:
    odoo = odoo_with_requests(("2026-11-14", "2026-11-14"))
    assert reliability(odoo, odoo["maintenance.equipment"].row(1)).mtbf == 390


def test_never_broken() -> None:
    odoo = odoo_with_requests()
    assert reliability(odoo, odoo["maintenance.equipment"].row(1)) == (0, 0, None, None)


def test_oee_is_a_ratio_of_times() -> None:
    assert Month(5.0, 1.75, 0).oee == pytest.approx(74.07)
    assert Month(0.0, 1.75, 0).oee == 0.0


def test_served_figures_are_plausible(odoo: odoorpc.ODOO) -> None:
    fields = ["oee", "productive_time", "blocked_time", "performance"]
    rows = odoo.execute_kw("mrp.workcenter", "search_read", [[]], {"fields": fields})
    assert all(60 < row["oee"] < 100 for row in rows)
    assert all(row["productive_time"] > row["blocked_time"] > 0 for row in rows)
    assert all(60 < row["performance"] < 160 for row in rows)
