"""Landing: rows as they came, once per content. ``current`` marks the latest content of each key."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID, uuid4

import orjson
from django.db import connection
from django.utils import timezone

from sync.connectors.base import Payload, Row
from sync.models import RawRecord, Stream
from sync.staging import Line, copy_rows, json_text, next_ids

CONTENT = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
TABLE = RawRecord._meta.db_table
COLUMNS = {
    "id": "int8",
    "stream_id": "int8",
    "external_key": "varchar",
    "digest": "bytea",
    "payload": "jsonb",
    "trace_id": "uuid",
    "source_updated_at": "timestamptz",
    "landed_at": "timestamptz",
    "current": "bool",
}


@dataclass(frozen=True, slots=True)
class Landed:
    """A landed row to be mapped. ``previous`` is the content it took the place of, if there was one."""

    raw_id: int
    external_key: str
    payload: Payload
    trace_id: UUID
    updated_at: datetime | None
    previous: Payload | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of a page: rows with new content, and how many we already had."""

    changed: list[Landed]
    unchanged: int


@dataclass(frozen=True, slots=True)
class _Known:
    raw_id: int
    digest: bytes
    updated_at: datetime | None
    gone: bool


@dataclass(frozen=True, slots=True)
class _Fresh:
    row: Row
    body: bytes
    digest: bytes


def land(stream: Stream, rows: Sequence[Row], *, incremental: bool) -> Landing:
    """Store the rows whose content is new, in one set. Call it inside the page's transaction.

    Of an incremental stream a row older than what we have is a late delivery and is passed over.
    """
    wanted = {key: _Fresh(row, *_content(row.payload)) for key, row in _folded(rows).items()}
    known = _known(stream, list(wanted))
    fresh = [
        new
        for key, new in wanted.items()
        if key not in known or (_differs(new, known[key]) and not (incremental and _late(new, known[key])))
    ]
    _confirm([(known[k].raw_id, new) for k, new in wanted.items() if k in known and _newer(new, known[k])])
    return Landing(_store(stream, fresh, known), len(rows) - len(fresh))


def _folded(rows: Sequence[Row]) -> dict[str, Row]:
    """One row per key: the newest, the last one of those equally new."""
    latest: dict[str, Row] = {}
    for row in rows:
        have = latest.get(row.external_key)
        if have is None or not _before(row.updated_at, have.updated_at):
            latest[row.external_key] = row
    return latest


def _before(mine: datetime | None, theirs: datetime | None) -> bool:
    return mine is not None and theirs is not None and mine < theirs


def _differs(new: _Fresh, have: _Known) -> bool:
    return have.gone or have.digest != new.digest


def _late(new: _Fresh, have: _Known) -> bool:
    return _before(new.row.updated_at, have.updated_at)


def _newer(new: _Fresh, have: _Known) -> bool:
    return not _differs(new, have) and _before(have.updated_at, new.row.updated_at)


def _content(payload: Payload) -> tuple[bytes, bytes]:
    try:
        body = orjson.dumps(payload, option=CONTENT)
    except TypeError:
        body = orjson.dumps(_storable(payload), option=CONTENT)
    if b"\\u0000" in body:
        body = orjson.dumps(_storable(payload), option=CONTENT)
    return body, blake2b(body, digest_size=16).digest()


def _storable(value: Any) -> Any:
    """The value without what PostgreSQL's JSON cannot hold: NUL characters and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return value


def _known(stream: Stream, keys: list[str]) -> dict[str, _Known]:
    # Locked, so that a replay of the old content waits for us, or we for it.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_key, id, digest, source_updated_at, gone_at IS NOT NULL FROM sync_rawrecord"
            " WHERE stream_id = %s AND external_key = ANY(%s) AND current ORDER BY id FOR UPDATE",
            [stream.pk, keys],
        )
        return {key: _Known(raw_id, bytes(digest), *rest) for key, raw_id, digest, *rest in cursor.fetchall()}


def _confirm(seen: Sequence[tuple[int, _Fresh]]) -> None:
    """Note that known content is newer than we thought, so that a late delivery of older content loses."""
    if not seen:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} r SET source_updated_at = s.at"  # noqa: S608 a constant
            " FROM unnest(%s::bigint[], %s::timestamptz[]) AS s(id, at) WHERE r.id = s.id",
            [[raw_id for raw_id, _ in seen], [new.row.updated_at for _, new in seen]],
        )


def _store(stream: Stream, fresh: Sequence[_Fresh], known: Mapping[str, _Known]) -> list[Landed]:
    if not fresh:
        return []
    replaced = [known[new.row.external_key].raw_id for new in fresh if new.row.external_key in known]
    previous = dict(RawRecord.objects.filter(id__in=replaced).values_list("external_key", "payload"))
    RawRecord.objects.filter(id__in=replaced).update(current=False)
    landed = [
        Landed(
            raw_id=raw_id,
            external_key=new.row.external_key,
            payload=orjson.loads(new.body),
            trace_id=uuid4(),
            updated_at=new.row.updated_at,
            previous=previous.get(new.row.external_key),
        )
        for raw_id, new in zip(next_ids(TABLE, len(fresh)), fresh, strict=True)
    ]
    now = timezone.now()
    copy_rows(TABLE, COLUMNS, (_line(stream, row, new, now) for row, new in zip(landed, fresh, strict=True)))
    return landed


def _line(stream: Stream, row: Landed, new: _Fresh, now: datetime) -> Line:
    body = json_text(new.body)
    return (
        row.raw_id, stream.pk, row.external_key, new.digest, body, row.trace_id, row.updated_at, now, True
    )  # fmt: skip


def locked(raw_ids: Collection[int]) -> list[Landed]:
    """Rows to be mapped again, locked. One that newer content has replaced, or that is gone, is left out."""
    found = (
        RawRecord.objects.select_for_update()
        .filter(id__in=raw_ids, current=True, gone_at=None)
        .order_by("id")
        .values_list("id", "external_key", "payload", "trace_id", "source_updated_at")
    )
    return [Landed(*row) for row in found]
