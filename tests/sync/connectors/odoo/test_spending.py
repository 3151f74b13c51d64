"""What a real Odoo 19 shows of stock, moves and analytic lines → stock levels, part uses, costs."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sync.connectors.base import Payload, SourceConfig
from sync.connectors.odoo import references
from sync.connectors.odoo.api import OdooApi
from sync.connectors.odoo.connector import OdooConnector
from sync.connectors.odoo.reader import StreamReader
from sync.connectors.odoo.streams import STREAMS
from sync.errors import SourceRefused
from sync.records import (
    CostCategory,
    CostRecord,
    EquipmentRecord,
    PartUseRecord,
    PlantRecord,
    Record,
    StockRecord,
)
from tests.sync.connectors.odoo.recorded import RecordedOdoo

LINE, MOVE = "account.analytic.line", "stock.move"


@pytest.fixture
def odoo() -> RecordedOdoo:
    return RecordedOdoo()


def records(odoo: RecordedOdoo, stream: str, **options: Any) -> dict[str, Any]:
    reader = StreamReader(OdooApi(odoo, options), STREAMS[stream], overlap=timedelta(minutes=30))
    rows: list[Payload] = [row.payload for page in reader.pages({}) for row in page.rows]
    found: list[Record] = [one for row in rows for one in OdooConnector.to_records(stream, row)]
    return {one.external_key: one for one in found}


def drop(odoo: RecordedOdoo, model: str, *fields: str) -> None:
    """As in a version that has no such fields."""
    for field in fields:
        del odoo.fields[model][field]


def test_a_line_that_names_a_work_order_is_its_cost(odoo: RecordedOdoo) -> None:
    found = records(odoo, "maintenance_costs")
    assert set(found) == {f"{LINE}/532"}  # the others name none
    cost = found[f"{LINE}/532"]
    assert isinstance(cost, CostRecord)
    assert cost.work_order is not None
    assert (cost.work_order.codes, cost.category) == (("WO-1001",), CostCategory.LABOUR)
    assert (cost.amount, cost.currency, cost.day) == (250.0, "USD", date(2026, 11, 24))
    assert (cost.plant, cost.label) == (None, "MFGPORTAL/WO-1001 seal replacement")


def test_lines_of_a_chosen_project_are_costs_of_its_company(odoo: RecordedOdoo) -> None:
    found = records(odoo, "maintenance_costs", maintenance_projects=[12])
    assert set(found) == {f"{LINE}/{number}" for number in (530, 531, 532)}
    cost = found[f"{LINE}/531"]
    assert (cost.amount, cost.work_order, cost.plant.key) == (50.0, None, "res.company/1")


@pytest.mark.parametrize("wrong", ["12", ["12"], 12])
def test_ids_in_options_are_numbers_in_a_list(odoo: RecordedOdoo, wrong: object) -> None:
    with pytest.raises(SourceRefused, match="maintenance_accounts"):
        records(odoo, "maintenance_costs", maintenance_accounts=wrong)


@pytest.mark.parametrize(
    ("row", "category"),
    [
        ({"category": "vendor_bill"}, CostCategory.CONTRACTOR),
        ({"category": "other"}, CostCategory.OTHER),
        ({"product_id": [93, "[PRS-1] Pressed Part"]}, CostCategory.PARTS),
    ],
)
def test_what_a_line_was_spent_on(odoo: RecordedOdoo, row: Payload, category: CostCategory) -> None:
    odoo.records[LINE][532] |= {"employee_id": False, **row}
    assert records(odoo, "maintenance_costs")[f"{LINE}/532"].category is category


def test_credits_are_negative_and_income_is_none(odoo: RecordedOdoo) -> None:
    odoo.records[LINE][532]["amount"] = 40.0
    assert records(odoo, "maintenance_costs")[f"{LINE}/532"].amount == -40.0
    odoo.records[LINE][532]["category"] = "invoice"
    assert records(odoo, "maintenance_costs") == {}


def test_a_line_that_odoo_made_of_a_part_s_move_does_not_count_again(odoo: RecordedOdoo) -> None:
    odoo.fields[MOVE]["analytic_account_line_ids"] = "many2many"
    for row in odoo.records[MOVE].values():
        row["analytic_account_line_ids"] = [532] if row["id"] == 141 else []
    assert records(odoo, "maintenance_costs") == {}
    assert f"{MOVE}/141" in records(odoo, "part_consumption")


def test_parts_taken_for_work_orders(odoo: RecordedOdoo) -> None:
    """The picking names the work order; a move that is only planned has taken nothing."""
    found = records(odoo, "part_consumption")
    assert set(found) == {f"{MOVE}/141", f"{MOVE}/142"}
    use = found[f"{MOVE}/142"]
    assert isinstance(use, PartUseRecord)
    assert (use.work_order.codes, use.part.key) == (("WO-1002",), "product.product/94")
    assert use.part.codes == ("SEAL-01",)
    assert (use.quantity, use.unit_cost, use.returned) == (8.0, 55.0, False)
    assert use.used_at == datetime(2026, 11, 24, 2, 23, 51, tzinfo=UTC)


def test_parts_that_are_brought_back(odoo: RecordedOdoo) -> None:
    move = odoo.records[MOVE][141]
    move["location_id"], move["location_dest_id"] = move["location_dest_id"], move["location_id"]
    use = records(odoo, "part_consumption")[f"{MOVE}/141"]
    assert (use.quantity, use.returned) == (2.0, True)


def test_between_two_places_of_consumption_nothing_is_taken(odoo: RecordedOdoo) -> None:
    odoo.records[MOVE][141]["location_id"] = [13, "Inventory adjustment"]
    assert f"{MOVE}/141" not in records(odoo, "part_consumption")


def test_older_versions_name_quantity_and_value_otherwise(odoo: RecordedOdoo) -> None:
    drop(odoo, MOVE, "quantity", "value")
    odoo.fields[MOVE] |= {"quantity_done": "float", "product_qty": "float"}
    for row in odoo.records[MOVE].values():
        row |= {"quantity_done": 1.0, "product_uom_qty": 1.0, "product_qty": 12.0}  # a dozen of units
    odoo.fields["stock.valuation.layer"] = {"stock_move_id": "many2one", "value": "monetary"}
    odoo.records["stock.valuation.layer"] = {
        1: {"id": 1, "stock_move_id": [142, "WH/INT/00002"], "value": -600.0},
        2: {"id": 2, "stock_move_id": [142, "WH/INT/00002"], "value": -60.0},
    }
    found = records(odoo, "part_consumption")
    assert (found[f"{MOVE}/142"].quantity, found[f"{MOVE}/142"].unit_cost) == (12.0, 55.0)
    seal = odoo.records["product.product"][94]["standard_price"]
    assert found[f"{MOVE}/141"].unit_cost == seal  # without a value, what it costs now
    odoo.records[MOVE][141]["price_unit"] = -600.0  # of a dozen
    assert records(odoo, "part_consumption")[f"{MOVE}/141"].unit_cost == 50.0


def test_stock_is_by_product_and_internal_location(odoo: RecordedOdoo) -> None:
    """Of the seal's three locations, consumption and adjustment are no stock."""
    found = {key: one for key, one in records(odoo, "stock_quants").items() if "/94." in key}
    assert set(found) == {"product.product/94.5"}
    level = found["product.product/94.5"]
    assert isinstance(level, StockRecord)
    assert (level.product.key, level.location, level.quantity) == ("product.product/94", "WH/Stock", 0.0)
    assert level.plant is not None
    assert level.plant.key == "res.company/1"
    assert level.unit_value == odoo.records["product.product"][94]["standard_price"]
    assert level.at == datetime(2026, 11, 24, 2, 23, 51, tzinfo=UTC)


def test_quants_of_one_place_are_one_level_whatever_their_ids(odoo: RecordedOdoo) -> None:
    quants = odoo.records["stock.quant"]
    seal = next(one for one in quants.values() if one["product_id"][0] == 94 and one["location_id"][0] == 5)
    quants[900] = {**seal, "id": 900, "quantity": -2.5}
    before = records(odoo, "stock_quants")
    assert before["product.product/94.5"].quantity == -2.5  # books may lag behind
    del quants[seal["id"]]
    assert records(odoo, "stock_quants")["product.product/94.5"].quantity == -2.5
    del quants[900]
    assert "product.product/94.5" not in records(odoo, "stock_quants")


def test_services_have_no_stock(odoo: RecordedOdoo) -> None:
    odoo.records["product.product"][94]["type"] = "service"
    assert not any("/94." in key for key in records(odoo, "stock_quants"))


def test_a_level_leads_to_its_product() -> None:
    config = SourceConfig(url="https://odoo.example.com")
    url = OdooConnector.record_url(config, "product.product/94.5")
    assert url == "https://odoo.example.com/odoo/product.product/94"


def test_money_of_companies_and_machines(odoo: RecordedOdoo) -> None:
    company = records(odoo, "companies")["res.company/1"]
    assert isinstance(company, PlantRecord)
    assert company.currency == "USD"
    rows = odoo.records["maintenance.equipment"]
    rows[1] |= {"cost": 1200.0, "effective_date": "2025-02-03"}
    rows[2] |= {"cost": 0.0, "effective_date": False}
    found = records(odoo, "equipment")
    first, second = found["maintenance.equipment/1"], found["maintenance.equipment/2"]
    assert isinstance(first, EquipmentRecord)
    assert (first.replacement_value, first.in_service_on) == (1200.0, date(2025, 2, 3))
    assert (second.replacement_value, second.in_service_on) == (None, None)


@pytest.mark.parametrize(
    ("text", "options", "number"),
    [
        ("[WO000123] bearing", {}, "WO000123"),
        ("CMMS/WO-77/line-1", {}, "WO-77"),
        ("for wo12", {}, "WO12"),
        ("two2 networks, WORK 7, WO-", {}, ""),
        ("[SP-1001] Seal kit", {}, ""),
        ("job #4711", {"work_order_prefix": "#"}, "#4711"),
    ],
)
def test_numbers_of_work_orders_in_texts(text: str, options: dict[str, Any], number: str) -> None:
    assert references.number_in(OdooApi(RecordedOdoo(), options), ["", text]) == number
