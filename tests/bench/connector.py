"""A source in memory, which makes its rows as they are read: it takes neither room nor a network."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from sync.connectors.base import Check, Connector, Cursor, Page, Payload, Row, SourceConfig, StreamSpec
from sync.records import Kind, Record
from tests.bench import rows

PAGE = 1000
SPEC = StreamSpec(
    name="production",
    title="Production",
    model="mrp.workorder",
    kinds=(Kind.PRODUCTION,),
    incremental=False,
)


class BenchConnector(Connector):
    """Offers as many rows as its option ``rows`` says."""

    name: ClassVar[str] = "bench"
    title: ClassVar[str] = "Bench"
    streams: ClassVar[Mapping[str, StreamSpec]] = {SPEC.name: SPEC}

    def check(self) -> Check:
        return Check(version="1", visible={})

    def verify_schema(self, stream: str) -> None:
        return

    def read(self, stream: str, cursor: Cursor) -> Iterator[Page]:
        count = int(self.config.options["rows"])
        for page in rows.pages(count, PAGE):
            made = [rows.payload(number) for number in page]
            yield Page([Row(f"mrp.workorder/{row['id']}", row) for row in made], {}, count)

    def read_keys(self, stream: str) -> Iterator[str]:
        return (f"mrp.workorder/{number}" for number in range(int(self.config.options["rows"])))

    @classmethod
    def to_records(cls, stream: str, payload: Payload) -> list[Record]:
        return [rows.record(payload)]

    @classmethod
    def record_url(cls, config: SourceConfig, external_key: str) -> str:
        return ""
