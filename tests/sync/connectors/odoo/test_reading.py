"""Windows of ``write_date``: nothing is lost while the source lives on."""

from datetime import UTC, datetime, timedelta

import pytest

from sync.connectors.base import Cursor, Page
from sync.connectors.odoo.api import OdooApi
from sync.connectors.odoo.reader import StreamReader
from sync.connectors.odoo.streams import STREAMS
from sync.errors import SourceUnavailable
from tests.sync.connectors.odoo.recorded import RecordedOdoo

LINES = "mrp.workcenter.productivity"


@pytest.fixture
def odoo() -> RecordedOdoo:
    """Twenty lines, one a minute from 08:00 on."""
    recorded = RecordedOdoo()
    for number, row in enumerate(recorded.records[LINES].values()):
        row["write_date"] = f"2026-11-24 08:{number:02}:00"
    return recorded


def reader(odoo: RecordedOdoo, *, chunk: int = 6, overlap: int = 5) -> StreamReader:
    return StreamReader(
        OdooApi(odoo), STREAMS["productivity"], overlap=timedelta(minutes=overlap), chunk=chunk
    )


def ids(pages: list[Page]) -> list[int]:
    return [row.payload["id"] for page in pages for row in page.rows]


def test_first_load_then_only_the_overlap(odoo: RecordedOdoo) -> None:
    first = list(reader(odoo).pages({}))
    assert [len(page.rows) for page in first] == [6, 6, 6, 2]
    assert first[0].total == 20
    assert first[1].cursor == {"since": "", "until": "2026-11-24 08:19:00", "after_id": 12}
    assert first[-1].cursor == {"since": "2026-11-24 08:19:00"}
    assert first[0].rows[0].updated_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    again = list(reader(odoo).pages(first[-1].cursor))
    assert ids(again) == [15, 16, 17, 18, 19, 20]


def test_a_long_transaction_that_commits_behind_us_is_found(odoo: RecordedOdoo) -> None:
    late = odoo.records[LINES].pop(3)
    cursor = list(reader(odoo).pages({}))[-1].cursor
    odoo.records[LINES][3] = {**late, "write_date": "2026-11-24 08:16:30"}
    assert 3 in ids(list(reader(odoo).pages(cursor)))


def test_a_row_that_changes_behind_our_back_is_found_by_the_next_window(odoo: RecordedOdoo) -> None:
    reading = reader(odoo, overlap=0).pages({})
    next(reading)
    odoo.records[LINES][2]["write_date"] = "2026-11-24 08:40:00"
    cursor = list(reading)[-1].cursor
    assert ids(list(reader(odoo, overlap=0).pages(cursor))) == [2, 20]


def test_a_row_deleted_between_listing_and_reading_is_left_out(odoo: RecordedOdoo) -> None:
    reading = reader(odoo).pages({})
    next(reading)
    del odoo.records[LINES][9]
    assert 9 not in ids(list(reading))


def test_a_window_that_stopped_at_its_end_is_closed(odoo: RecordedOdoo) -> None:
    cursor: Cursor = {"since": "", "until": "2026-11-24 08:19:00", "after_id": 20}
    assert list(reader(odoo).pages(cursor)) == [Page([], {"since": "2026-11-24 08:19:00"}, 0)]


def test_an_empty_model_leaves_the_cursor(odoo: RecordedOdoo) -> None:
    odoo.records[LINES].clear()
    assert list(reader(odoo).pages({})) == []


def test_a_cursor_that_is_no_time_says_what_to_do(odoo: RecordedOdoo) -> None:
    with pytest.raises(SourceUnavailable, match="read this stream anew"):
        list(reader(odoo).pages({"since": "soon"}))


def test_empty_ids_are_never_asked_for(odoo: RecordedOdoo) -> None:
    assert OdooApi(odoo).rows(LINES, [0], ["loss_type"]) == []
    assert odoo.calls == []
