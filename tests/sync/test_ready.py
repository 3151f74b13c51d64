"""What the thread that reads ahead does with rows: only what is needed, and nothing that a row can break."""

from collections.abc import Mapping
from typing import Any

from sync.connectors.base import Page, Row, SourceConfig
from sync.landing import Fresh
from sync.ready import Making
from tests.bench import rows
from tests.bench.connector import BenchConnector

CONFIG = SourceConfig(url="http://bench.test", options={"rows": 2})


def ready(making: Making, *payloads: Mapping[str, Any]) -> list[Fresh]:
    page = Page(
        [Row(f"mrp.workorder/{n}", dict(payload)) for n, payload in enumerate(payloads)], {"at": 1}, 2
    )
    (batch,) = making.ready(iter([page]))
    assert (batch.cursor, batch.total) == ({"at": 1}, 2)
    return batch.rows


def making() -> Making:
    return Making(BenchConnector(CONFIG), "production")


def test_rows_are_mapped_ahead_after_a_page_that_was_new() -> None:
    making_ = making()
    assert ready(making_, rows.payload(1))[0].records is None
    making_.landed(rows=10, unchanged=4)
    (row,) = ready(making_, rows.payload(1))
    assert row.records == [rows.record(rows.payload(1))]
    assert row.payload == rows.payload(1)


def test_rows_that_we_have_already_are_not_mapped_ahead() -> None:
    making_ = making()
    making_.landed(rows=10, unchanged=0)
    making_.landed(rows=10, unchanged=9)
    assert ready(making_, rows.payload(1))[0].records is None


def test_a_row_that_breaks_the_mapping_waits_for_its_load() -> None:
    making_ = making()
    making_.landed(rows=1, unchanged=0)
    broken, fine = ready(making_, {"id": 1}, rows.payload(2))
    assert broken.records is None
    assert fine.records is not None
