"""odoorpc itself against the stand-in: log-in, domains, paging, shapes, faults."""

import gc
import re
import urllib.error
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import odoorpc
import pytest

from sync.sandbox import Factory, Request, Response, Sandbox
from sync.sandbox.store import real_fields, stamp
from tests.sync.sandbox.conftest import connect

LINE = "mrp.workcenter.productivity"
TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,), "float": (float,), "monetary": (float,), "boolean": (bool,), "one2many": (list,),
    "many2many": (list,), "many2one": (list,), "char": (str,), "text": (str,), "html": (str,),
    "selection": (str,),
    "date": (str,), "datetime": (str,),
}  # fmt: skip


def all_rows(odoo: odoorpc.ODOO, model: str, fields: list[str]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = odoo.execute_kw(
        model, "search_read", [[]], {"fields": fields, "context": {"active_test": False}}
    )
    return rows


def test_log_in_and_context(odoo: odoorpc.ODOO) -> None:
    assert odoo.version == "19.0"
    assert odoo.env.context["tz"] == "UTC"
    assert odoo.env.user.login == "mfgportal"


def test_wrong_password_and_database_are_refused(sandbox: Sandbox) -> None:
    client = odoorpc.ODOO("127.0.0.1", port=urlsplit(sandbox.odoo_url).port)
    with pytest.raises(odoorpc.error.RPCError, match="Wrong login"):
        client.login("mfg", "mfgportal", "bad")
    with pytest.raises(odoorpc.error.RPCError, match="does not exist"):
        client.login("nodb", "mfgportal", "mfgportal")


@pytest.mark.parametrize("model", sorted(Factory(days=0, machines=1, defects=False).odoo.tables))
def test_served_fields_are_real_and_typed(odoo: odoorpc.ODOO, model: str) -> None:
    real = real_fields()[model]
    meta = odoo.execute_kw(model, "fields_get", [], {"attributes": ["type", "relation"]})
    assert {name: each["type"] for name, each in meta.items()} == {
        name: each["type"] for name, each in real.items()
    }
    rows = odoo.execute_kw(model, "search_read", [[]], {"limit": 40, "context": {"active_test": False}})
    for row in rows:
        assert set(row) == set(real)
        for name, value in row.items():
            if value is not False or real[name]["type"] in ("integer", "float", "monetary"):
                assert isinstance(value, TYPES.get(real[name]["type"], (object,))), (model, name, value)


def test_dates_are_utc_text_and_many2one_pairs(odoo: odoorpc.ODOO) -> None:
    row = all_rows(odoo, LINE, ["date_start", "workcenter_id", "workorder_id", "loss_type", "production_id"])[
        -40
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", row["date_start"])
    number, label = row["workcenter_id"]
    assert (type(number), type(label)) == (int, str)
    assert next(iter(row)) == "id"


def test_load_none_gives_bare_ids(odoo: odoorpc.ODOO) -> None:
    ids = odoo.env[LINE].search([("workorder_id", "!=", False)], limit=2)
    rows = odoo.execute_kw(LINE, "read", [ids, ["workcenter_id", "workorder_id"]], {"load": None})
    assert all(isinstance(row["workcenter_id"], int) and isinstance(row["workorder_id"], int) for row in rows)


DOMAINS = [
    ([("loss_type", "=", "productive")], lambda row: row["loss_type"] == "productive"),
    ([("loss_id.loss_type", "=", "availability")], lambda row: row["loss_type"] == "availability"),
    ([("loss_id.loss_id.loss_type", "!=", "productive")], lambda row: row["loss_type"] != "productive"),
    ([("loss_id", "ilike", "setup")], lambda row: "setup" in row["loss_id"][1].lower()),
    ([("loss_id", "=like", "Setup%")], lambda row: row["loss_id"][1].startswith("Setup")),
    ([("loss_id.name", "=ilike", "minor_stop")], lambda row: row["loss_id"][1] == "Minor Stop"),
    ([("loss_id", "not ilike", "failure")], lambda row: "failure" not in row["loss_id"][1].lower()),
    ([("workcenter_id", "in", [1, 3])], lambda row: row["workcenter_id"][0] in (1, 3)),
    ([("workcenter_id", "not in", [1])], lambda row: row["workcenter_id"][0] != 1),
    ([("workcenter_id", "child_of", [2])], lambda row: row["workcenter_id"][0] == 2),
    ([("date_end", "=", False)], lambda row: row["date_end"] is False),
    ([("date_end", "!=", False)], lambda row: row["date_end"] is not False),
    ([("duration", ">", 60), ("duration", "<=", 90)], lambda row: 60 < row["duration"] <= 90),
    (["|", ("duration", "<", 1), ("duration", ">=", 200)],
        lambda row: row["duration"] < 1 or row["duration"] >= 200),
    (["!", ("loss_type", "=", "productive")], lambda row: row["loss_type"] != "productive"),
    (["&", "!", ("workcenter_id", "=", 1), "|", ("loss_id", "=", 1), ("loss_id", "=", 2)],
     lambda row: row["workcenter_id"][0] != 1 and row["loss_id"][0] in (1, 2)),
    ([("date_start", ">=", "2026-11-20 00:00:00"), ("date_start", "<", "2026-11-21")],
     lambda row: row["date_start"].startswith("2026-11-20")),
    ([("workorder_id", "any", [("qty_produced", ">", 500)])], None),
    ([(1, "=", 1)], lambda _: True),
    ([(0, "=", 1)], lambda _: False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("domain", "expected"), DOMAINS, ids=lambda each: str(each)[:60] if isinstance(each, list) else ""
)
def test_domains(odoo: odoorpc.ODOO, domain: list[Any], expected: Any) -> None:
    fields = ["loss_type", "loss_id", "workcenter_id", "date_start", "date_end", "duration", "workorder_id"]
    found = set(odoo.env[LINE].search(domain))
    rows = all_rows(odoo, LINE, fields)
    if expected is None:
        many = set(odoo.env["mrp.workorder"].search([("qty_produced", ">", 500)]))
        assert found == {row["id"] for row in rows if row["workorder_id"] and row["workorder_id"][0] in many}
    else:
        assert found == {row["id"] for row in rows if expected(row)}
    assert odoo.env[LINE].search_count(domain) == len(found)


def test_datetimes_compare_at_whole_seconds(odoo: odoorpc.ODOO, factory: Factory) -> None:
    column = factory.odoo[LINE].columns["write_date"]
    edge = stamp(column[500])
    lines = odoo.env[LINE]
    equal = lines.search_count([("write_date", "=", edge)])
    assert equal >= 1
    assert lines.search_count([("write_date", "=", f"{edge}.250000")]) == equal
    after, from_it = (lines.search_count([("write_date", sign, edge)]) for sign in (">", ">="))
    assert from_it == after + equal
    assert lines.search_count([("write_date", ">=", edge.replace(" ", "T"))]) == from_it
    with pytest.raises(odoorpc.error.RPCError, match="does not match format"):
        lines.search([("write_date", ">=", f"{edge}Z")])


def test_paging_by_ids_and_by_offset_agree(odoo: odoorpc.ODOO) -> None:
    lines, domain, order = odoo.env[LINE], [("write_date", ">=", "2026-11-10")], "write_date asc, id asc"
    ids = lines.search(domain, order=order)
    paged = [each for offset in range(0, len(ids), 400) for each in lines.search(domain, offset, 400, order)]
    assert paged == ids
    rows = lines.read(ids[:500], ["write_date"])
    assert [row["id"] for row in rows] == ids[:500]
    assert rows == sorted(rows, key=lambda row: (row["write_date"], row["id"]))
    assert lines.read([ids[0], 99_999_999], ["id"]) == [{"id": ids[0]}]


def test_order_by_label_and_descending(odoo: odoorpc.ODOO) -> None:
    rows = odoo.execute_kw(
        "mrp.workcenter", "search_read", [[]], {"fields": ["name"], "order": "company_id, name desc"}
    )
    assert len(rows) == 6
    names = [
        row["name"] for row in odoo.execute_kw("mrp.workcenter", "search_read", [[]], {"order": "name desc"})
    ]
    assert names == sorted(names, reverse=True)


def test_archived_rows_need_active_test(fresh: Sandbox) -> None:
    client = connect(fresh)
    equipment = client.env["maintenance.equipment"]
    fresh.factory.touch("maintenance.equipment", 1, active=False)
    assert 1 not in equipment.search([])
    assert 1 in equipment.with_context(active_test=False).search([])
    assert equipment.search([("active", "=", False)]) == [1]
    assert equipment.read([1], ["active"]) == [{"id": 1, "active": False}]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda odoo: odoo.env["no.such.model"].search([]), "doesn't exist"),
        (lambda odoo: odoo.execute(LINE, "read", [1], ["nope"]), "Invalid field 'nope' on"),
        (
            lambda odoo: odoo.execute(LINE, "search", [["loss_id.nope", "=", 1]]),
            "Invalid field .*loss.nope in condition",
        ),
        (lambda odoo: odoo.execute(LINE, "search", [["loss_id", "~", 1]]), "Invalid operator"),
        (lambda odoo: odoo.execute(LINE, "write", [1], {"duration": 1}), "not allowed to modify"),
        (lambda odoo: odoo.execute("maintenance.equipment", "search", [["mtbf", ">", 1]]), "Cannot convert"),
        (lambda odoo: odoo.execute(LINE, "search"), "missing a required argument"),
    ],
)
def test_refusals(odoo: odoorpc.ODOO, call: Any, message: str) -> None:
    with pytest.raises(odoorpc.error.RPCError, match=message):
        call(odoo)


def test_changes_show_with_a_later_write_date(fresh: Sandbox) -> None:
    client = connect(fresh)
    fresh.factory.advance(fresh.factory.now + 120)
    fresh.factory.rename("mrp.workcenter", 1, "Press one")
    (row,) = client.env["mrp.workcenter"].read([1], ["name", "write_date"])
    assert row == {"id": 1, "name": "Press one", "write_date": stamp(fresh.factory.now)}
    fresh.factory.delete("mrp.workcenter", 1)
    assert client.env["mrp.workcenter"].read([1], ["name"]) == []


def test_an_added_stop_is_served(fresh: Sandbox) -> None:
    factory = fresh.factory
    start = datetime.fromtimestamp(factory.now, UTC)
    line = factory.add_stop(factory.machines[0].code, "Equipment Failure", start - timedelta(minutes=9))
    (row,) = connect(fresh).env[LINE].read([line], ["loss_id", "date_end", "workcenter_id"])
    assert row["loss_id"][1] == "Equipment Failure"
    assert row["date_end"] is False


def test_record_page(sandbox: Sandbox) -> None:
    page = httpx.get(f"{sandbox.odoo_url}/odoo/mrp.workcenter/2")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "<h1>" in page.text
    assert httpx.get(f"{sandbox.odoo_url}/odoo/mrp.workcenter/999").status_code == 404


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_faults_reach_the_client(fresh: Sandbox) -> None:
    client = connect(fresh)

    def html(_: Request) -> Response:
        return Response(200, b"<html>maintenance</html>", "text/html")

    def truncated(_: Request) -> Response:
        return Response(200, b'{"jsonrpc": "2.0", "result": [1, 2, 3]}', cut=20)

    def broken(request: Request) -> Response | None:
        return Response(502, b"bad gateway", "text/plain") if request.path == "/jsonrpc" else None

    for fault, error in ((html, ValueError), (truncated, Exception), (broken, urllib.error.HTTPError)):
        fresh.odoo.fault = fault
        with pytest.raises(error) as caught:
            client.env[LINE].search([])
        if isinstance(caught.value, urllib.error.HTTPError):
            caught.value.close()
    gc.collect()  # odoorpc leaves the socket of a truncated answer open
    fresh.odoo.fault = None
    assert client.env[LINE].search_count([]) > 0
