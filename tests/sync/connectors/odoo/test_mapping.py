"""What cannot be read is named, never guessed."""

from datetime import timedelta
from typing import Any

import pytest

from sync.connectors.base import Payload
from sync.connectors.odoo.api import OdooApi
from sync.connectors.odoo.connector import OdooConnector
from sync.connectors.odoo.reader import StreamReader
from sync.connectors.odoo.streams import STREAMS
from sync.errors import BadRow
from tests.sync.connectors.odoo.recorded import RecordedOdoo


def payload(stream: str, key: str) -> Payload:
    reader = StreamReader(OdooApi(RecordedOdoo()), STREAMS[stream], overlap=timedelta())
    return {row.external_key: row.payload for page in reader.pages({}) for row in page.rows}[key]


@pytest.mark.parametrize(
    ("stream", "key", "field", "value"),
    [
        ("productivity", "mrp.workcenter.productivity/3", "date_start", False),
        ("productivity", "mrp.workcenter.productivity/3", "date_start", "18/11/2026"),
        ("productivity", "mrp.workcenter.productivity/3", "date_end", "2026-11-18 25:00:00"),
        ("productivity", "mrp.workcenter.productivity/3", "loss_type", "lunch"),
        ("productivity", "mrp.workcenter.productivity/3", "loss_type", False),
        ("productivity", "mrp.workcenter.productivity/3", "workcenter_id", "Assembly 1"),
        ("productivity", "mrp.workcenter.productivity/3", "workcenter_id", [10**30, "huge"]),
        ("productivity", "mrp.workcenter.productivity/3", "workcenter_id", [0, "none"]),
        ("productivity", "mrp.workcenter.productivity/3", "loss_id", False),
        ("work_orders", "mrp.workorder/4", "state", "to_close"),
        ("work_orders", "mrp.workorder/4", "qty_produced", "20"),
        ("work_orders", "mrp.workorder/4", "qty_produced", float("nan")),
        ("work_orders", "mrp.workorder/4", "date_finished", False),
        ("requests", "maintenance.request/1", "maintenance_type", "inspection"),
        ("requests", "maintenance.request/1", "priority", "9"),
        ("requests", "maintenance.request/1", "close_date", "yesterday"),
        ("requests", "maintenance.request/1", "kanban_state", "waiting"),
        ("operations", "mrp.routing.workcenter/6", "time_cycle_manual", False),
        ("equipment", "maintenance.equipment/9", "active", "yes"),
        ("losses", "mrp.workcenter.productivity.loss/1", "loss_type", "other"),
    ],
)
def test_bad_values_name_field_and_value(stream: str, key: str, field: str, value: Any) -> None:
    row = {**payload(stream, key), field: value}
    with pytest.raises(BadRow, match=field) as bad:
        OdooConnector.to_records(stream, row)
    assert bad.value.field == field


def test_scrap_in_another_unit_is_not_added_up() -> None:
    made = [93, "[PRS-1] Pressed Part"]
    row = {**payload("scrap", "stock.scrap/1"), "product_id": made, "product_uom_id": [2, "Dozens"]}
    with pytest.raises(BadRow, match=r"Dozens.*Units"):
        OdooConnector.to_records("scrap", row)


def test_one_malformed_row_does_not_stop_the_reading() -> None:
    odoo = RecordedOdoo()
    odoo.records["mrp.routing.workcenter"][6]["workcenter_id"] = "Press"
    odoo.records["maintenance.request"][1]["stage_id"] = "Repaired"
    odoo.records["stock.scrap"][1]["production_id"] = "WH/MO/00009"
    for stream in ("operations", "requests", "scrap"):
        reader = StreamReader(OdooApi(odoo), STREAMS[stream], overlap=timedelta())
        assert sum(len(page.rows) for page in reader.pages({})) == len(
            odoo.records[STREAMS[stream].spec.model]
        )
