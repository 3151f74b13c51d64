"""What every declared stream says, whatever brings its rows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import Field, model_validator

from sync.connectors.base import Criticality, Mode, Payload, StreamSpec
from sync.connectors.declared.contract import FieldType
from sync.connectors.declared.expressions import Path, Template, field_of, filled_text, truthy
from sync.connectors.declared.making import LONGEST_KEY, make
from sync.connectors.declared.names import in_template, unknown_names
from sync.connectors.declared.records import AnyRecord
from sync.connectors.declared.rules import Declared, FieldRule
from sync.connectors.declared.transforms import iso_datetime
from sync.connectors.declared.values import value_of
from sync.records import RECORD_OF, Kind, Master, Record

Seconds = Annotated[int, Field(gt=0)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Model = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9._-]{0,39}$")]


class StreamRule(Declared):
    """One flow of rows and what they mean.

    Args:
        title: for people.
        model: the source's name of what is read; the first half of external keys.
        key: the second half, such as ``{id}``.
        updated_at: when the source last changed the row.
        gone: JMESPath that is true for a row the source keeps though it is deleted.
        fields: what is read and relied on, by path and type; the rest of a row is not kept.
        records: what a row gives. None: rows are kept as evidence only.
        why_empty: what it may mean that not one row is visible, with the cure; "" where that is normal.
    """

    title: str
    model: Model
    key: Template
    updated_at: FieldRule | None = None
    gone: Path | None = None
    fields: Annotated[dict[str, FieldType], Field(min_length=1)]
    records: list[AnyRecord] = []
    every_s: Seconds = 300
    rank: Annotated[int, Field(ge=0, le=1000)] = 50
    acceptable_delay_s: Seconds | None = None
    mode: Mode = "poll"
    criticality: Criticality = "normal"
    refresh_every_s: Seconds | None = None
    reconciliation: str = "rows"
    why_empty: str = ""

    @model_validator(mode="after")
    def patient_enough(self) -> "StreamRule":
        if self.acceptable_delay_s is not None and self.acceptable_delay_s < self.every_s:
            raise ValueError("acceptable_delay_s: wanted at least every_s")
        return self

    @property
    def added(self) -> frozenset[str]:
        """Names a row has beside its ``fields``."""
        return frozenset()

    @model_validator(mode="after")
    def names_are_kept(self) -> "StreamRule":
        """A name that is not kept would be null for ever, and nobody would know why."""
        known = {path.split(".")[0] for path in self.fields} | set(self.fields) | self.added
        own = {*in_template(self.key), *filter(None, [field_of(self.gone or "")])}
        if unknown := sorted(unknown_names(self, known) | (own - known)):
            raise ValueError(f"{', '.join(unknown)}: not among the stream's `fields`")
        return self

    def spec(self, name: str, *, incremental: bool) -> StreamSpec:
        """The stream as the engine knows it."""
        return StreamSpec(
            name=name,
            title=self.title,
            model=self.model,
            kinds=tuple(dict.fromkeys(Kind(rule.kind) for rule in self.records)),
            fields=self.fields,
            every_s=self.every_s,
            rank=self.rank,
            incremental=incremental,
            acceptable_delay_s=self.acceptable_delay_s or max(900, 3 * self.every_s),
            mode=self.mode,
            criticality=self.criticality,
            refresh_every_s=self.refresh_every_s,
            reconciliation=self.reconciliation,
        )

    def external_key(self, payload: Payload) -> str:
        """``<model>/<key>``; "" of a row that does not name itself in at most 120 characters."""
        key = filled_text(self.key, payload)
        whole = f"{self.model}/{key}"
        return whole if key and len(whole) <= LONGEST_KEY else ""

    def is_gone(self, payload: Payload) -> bool:
        return self.gone is not None and truthy(self.gone, payload)

    def present(self, rows: Sequence[Payload]) -> list[Payload]:
        """The rows that count. Of facts also those that are gone: what they gave is taken back at once."""
        kinds = (RECORD_OF[rule.kind] for rule in self.records)
        if any(not issubclass(record, Master) for record in kinds):
            return list(rows)
        return [row for row in rows if not self.is_gone(row)]

    def to_records(self, payload: Payload) -> list[Record]:
        """The records of one row; none of a row that is gone. Raises ``BadRow``."""
        return [] if self.is_gone(payload) else make(self.records, self.external_key(payload), payload)

    def changed_at(self, payload: Payload) -> datetime | None:
        """When the source last changed the row. Raises ``BadRow``."""
        if self.updated_at is None:
            return None
        found = value_of(self.updated_at, payload)
        return found if found is None or isinstance(found, datetime) else iso_datetime(found)


def by_rank(streams: Mapping[str, StreamRule]) -> list[str]:
    """Names in the order of a first load: masters before what names them."""
    return sorted(streams, key=lambda name: (streams[name].rank, name))
