"""Atlas CMMS (cloud or self-hosted) over its REST API."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar

from sync.connectors.atlas import listing, tallies
from sync.connectors.atlas.children import ChildReader, Pace
from sync.connectors.atlas.client import AtlasClient
from sync.connectors.atlas.reader import ListedReader
from sync.connectors.atlas.streams import CHILDREN, LISTED
from sync.connectors.base import (
    Check,
    Connector,
    Counted,
    Cursor,
    KeyPage,
    Page,
    Payload,
    SourceConfig,
    StreamSpec,
    Tally,
)
from sync.errors import SourceRefused
from sync.records import Record

EXPECTED = ("assets", "work_orders")
PAGES = {
    "location": "/app/locations/{}",
    "asset": "/app/assets/{}/details",
    "user": "/app/people-teams/people/{}",
    "part": "/app/inventory/parts/{}",
    "preventive-maintenance": "/app/preventive-maintenances/{}",
    "work-order": "/app/work-orders/{}",
    # Children have no page of their own; their keys are "<parent>.<id>" and lead to the parent's.
    "asset-downtime": "/app/assets/{}/downtimes",
    "labor": "/app/work-orders/{}",
    "part-quantity": "/app/work-orders/{}",
    "additional-cost": "/app/work-orders/{}",
}


class AtlasConnector(Connector):
    """Reads Atlas CMMS with e-mail and password, or with an API key where the licence allows it.

    Options (all may be left out): those of ``AtlasClient``, ``overlap_h`` (24), ``warm_per_run`` (40),
    ``cold_per_run`` (10), ``recheck_days`` (14), ``page_size`` (500),
    ``most_lookups`` (100, of one comparison), ``cost_categories`` (name of a cost category → ``labour``,
    ``parts`` or ``contractor``; others are ``other``), ``ui_url`` (where people open Atlas, if not ``url``).
    """

    name: ClassVar[str] = "atlas"
    title: ClassVar[str] = "Atlas CMMS"
    streams: ClassVar[Mapping[str, StreamSpec]] = {
        name: stream.spec for name, stream in (LISTED | CHILDREN).items()
    }

    def __init__(self, config: SourceConfig) -> None:
        super().__init__(config)
        self._client = AtlasClient(config)

    def check(self) -> Check:
        visible: dict[str, int] = {}
        warnings: list[str] = []
        self._client.get("/locations/mini")  # an unknown API key is refused here, not at the log-in
        for name, stream in LISTED.items():
            try:
                visible[name] = listing.search(self._client, stream.path, size=1).total
            except SourceRefused as refusal:
                visible[name] = 0
                warnings.append(f"{stream.spec.title}: {refusal}")
        warnings += [
            f"{self.streams[name].title}: {self.why_empty(name)}" for name in EXPECTED if not visible[name]
        ]
        return Check(version="Atlas CMMS", visible=visible, warnings=tuple(warnings))

    def verify_schema(self, stream: str) -> None:
        self._reader(stream).verify()

    def read(self, stream: str, cursor: Cursor) -> Iterator[Page]:
        return self._reader(stream).pages(cursor)

    def cursor_since(self, stream: str, since: datetime) -> Cursor:
        """Children do not say when they changed: those of parents changed since, and their usual rounds."""
        return {"since": since.isoformat(), "warm": 0, "cold": 0} if self.streams[stream].incremental else {}

    def read_keys(self, stream: str) -> Iterator[str]:
        return self._reader(stream).keys()

    def tallies(self, stream: str, months: Sequence[date]) -> list[Tally] | None:
        return tallies.tallies(self._client, LISTED[stream], months) if stream in LISTED else None

    def tally_rows(self, stream: str, month: date | None) -> Iterator[Counted]:
        """Children are listed by parent only: a look-up each, so only where the parents are few."""
        if stream in LISTED:
            return tallies.rows(self._client, LISTED[stream], month)
        tallies.few_parents(self._client, CHILDREN[stream], int(self.config.options.get("most_lookups", 100)))
        return super().tally_rows(stream, month)

    def read_key_pages(self, stream: str, cursor: Cursor) -> Iterator[KeyPage]:
        reader = self._reader(stream)
        if isinstance(reader, ChildReader):
            return reader.key_pages(cursor)
        return super().read_key_pages(stream, cursor)

    def _reader(self, stream: str) -> ListedReader | ChildReader:
        options = self.config.options
        overlap = timedelta(hours=float(options.get("overlap_h", 24)))
        size = int(options.get("page_size", listing.PAGE))
        if stream in LISTED:
            return ListedReader(self._client, LISTED[stream], overlap=overlap, size=size)
        pace = Pace(
            overlap=overlap,
            warm=int(options.get("warm_per_run", 40)),
            cold=int(options.get("cold_per_run", 10)),
            recheck=timedelta(days=float(options.get("recheck_days", 14))),
            size=size,
        )
        return ChildReader(self._client, CHILDREN[stream], pace)

    @classmethod
    def to_records(cls, stream: str, payload: Payload) -> list[Record]:
        found = LISTED.get(stream) or CHILDREN[stream]
        return found.to_records(payload)

    @classmethod
    def record_url(cls, config: SourceConfig, external_key: str) -> str:
        model, _, number = external_key.partition("/")
        if model not in PAGES:
            return ""
        base = str(config.options.get("ui_url") or config.url).rstrip("/").removesuffix("/api")
        return base + PAGES[model].format(number.partition(".")[0])

    @classmethod
    def why_empty(cls, stream: str) -> str:
        if stream not in EXPECTED:
            return ""
        return (
            "None is visible. Give the service account the role Administrator: other roles may see only what "
            "they made or are assigned to."
        )

    def close(self) -> None:
        self._client.close()
