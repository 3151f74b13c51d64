"""What Odoo counts and adds up, in the words of its versions."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.connectors.base import SourceConfig, Tally
from sync.connectors.odoo import tallies
from sync.connectors.odoo.api import OdooApi
from sync.connectors.odoo.connector import OdooConnector
from sync.connectors.odoo.streams import STREAMS
from sync.sandbox import Factory, serve

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(scope="module")
def connector() -> Iterator[OdooConnector]:
    factory = Factory(seed=3, days=6, machines=3, now=datetime(2026, 11, 3, 12, tzinfo=UTC), defects=False)
    with serve(factory) as sandbox:
        config = SourceConfig(
            url=sandbox.odoo_url, database="mfg", username="mfgportal", password="mfgportal"
        )
        yield OdooConnector(config)


@pytest.mark.parametrize("stream", STREAMS)
def test_counts_and_sums_are_those_of_the_rows_behind_them(connector: OdooConnector, stream: str) -> None:
    found = connector.tallies(stream, [OCTOBER, NOVEMBER])
    if found is None:
        assert STREAMS[stream].fallback is not None
        return
    for tally in found:
        rows = list(connector.tally_rows(stream, tally.month))
        assert len(rows) == tally.rows
        for name, value in tally.sums.items():
            assert sum(row.values[name] for row in rows) == pytest.approx(value)
    if STREAMS[stream].spec.dated_by:
        october, november, whole = found
        assert october.rows + november.rows <= whole.rows


@pytest.mark.parametrize("stream", [name for name, one in STREAMS.items() if one.spec.dated_by])
def test_a_month_is_that_of_the_row(connector: OdooConnector, stream: str) -> None:
    field = STREAMS[stream].spec.dated_by
    rows = [row for page in connector.read(stream, {}) for row in page.rows]
    found = connector.tallies(stream, [OCTOBER, NOVEMBER])
    assert found is not None
    for tally, month in zip(found, ("2026-10", "2026-11"), strict=False):
        assert tally.rows == sum(str(row.payload[field]).startswith(month) for row in rows)


class Recorder:
    """A transport of an older Odoo, which answers the way the recordings do."""

    version = "16.0"

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        self.calls.append((method, args, kwargs))
        if method == "search_count":
            return 3
        return [{"__count": 3, "duration": 405.05, "__domain": []}]

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("version", "method"),
    [("16.0", "read_group"), ("saas~17.2", "read_group"), ("19.0+e", "formatted_read_group")],
)
def test_sums_are_asked_in_the_version_s_words_without_a_grouping(version: str, method: str) -> None:
    transport = Recorder()
    transport.version = version
    found = tallies.tallies(OdooApi(transport), STREAMS["productivity"], [NOVEMBER])
    assert found[0].rows == 3
    calls = [call for call in transport.calls if call[0] == method]
    assert len(calls) == 2
    domain = calls[0][1][0]
    assert ["date_start", ">=", "2026-11-01 00:00:00"] in domain
    assert ["date_start", "<", "2026-12-01 00:00:00"] in domain
    if method == "read_group":
        assert calls[0][2] == {"fields": ["duration:sum"], "groupby": []}
        assert found[0].sums == {"duration": 405.05}
    else:
        assert calls[0][1][1:] == ([], ["duration:sum"])


def test_nothing_is_added_up_where_there_is_nothing(connector: OdooConnector) -> None:
    found = connector.tallies("productivity", [date(2020, 1, 1)])
    assert found is not None
    assert found[0] == Tally(date(2020, 1, 1), 0)


def test_own_figures(connector: OdooConnector) -> None:
    oee = list(connector.figures("oee") or ())
    assert {figure.external_key for figure in oee} == {f"mrp.workcenter/{number}" for number in (1, 2, 3)}
    assert all(0 <= figure.value <= 100 for figure in oee)
    produced = list(connector.figures("produced", OCTOBER) or ())
    assert produced
    assert all(figure.about.startswith("product.product/") and "/MO/" in figure.label for figure in produced)
    assert connector.figures("happiness") is None
    assert connector.figures("produced") is None
