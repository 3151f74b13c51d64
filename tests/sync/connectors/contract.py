"""The contract every connector keeps. To apply it, derive a class with ``connector`` and a ``stand_in``."""

import copy
import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sync.connectors import connector_class
from sync.connectors.base import Connector, Cursor, Page, Payload, SourceConfig
from sync.errors import BadRow, SchemaDrift, SourceRefused, SourceUnavailable
from sync.records import KIND_OF, Record
from tests.sync.connectors import stand_in as faults
from tests.sync.connectors.stand_in import Change, StandIn

TOO_MANY = 1000
Connect = Callable[[SourceConfig], Connector]


class ConnectorContract:
    """Tests for any connector against its stand-in.

    ``connector`` is the class; ``sparse`` are streams that may have no rows in the stand-in; ``lively`` are
    incremental streams whose rows changed over many days there.
    """

    connector: ClassVar[type[Connector]]
    sparse: ClassVar[frozenset[str]] = frozenset()
    lively: ClassVar[frozenset[str]] = frozenset()

    @pytest.fixture
    def connect(self) -> Iterator[Connect]:
        with ExitStack() as opened:
            yield lambda config: opened.enter_context(closing(self.connector(config)))

    @pytest.fixture
    def source(self, connect: Connect, stand_in: StandIn) -> Connector:
        return connect(stand_in.config)

    def pages(self, config: SourceConfig, stream: str, cursor: Cursor, most: int | None = None) -> list[Page]:
        """Pages from ``cursor``, by a connector of their own, as a new run would have it."""
        with closing(self.connector(config)) as opened:
            return list(islice(opened.read(stream, cursor), most))

    def test_is_registered(self) -> None:
        assert issubclass(self.connector, connector_class(self.connector.name))
        module = import_module(self.connector.__module__)
        assert Path(str(module.__file__)).parent.name == self.connector.name

    def test_streams_are_described(self) -> None:
        for name, spec in self.connector.streams.items():
            assert spec.name == name
            assert spec.title
            assert spec.model
            assert spec.fields
            assert spec.every_s > 0
            assert spec.acceptable_delay_s >= spec.every_s
        ranks = {name: spec.rank for name, spec in self.connector.streams.items()}
        assert len(set(ranks.values())) > 1

    def test_check_counts_what_is_visible(self, source: Connector) -> None:
        check = source.check()
        assert check.version
        assert check.warnings == ()
        assert set(check.visible) <= set(source.streams)
        assert all(count > 0 for count in check.visible.values())

    def test_schema_is_as_expected(self, source: Connector, stream: str) -> None:
        source.verify_schema(stream)

    def test_pages_are_bounded_and_plain(self, stand_in: StandIn, stream: str) -> None:
        pages = self.pages(stand_in.config, stream, {})
        keys = [row.external_key for page in pages for row in page.rows]
        assert keys or stream in self.sparse
        assert len(set(keys)) == len(keys)
        model = self.connector.streams[stream].model
        for page in pages:
            assert len(page.rows) <= TOO_MANY
            assert _as_stored(page.cursor) == page.cursor
            for row in page.rows:
                assert row.external_key.startswith(f"{model}/")
                assert _as_stored(row.payload) == row.payload
                assert row.updated_at is None or row.updated_at.utcoffset() == timedelta(0)

    def test_keys_are_those_of_the_rows(self, source: Connector, stand_in: StandIn, stream: str) -> None:
        keys = list(source.read_keys(stream))
        assert len(set(keys)) == len(keys)
        assert set(keys) == set(_content(self.pages(stand_in.config, stream, {})))

    def test_reading_again_brings_nothing_new(self, stand_in: StandIn, stream: str) -> None:
        first = self.pages(stand_in.config, stream, {})
        again = self.pages(stand_in.config, stream, _as_stored(first[-1].cursor) if first else {})
        assert _content(again).items() <= _content(first).items()
        assert stream not in self.lively or len(_content(again)) < len(_content(first)) / 2

    def test_a_run_that_stops_goes_on_where_it_stopped(self, stand_in: StandIn, stream: str) -> None:
        whole = self.pages(stand_in.config, stream, {})
        for stop in range(1, min(len(whole), 6)):
            begun = self.pages(stand_in.config, stream, {}, most=stop)
            rest = self.pages(stand_in.config, stream, _as_stored(begun[-1].cursor))
            assert _content(begun) | _content(rest) == _content(whole)
            assert rest[-1].cursor == whole[-1].cursor

    def test_mapping_is_pure(self, stand_in: StandIn, stream: str) -> None:
        spec = self.connector.streams[stream]
        for page in self.pages(stand_in.config, stream, {}):
            for row in page.rows:
                before = copy.deepcopy(row.payload)
                records = self._mapped(stream, row.payload)
                assert row.payload == before
                assert self._mapped(stream, _as_stored(row.payload)) == records
                for record in records or ():
                    assert KIND_OF[type(record)] in spec.kinds
                    own = (row.external_key, f"{row.external_key}.")  # itself, or one of its parts
                    assert record.external_key == own[0] or record.external_key.startswith(own[1])
                    assert all(_is_utc(value) for value in _values(record))

    def _mapped(self, stream: str, payload: Payload) -> list[Record] | None:
        try:
            return self.connector.to_records(stream, payload)
        except BadRow:
            return None

    def test_rows_have_a_page_in_the_source(self, stand_in: StandIn, stream: str) -> None:
        for key in list(_content(self.pages(stand_in.config, stream, {}, most=1)))[:2]:
            url = self.connector.record_url(stand_in.config, key)
            assert url == "" or url.startswith(stand_in.config.url)

    def test_a_wrong_password_is_refused(self, connect: Connect, stand_in: StandIn) -> None:
        opened = connect(stand_in.refused)
        with pytest.raises(SourceRefused, match=r"(?i)password.*Sources page"):
            opened.check()
        with pytest.raises(SourceRefused, match=stand_in.refused.username):
            list(opened.read(next(iter(opened.streams)), {}))

    def test_a_source_that_is_down_is_tried_again(self, connect: Connect, stand_in: StandIn) -> None:
        opened = connect(dataclasses.replace(stand_in.config, url="http://127.0.0.1:9"))
        with pytest.raises(SourceUnavailable, match=r"127\.0\.0\.1:9"):
            opened.check()

    @pytest.mark.parametrize("change", [faults.html, faults.broken_off, faults.out_of_order])
    def test_an_unreadable_answer_is_tried_again(
        self, source: Connector, stand_in: StandIn, change: Change
    ) -> None:
        with stand_in.changed(change), pytest.raises(SourceUnavailable, match=stand_in.config.url):
            source.check()

    def test_an_unreadable_answer_between_pages(self, source: Connector, stand_in: StandIn) -> None:
        stream = max(self.connector.streams, key=lambda name: len(self.pages(stand_in.config, name, {})))
        whole = self.pages(stand_in.config, stream, {})
        reading = source.read(stream, {})
        got = [next(reading)]
        with stand_in.changed(faults.broken_off), pytest.raises(SourceUnavailable):
            got += list(reading)
        rest = self.pages(stand_in.config, stream, got[-1].cursor)
        assert _content(got) | _content(rest) == _content(whole)

    def test_a_missing_field_is_named(self, connect: Connect, stand_in: StandIn, stream: str) -> None:
        """By the look at the schema before a run, or, where rows are its only schema, by reading."""
        spec = self.connector.streams[stream]
        for missing in (name for name, wanted in spec.fields.items() if not wanted.endswith("?")):
            opened = connect(stand_in.config)
            with stand_in.changed(stand_in.without(spec, missing)), pytest.raises(SchemaDrift) as drift:
                _verify_and_read(opened, stream)
            assert drift.value.model == spec.model
            assert [missing in problem for problem in drift.value.problems] == [True]


def _verify_and_read(source: Connector, stream: str) -> None:
    source.verify_schema(stream)
    for _page in source.read(stream, {}):
        pass


def _as_stored(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


def _content(pages: list[Page]) -> dict[str, str]:
    return {row.external_key: json.dumps(row.payload, sort_keys=True) for page in pages for row in page.rows}


def _values(record: object) -> Iterator[Any]:
    """All values in a record, those in its parts too."""
    if dataclasses.is_dataclass(record):
        for part in dataclasses.fields(record):
            yield from _values(getattr(record, part.name))
    elif isinstance(record, tuple):
        for one in record:
            yield from _values(one)
    else:
        yield record


def _is_utc(value: Any) -> bool:
    return not isinstance(value, datetime) or value.utcoffset() == timedelta(0)
