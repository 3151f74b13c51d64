"""Odoo Community or Enterprise, 14 and later, over its external API."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar
from urllib.parse import urljoin

from sync.connectors.base import (
    Check,
    Connector,
    Counted,
    Cursor,
    Figure,
    Page,
    Payload,
    SourceConfig,
    StreamSpec,
    Tally,
)
from sync.connectors.odoo import tallies
from sync.connectors.odoo.api import CHUNK, OdooApi
from sync.connectors.odoo.checking import checked, why_empty
from sync.connectors.odoo.json2 import Json2Transport, offered_version
from sync.connectors.odoo.reader import StreamReader, cursor_from
from sync.connectors.odoo.streams import STREAMS
from sync.connectors.odoo.transport import JsonRpcTransport, Transport
from sync.errors import SchemaDrift, SourceRefused
from sync.records import Record

JSON_2, JSON_RPC = "json-2", "json-rpc"


class OdooConnector(Connector):
    """Reads Odoo through JSON-2 where the server offers it and there is an API key, else through odoorpc.

    Options (all may be left out): ``transport`` (``json-2`` or ``json-rpc``, instead of what is found),
    ``overlap_min`` (30), ``page_size`` (500), ``timeout_s``, ``total_s``, ``max_answer_mb``, ``version``
    (major version, for links into Odoo 17 and older), ``work_order_prefix`` ("WO": how numbers of the CMMS's
    work orders begin in Odoo's texts), ``maintenance_accounts`` and ``maintenance_projects`` (ids of analytic
    accounts and projects whose lines are maintenance costs though they name no work order).
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
            self._connected = OdooApi(transport_for(self.config), self.config.options)
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

    def cursor_since(self, stream: str, since: datetime) -> Cursor:
        return cursor_from(STREAMS[stream].spec, since)

    def read_keys(self, stream: str) -> Iterator[str]:
        return self._reader(stream).keys()

    def tallies(self, stream: str, months: Sequence[date]) -> list[Tally] | None:
        return (
            None if self._reader(stream).falls_back() else tallies.tallies(self._api, STREAMS[stream], months)
        )

    def tally_rows(self, stream: str, month: date | None) -> Iterator[Counted]:
        if self._reader(stream).falls_back():
            return super().tally_rows(stream, month)
        return tallies.rows(self._api, STREAMS[stream], month)

    def figures(self, name: str, month: date | None = None) -> Iterator[Figure] | None:
        return tallies.figures(self._api, name, month)

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
        number = number.partition(".")[0]  # "<product>.<location>" is a level of that product
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


def transport_for(config: SourceConfig) -> Transport:
    """The way to call this server: JSON-2 is there from Odoo 19 on, JSON-RPC to Odoo 21.

    Raises:
        SourceRefused: JSON-2 is wanted, and there is no API key for it.
    """
    wanted = str(config.options.get("transport", ""))
    if wanted == JSON_2 and not config.api_key:
        raise SourceRefused("JSON-2 takes an API key, no password: enter one on the Sources page.")
    if wanted == JSON_RPC or not config.api_key:
        return JsonRpcTransport(config)
    version = offered_version(config)
    if version is None and wanted != JSON_2:
        return JsonRpcTransport(config)
    return Json2Transport(config, version or "19 or newer")
