"""Any JSON API that a declaration describes."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel

from sync.connectors.base import Check, Cursor, Page, Payload, SourceConfig
from sync.connectors.declared.classes import DeclaredConnector
from sync.connectors.declared.expressions import filled_text, find, plain_text
from sync.connectors.declared.streams import by_rank
from sync.connectors.rest.children import ChildReader
from sync.connectors.rest.client import Api
from sync.connectors.rest.declaration import RestDeclaration, RestStream
from sync.connectors.rest.listing import Lister
from sync.connectors.rest.reader import ListReader
from sync.connectors.rest.requests import path_of
from sync.connectors.rest.rows import Lists
from sync.errors import SourceRefused
from sync.records import Record


class RestConnector(DeclaredConnector):
    """Reads the API that a declaration describes.

    Options: those of ``Api``, ``page_size`` (in place of the declared one), ``ui_url``.
    """

    name: ClassVar[str] = "rest"
    title: ClassVar[str] = "Any JSON API (by a declaration)"
    model: ClassVar[type[BaseModel]] = RestDeclaration
    declaration: ClassVar[RestDeclaration]

    def __init__(self, config: SourceConfig) -> None:
        super().__init__(config)
        self._api = Api(self.declaration, config)
        self._lists = Lists(self._api)

    def check(self) -> Check:
        visible: dict[str, int] = {}
        warnings: list[str] = []
        for name in by_rank(self.declaration.streams):
            stream = self.declaration.streams[name]
            if stream.children:
                continue
            try:
                found = self._lister(stream).page({}, {})
                visible[name] = len(found.rows) if found.total is None else found.total
            except SourceRefused as refusal:
                if not visible:
                    raise  # the first of them stands for the log-in and the address
                visible[name] = 0
                warnings.append(f"{stream.title}: {refusal}")
        warnings += [f"{self.streams[name].title}: {why}" for name, why in self._empty(visible)]
        return Check(version=self._version(), visible=visible, warnings=tuple(warnings))

    def _empty(self, visible: Mapping[str, int]) -> Iterator[tuple[str, str]]:
        for name, count in visible.items():
            if not count and (why := self.why_empty(name)):
                yield name, why

    def _version(self) -> str:
        version = self.declaration.version
        if version is None:
            return self.declaration.system
        answer = self._api.call("GET", path_of(version.path, {"option": self._api.options}), [])
        return f"{self.declaration.system} {plain_text(find(version.from_, answer.body)) or ''}".strip()

    def verify_schema(self, stream: str) -> None:
        """Rows are the only schema an API has: each page is compared before any of its rows is handed on."""

    def read(self, stream: str, cursor: Cursor) -> Iterator[Page]:
        return self._reader(stream).pages(cursor)

    def cursor_since(self, stream: str, since: datetime) -> Cursor:
        own = self.declaration.streams[stream]
        source = self.declaration.streams[own.children.of] if own.children else own
        if source.incremental is None:
            return super().cursor_since(stream, since)
        return {"since": since.isoformat()}

    def read_keys(self, stream: str) -> Iterator[str]:
        return self._reader(stream).keys()

    def _reader(self, name: str) -> ListReader | ChildReader:
        stream = self.declaration.streams[name]
        lister = self._lister(stream)
        if stream.children is None:
            return ListReader(lister, self._lists)
        parents = ListReader(self._lister(self.declaration.streams[stream.children.of]), self._lists)
        return ChildReader(lister, self._lists, stream.children, parents)

    def _lister(self, stream: RestStream) -> Lister:
        return Lister(self._api, stream, int(self.config.options.get("page_size", 0)))

    @classmethod
    def to_records(cls, stream: str, payload: Payload) -> list[Record]:
        return cls.declaration.streams[stream].to_records(payload)

    @classmethod
    def record_url(cls, config: SourceConfig, external_key: str) -> str:
        model, _, one = external_key.partition("/")
        page = cls.declaration.pages.get(model)
        if page is None:
            return ""
        base = str(config.options.get("ui_url") or cls.declaration.ui or config.url).rstrip("/")
        return base + filled_text(page, {"id": one, "parent": one.partition(".")[0]})

    @classmethod
    def why_empty(cls, stream: str) -> str:
        return cls.declaration.streams[stream].why_empty

    def close(self) -> None:
        self._api.close()
