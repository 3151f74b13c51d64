"""Every planted defect is listed, counted, and really there."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sync.sandbox import Factory
from sync.sandbox.defects import CATALOGUE, COUNT, UNKNOWN_REASONS

LINE = "mrp.workcenter.productivity"
RECORDS_PER_CASE = {
    "asset_named_three_ways": 3,
    "closed_in_cmms_only": 2,
    "closed_in_odoo_only": 2,
    "stock_differs": 2,
    "cost_differs": 2,
}


@pytest.fixture(scope="module")
def whole() -> Factory:
    """All machines, long enough that every defect finds its place."""
    return Factory(seed=7, days=45, now=datetime(2026, 11, 24, 10, tzinfo=UTC))


def ids(factory: Factory, kind: str, model: str) -> list[int]:
    keys = [key.rpartition("/") for key in factory.planted[kind]]
    return [int(number) for name, _, number in keys if name == model]


def lines(factory: Factory, kind: str) -> list[dict[str, Any]]:
    return [factory.odoo[LINE].row(row_id) for row_id in ids(factory, kind, LINE)]


@pytest.mark.parametrize("defect", CATALOGUE, ids=lambda defect: defect.kind)
def test_count_is_as_listed(whole: Factory, defect: Any) -> None:
    keys = whole.planted[defect.kind]
    assert len(keys) == len(set(keys)) == defect.count * RECORDS_PER_CASE.get(defect.kind, 1)


def test_catalogue_and_planting_agree(whole: Factory) -> None:
    assert set(whole.planted) == set(COUNT)


def test_no_line_carries_two_defects(whole: Factory) -> None:
    touched = [key for keys in whole.planted.values() for key in keys if key.startswith(LINE)]
    assert len(touched) == len(set(touched))


def test_named_three_ways(whole: Factory) -> None:
    for center, equipment, asset in zip(
        ids(whole, "asset_named_three_ways", "mrp.workcenter"),
        ids(whole, "asset_named_three_ways", "maintenance.equipment"),
        ids(whole, "asset_named_three_ways", "asset"),
        strict=True,
    ):
        row = whole.atlas["assets"][asset]
        codes = [whole.odoo["mrp.workcenter"].get(center, "code"), row["barCode"],
                 whole.odoo["maintenance.equipment"].get(equipment, "serial_no")]  # fmt: skip
        assert len({"".join(filter(str.isalnum, code.lower())) for code in codes}) == 3


def test_unknown_reasons(whole: Factory) -> None:
    names = {reason.name for reason in UNKNOWN_REASONS}
    losses = whole.odoo["mrp.workcenter.productivity.loss"]
    assert {losses.get(row["loss_id"], "name") for row in lines(whole, "unknown_reason")} == names
    column = whole.odoo[LINE].columns["loss_id"]
    assert sum(losses.get(loss, "name") in names for loss in column) == COUNT["unknown_reason"]


def test_end_before_start(whole: Factory) -> None:
    columns = whole.odoo[LINE].columns
    wrong = [row_id for row_id, start, stop in zip(columns["id"], columns["date_start"], columns["date_end"],
        strict=True)
             if stop is not None and stop < start]  # fmt: skip
    assert sorted(wrong) == sorted(ids(whole, "end_before_start", LINE))


def test_duplicates_have_a_twin(whole: Factory) -> None:
    for row in lines(whole, "duplicate_line"):
        twins = [
            other for other in whole.odoo.where(LINE, "date_start", row["date_start"])
            if whole.odoo[LINE].get(other, "workcenter_id") == row["workcenter_id"]
        ]  # fmt: skip
        assert len(twins) == 2


def test_overlaps_lie_over_a_breakdown(whole: Factory) -> None:
    table = whole.odoo[LINE]
    breakdowns = {2, 12, 13}
    for row in lines(whole, "overlapping_stops"):
        mine = [table.row(other) for other in whole.odoo.where(LINE, "workcenter_id", row["workcenter_id"])]
        closed = [other for other in mine if other["date_end"] and other["id"] != row["id"]]
        hit = [other for other in closed if overlap(other, row)]
        assert breakdowns & {other["loss_id"] for other in hit}


def overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["date_start"] < other["date_end"] and other["date_start"] < one["date_end"])


def test_time_zone_mistake_is_pune_s_offset(whole: Factory) -> None:
    true = {span.line_id: span for machine in whole.machines for span in machine.history}
    rows = lines(whole, "time_zone_mistake")
    assert all(row["date_start"] - true[row["id"]].start == 19800 for row in rows)
    assert any(row["date_end"] > whole.now for row in rows)
    assert all(row["write_date"] <= whole.now for row in rows)


def test_contradictions(whole: Factory) -> None:
    for kind, complete in (("closed_in_cmms_only", True), ("closed_in_odoo_only", False)):
        for order, request in zip(
            ids(whole, kind, "work-order"), ids(whole, kind, "maintenance.request"), strict=True
        ):
            row = whole.odoo["maintenance.request"].row(request)
            assert row["name"].startswith(f"[WO{order:06}]")
            assert (whole.atlas["work-orders"][order]["status"] == "COMPLETE") is complete
            assert whole.odoo.follow("maintenance.stage", row["stage_id"], "done") is not complete


def test_missing_cycles_operations_and_parts(whole: Factory) -> None:
    for operation in ids(whole, "missing_ideal_cycle", "mrp.routing.workcenter"):
        assert whole.odoo["mrp.routing.workcenter"].get(operation, "time_cycle_manual") == 0.0
    for order in ids(whole, "work_order_without_operation", "mrp.workorder"):
        assert whole.odoo["mrp.workorder"].get(order, "operation_id") is None
    known = set(whole.odoo["product.product"].columns["default_code"])
    for part in ids(whole, "unknown_part", "part"):
        assert whole.atlas["parts"][part]["barcode"] not in known
        assert any(each["part"] == part for each in whole.atlas["part-quantities"].values())


def test_clean_factory_has_none() -> None:
    clean = Factory(seed=7, days=5, machines=6, defects=False)
    assert clean.planted == {}
    assert len(clean.odoo["mrp.workcenter.productivity.loss"]) == 18
