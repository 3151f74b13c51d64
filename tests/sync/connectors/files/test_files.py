"""Which files are read, when, and what the cursor keeps of them."""

import os
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from sync.connectors.files.known import Known
from sync.errors import SourceUnavailable
from tests.sync.connectors.files import drops
from tests.sync.connectors.files.conftest import Open
from tests.sync.connectors.files.reading import faults, keys, orders, read


def test_files_are_read_once_and_oldest_first(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders-b.csv", "A,P1,5", age_s=200)
    orders(tmp_path / "orders-a.csv", "B,P1,5", age_s=100)
    orders(tmp_path / "other.csv", "X,P1,5")
    rows, cursor = read(opened())
    assert keys(rows) == ["A", "B"]
    assert read(opened(), cursor) == ([], cursor)
    orders(tmp_path / "orders-0.csv", "C,P1,5", age_s=999_999)  # moved in with its old age
    assert keys(read(opened(), cursor)[0]) == ["C"]


def test_a_file_that_is_being_written_is_left(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", "A,P1,5", age_s=3)
    for name in ("orders.csv.part", "~$orders.csv", "orders.csv.tmp", ".orders.csv"):
        orders(tmp_path / name, "B,P1,5")
    source = opened(files="*orders.csv*")
    assert read(source)[0] == []
    assert source.check().warnings == (
        f"Orders: no finished file *orders.csv* is in {tmp_path}",
        "Orders: orders.csv is still being written, so it is left for the next reading",
    )
    assert keys(read(opened(limits={"settle_s": 2}))[0]) == ["A"]


def test_a_clock_ahead_of_ours_keeps_no_file_from_us(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", "A,P1,5", age_s=-7200)
    assert keys(read(opened())[0]) == ["A"]


def test_a_changed_file_is_read_again(opened: Open, tmp_path: Path) -> None:
    path = orders(tmp_path / "orders.csv", "A,P1,5", ",P1,6")
    rows, cursor = read(opened())
    assert list(faults(opened(), rows)) == ["orders.csv row 3"]
    orders(path, "A,P1,5", "B,P1,6", age_s=60)
    rows, cursor = read(opened(), cursor)
    assert keys(rows) == ["A", "B", "orders.csv row 3"]  # the last takes back what was wrong
    assert opened().to_records("orders", rows[-1].payload) == []
    assert not faults(opened(), rows)
    assert read(opened(), cursor)[0] == []


def test_a_file_that_was_only_touched_is_not(opened: Open, tmp_path: Path) -> None:
    path = orders(tmp_path / "orders.csv", "A,P1,5", ",P1,6")
    _, cursor = read(opened())
    drops.aged(path, 60)
    rows, after = read(opened(), cursor)
    assert rows == []
    assert after != cursor
    assert read(opened(), after) == ([], after)


def test_the_same_rows_under_another_name_are_not_doubled(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", "A,P1,5")
    orders(tmp_path / "orders (1).csv", "A,P1,5")
    assert list(opened().read_keys("orders")) == ["order/A"]


def test_another_way_of_reading_reads_all_again(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", "A,P1,5", "Total,,5")
    rows, cursor = read(opened())
    assert keys(rows) == ["A", "Total"]
    assert keys(read(opened(skip="id == 'Total'"), cursor)[0]) == ["A"]
    assert read(opened(title="Other words"), cursor)[0] == []


def test_reading_goes_on_in_the_middle_of_a_file(opened: Open, tmp_path: Path) -> None:
    path = orders(tmp_path / "orders.csv", *(f"{n},P1,5" for n in range(10)), "3,P2,5")
    (page,) = islice(opened().read("orders", {}), 1)
    rows, cursor = read(opened(), page.cursor)
    assert keys(page.rows) == ["0", "1", "2"]
    assert keys(rows) == [*map(str, range(3, 10)), "orders.csv row 5", "3"]
    assert cursor == read(opened())[1]
    orders(path, "A,P1,5", age_s=60)
    assert keys(read(opened(), page.cursor)[0]) == ["A"]  # another file by now: from its start


def test_a_file_that_changes_while_it_is_read_is_read_again(opened: Open, tmp_path: Path) -> None:
    path = orders(tmp_path / "orders.csv", *(f"{n},P1,5" for n in range(4)))
    pages = opened().read("orders", {})
    next(pages)
    os.utime(path, (1, 1))
    *_, last = pages
    assert keys(read(opened(), last.cursor)[0]) == ["0", "1", "2", "3"]


def test_the_newest_file_replaces_the_whole_set(opened: Open, tmp_path: Path) -> None:
    source = opened(lot="replaces")
    orders(tmp_path / "orders-1.csv", "A,P1,5", "B,P1,5", age_s=200)
    _, cursor = read(source)
    assert source.streams["orders"].sheds
    assert list(source.read_keys("orders")) == ["order/A", "order/B"]
    orders(tmp_path / "orders-2.csv", "B,P1,6", age_s=100)
    rows, cursor = read(source, cursor)
    assert keys(rows) == ["B"]
    assert list(source.read_keys("orders")) == ["order/B"]
    assert read(source, cursor)[0] == []


def test_an_empty_folder_does_not_mean_that_all_is_gone(opened: Open) -> None:
    with pytest.raises(SourceUnavailable, match=r"No file orders\*\.csv"):
        list(opened(lot="replaces").read_keys("orders"))


def test_a_whole_set_that_cannot_be_read_takes_nothing_out(opened: Open, tmp_path: Path) -> None:
    drops.put(tmp_path / "orders.csv", "")
    source = opened(lot="replaces")
    rows, _ = read(source)
    assert faults(source, rows) == {"orders.csv": "orders.csv: has no row 1, where its header should be"}
    with pytest.raises(Exception, match=r"orders\.csv cannot be read, so nothing is compared"):
        list(source.read_keys("orders"))


def test_old_files_are_known_by_their_age(opened: Open, tmp_path: Path) -> None:
    few = {"remembered": 10}
    for number in range(25):
        orders(tmp_path / f"orders-{number:02}.csv", f"{number},P1,5", age_s=1000 - number)
    rows, cursor = read(opened(few))
    assert len(rows) == 25
    assert len(cursor["done"]) == 10
    assert read(opened(few), cursor)[0] == []
    orders(tmp_path / "orders-new.csv", "new,P1,5", age_s=99_999)
    assert keys(read(opened(few), cursor)[0]) == ["new"]


def test_no_file_is_forgotten_past_one_that_waits(opened: Open, tmp_path: Path) -> None:
    """Files are read by age, but known by when they came: the oldest may have come last."""
    few = {"remembered": 10}
    paths = [orders(tmp_path / f"orders-{n:02}.csv", f"{n},P1,5", age_s=n * 60) for n in range(1, 26)]
    cursor: dict[str, object] = {}
    seen: set[str] = set()
    while pages := list(islice(opened(few).read("orders", cursor), 1)):
        seen |= {row.external_key for row in pages[0].rows}
        cursor = pages[0].cursor
    assert len(seen) == len(paths)


def test_reading_from_a_moment_on(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders.csv", "A,P1,5")
    source = opened()
    assert read(source, source.cursor_since("orders", datetime(2100, 1, 1, tzinfo=UTC)))[0] == []
    assert keys(read(source, source.cursor_since("orders", datetime(2020, 1, 1, tzinfo=UTC)))[0]) == ["A"]


def test_a_cursor_of_another_form_keeps_what_was_wrong(tmp_path: Path) -> None:
    known = Known({"form": "old", "done": {"a": [1, 2, 3, "d", [7]]}, "passed": 9}, "new")
    assert known.cursor() == {"form": "new", "done": {"a": [-1, 2, 3, "d", [7]]}}


def test_a_check_tells_what_is_there(opened: Open, tmp_path: Path) -> None:
    orders(tmp_path / "orders-1.csv", "A,P1,5", age_s=200)
    orders(tmp_path / "orders-2.csv", "B,P1,5", ",P1,5", "C,P1,5", age_s=100)
    found = opened().check()
    assert found.version == f"ERP, 2 finished files in {tmp_path}"
    assert found.visible == {"orders": 3}
    assert found.warnings == ("Orders: 1 rows cannot be read, the first are orders-2.csv, row 3",)
    orders(tmp_path / "orders-3.csv", "B,P1,5", header="Id,Machine,Count\n", age_s=60)
    assert "quantity: orders-3.csv has no column “Quantity”" in opened().check().warnings[0]
