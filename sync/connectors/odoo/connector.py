"""Odoo Community or Enterprise, 14 and later, over its external API."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import ClassVar
from urllib.parse import urljoin

from sync.connectors.base import Check, Connector, Cursor, Page, Payload, SourceConfig, StreamSpec
from sync.connectors.odoo.api import CHUNK, OdooApi
from sync.connectors.odoo.checking import checked, why_empty
from sync.connectors.odoo.reader import StreamReader
from sync.connectors.odoo.streams import STREAMS
from sync.connectors.odoo.transport import JsonRpcTransport
from sync.errors import SchemaDrift
from sync.records import Record


class OdooConnector(Connector):
    """Reads Odoo through odoorpc.

    Options (all may be left out): ``overlap_min`` (30), ``page_size`` (500), ``timeout_s``, ``total_s``,
    ``max_answer_mb``, ``version`` (major version, for links into Odoo 17 and older).
    """

    name: ClassVar[str] = "odoo"
    title: ClassVar[str] = "Odoo"
    streams: ClassVar[Mapping[str, StreamSpec]] = {name: stream.spec for name, stream in STREAMS.items()}

    def __init__(self, config: SourceConfig) -> None:
        super().__init__(config)
        self._connected: OdooApi | None = None

    @property
    def _api(self) -> OdooApi:
        if self._connected is None:
            self._connected = OdooApi(JsonRpcTransport(self.config))
        return self._connected

    def check(self) -> Check:
        return checked(self._api, self.config, self.verify_schema)

    def verify_schema(self, stream: str) -> None:
        wanted = STREAMS[stream]
        if wanted.fallback is not None and not self._api.readable(wanted.spec.model):
            return
        self._verify(wanted.spec.model, wanted.spec.fields)
        offered = self._api.types(wanted.spec.model)
        self._verify(wanted.spec.model, {n: t for n, t in wanted.optional.items() if n in offered})
        for model, fields in wanted.also.items():
            self._verify(model, fields)

    def _verify(self, model: str, fields: Mapping[str, str]) -> None:
        offered = self._api.types(model, fresh=True)
        problems = [
            f"{name}: expected {wanted}, found {offered.get(name, 'no such field')}"
            for name, wanted in fields.items()
            if offered.get(name) != wanted
        ]
        if problems:
            raise SchemaDrift(model, problems)

    def read(self, stream: str, cursor: Cursor) -> Iterator[Page]:
        return self._reader(stream).pages(cursor)

    def read_keys(self, stream: str) -> Iterator[str]:
        return self._reader(stream).keys()

    def _reader(self, stream: str) -> StreamReader:
        options = self.config.options
        overlap = timedelta(minutes=float(options.get("overlap_min", 30)))
        chunk = int(options.get("page_size", CHUNK))
        return StreamReader(self._api, STREAMS[stream], overlap=overlap, chunk=chunk)

    @classmethod
    def to_records(cls, stream: str, payload: Payload) -> list[Record]:
        return STREAMS[stream].to_records(payload)

    @classmethod
    def record_url(cls, config: SourceConfig, external_key: str) -> str:
        """Odoo 18 has short addresses; ``/web#…`` works in every version but redirects there."""
        model, _, number = external_key.rpartition("/")
        base = urljoin(config.url, "/").rstrip("/")  # people paste addresses such as …/web or …/odoo
        if int(config.options.get("version", 18)) >= 18:
            return f"{base}/odoo/{model}/{number}"
        return f"{base}/web#id={number}&model={model}&view_type=form"

    @classmethod
    def why_empty(cls, stream: str) -> str:
        return why_empty(STREAMS[stream])

    def close(self) -> None:
        if self._connected is not None:
            self._connected.transport.close()
            self._connected = None
