"""Landing: a row per key with its latest content, in place. What it replaces goes to the history."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from math import isfinite
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import orjson
from django.db import connection
from django.utils import timezone

from sync.connectors.base import WHERE, Payload, Row
from sync.history import keep
from sync.models import RawRecord, Stream
from sync.records import Record
from sync.staging import Line, as_json, copy_rows, json_text, next_ids

CONTENT = orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
TABLE = RawRecord._meta.db_table
COUNTER_BITS = 20
COLUMNS = {
    "id": "int8",
    "stream_id": "int8",
    "external_key": "varchar",
    "digest": "bytea",
    "payload": "jsonb",
    "trace_id": "uuid",
    "source_updated_at": "timestamptz",
    "landed_at": "timestamptz",
}


class Landed(NamedTuple):
    """A landed row to be mapped.

    ``previous`` is the content it took the place of, if there was one; ``records`` what its content says,
    where that is known already.
    """

    raw_id: int
    external_key: str
    payload: Payload
    trace_id: UUID
    updated_at: datetime | None
    previous: Payload | None = None
    records: list[Record] | None = None


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of a page: rows with new content, and how many we already had."""

    changed: list[Landed]
    unchanged: int


class _Known(NamedTuple):
    raw_id: int
    digest: bytes
    updated_at: datetime | None
    gone: bool


class Fresh(NamedTuple):
    """A row as it is to be stored, with the digest of its content.

    ``payload`` is the body read back and ``records`` what it says, where these are known already.
    """

    row: Row
    body: bytes
    digest: bytes
    payload: Payload | None = None
    records: list[Record] | None = None


class _Change(NamedTuple):
    known: _Known
    fresh: Fresh


def fresh(row: Row) -> Fresh:
    """The row as it is to be stored. Pure: a thread may do it ahead."""
    return Fresh(row, *_content(row.payload))


def land(stream: Stream, rows: Sequence[Row], *, incremental: bool) -> Landing:
    """``store`` of rows as they come."""
    return store(stream, [fresh(row) for row in rows], incremental=incremental)


def store(stream: Stream, rows: Sequence[Fresh], *, incremental: bool) -> Landing:
    """Store the rows whose content is new, in one set. Call it inside the page's transaction, as the
    stream's only runner.

    Of an incremental stream a row older than what we have is a late delivery and is passed over.
    """
    wanted = _folded(rows)
    known = _known(stream, list(wanted))
    new: list[Fresh] = []
    other: list[_Change] = []
    seen: list[_Change] = []
    for key, mine in wanted.items():
        have = known.get(key)
        if have is None:
            new.append(mine)
        elif have.digest == mine.digest and not have.gone:
            if _before(have.updated_at, mine.row.updated_at):
                seen.append(_Change(have, mine))
        elif not (incremental and _before(mine.row.updated_at, have.updated_at)):
            other.append(_Change(have, mine))
    _confirm(seen)
    return Landing(_add(stream, new) + _replace(other), len(rows) - len(new) - len(other))


def _folded(rows: Sequence[Fresh]) -> dict[str, Fresh]:
    """One row per key: the newest, the last one of those equally new."""
    latest: dict[str, Fresh] = {}
    for mine in rows:
        row = mine.row
        have = latest.get(row.external_key)
        if have is None or not _before(row.updated_at, have.row.updated_at):
            latest[row.external_key] = mine
    return latest


def _before(mine: datetime | None, theirs: datetime | None) -> bool:
    return mine is not None and theirs is not None and mine < theirs


def stored(body: bytes) -> Payload:
    """A payload as it is read back from where it is stored."""
    payload: Payload = orjson.loads(body)
    return payload


def _content(payload: Payload) -> tuple[bytes, bytes]:
    """The payload as it is stored, and the digest of what of it is content: not the row's place."""
    body = _body(payload)
    content = body
    if WHERE in payload:
        content = _body({name: value for name, value in payload.items() if name != WHERE})
    return body, blake2b(content, digest_size=16).digest()


def _body(payload: Payload) -> bytes:
    try:
        body = orjson.dumps(payload, option=CONTENT)
    except TypeError:  # half a surrogate pair, or a number beyond 64 bits
        body = json.dumps(_storable(payload), sort_keys=True, separators=(",", ":")).encode()
    return orjson.dumps(_storable(payload), option=CONTENT) if b"\\u0000" in body else body


def _storable(value: Any) -> Any:
    """Without what PostgreSQL's JSON cannot hold: NUL characters, halves of surrogate pairs, no numbers."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_storable(key): _storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def _known(stream: Stream, keys: list[str]) -> dict[str, _Known]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT external_key, id, digest, source_updated_at, gone_at IS NOT NULL FROM sync_rawrecord"
            " WHERE stream_id = %s AND external_key = ANY(ARRAY(SELECT jsonb_array_elements_text(%s)))",
            [stream.pk, as_json(keys)],
        )
        return {key: _Known(raw_id, bytes(digest), *rest) for key, raw_id, digest, *rest in cursor.fetchall()}


def _confirm(seen: Sequence[_Change]) -> None:
    """Note that known content is newer than we thought, so that a late delivery of older content loses."""
    if not seen:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} r SET source_updated_at = s.at"  # noqa: S608 a constant
            " FROM unnest(%s::bigint[], %s::timestamptz[]) AS s(id, at) WHERE r.id = s.id",
            [[have.raw_id for have, _ in seen], [fresh.row.updated_at for _, fresh in seen]],
        )


def _add(stream: Stream, fresh: Sequence[Fresh]) -> list[Landed]:
    if not fresh:
        return []
    now = timezone.now()
    given = zip(next_ids(TABLE, len(fresh)), traces(len(fresh)), fresh, strict=True)
    landed = [_landed(raw_id, trace_id, new) for raw_id, trace_id, new in given]
    copy_rows(TABLE, COLUMNS, (_line(stream, row, new, now) for row, new in zip(landed, fresh, strict=True)))
    return landed


def traces(count: int) -> list[UUID]:
    """New trace ids, one after the other: side by side in the index, and one call for random bytes."""
    first = uuid4().int >> COUNTER_BITS << COUNTER_BITS
    return [UUID(int=first | number) for number in range(count)]


def _landed(raw_id: int, trace_id: UUID, new: Fresh, previous: Payload | None = None) -> Landed:
    row = new.row
    payload = stored(new.body) if new.payload is None else new.payload
    return Landed(raw_id, row.external_key, payload, trace_id, row.updated_at, previous, new.records)


def _line(stream: Stream, row: Landed, new: Fresh, now: datetime) -> Line:
    body = json_text(new.body)
    return row.raw_id, stream.pk, row.external_key, new.digest, body, row.trace_id, row.updated_at, now


def _replace(changes: Sequence[_Change]) -> list[Landed]:
    """Put new contents into the rows. What came back unchanged after it was gone is the same content."""
    if not changes:
        return []
    had = _lock([change.known.raw_id for change in changes])
    landed = [_renewed(change, *had[change.known.raw_id]) for change in changes]
    keep([change.known.raw_id for change in changes if _new_content(change)])
    _update([(row, change.fresh) for row, change in zip(landed, changes, strict=True)])
    return landed


def _new_content(change: _Change) -> bool:
    return change.fresh.digest != change.known.digest


def _renewed(change: _Change, payload: Payload, trace_id: UUID) -> Landed:
    trace = uuid4() if _new_content(change) else trace_id
    return _landed(change.known.raw_id, trace, change.fresh, payload)


def _lock(raw_ids: list[int]) -> dict[int, tuple[Payload, UUID]]:
    """Payload and trace of each row, locked: a replay of the old content waits for us, or we for it."""
    rows = RawRecord.objects.select_for_update().filter(id__in=raw_ids).order_by("id")
    found = rows.values_list("id", "payload", "trace_id")
    return {raw_id: (payload, trace_id) for raw_id, payload, trace_id in found}


def _update(rows: Sequence[tuple[Landed, Fresh]]) -> None:
    columns = zip(
        *((row.raw_id, new.digest, new.body.decode(), row.trace_id, row.updated_at) for row, new in rows),
        strict=True,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {TABLE} r SET digest = s.digest, payload = s.body::jsonb, trace_id = s.trace,"  # noqa: S608
            " source_updated_at = s.at, gone_at = NULL,"
            " landed_at = CASE WHEN r.trace_id = s.trace THEN r.landed_at ELSE %s END"
            " FROM unnest(%s::bigint[], %s::bytea[], %s::text[], %s::uuid[], %s::timestamptz[])"
            " AS s (id, digest, body, trace, at) WHERE r.id = s.id",
            [timezone.now(), *map(list, columns)],
        )


def locked(raw_ids: Collection[int]) -> list[Landed]:
    """Rows to be mapped again, with their latest content, locked. One that is gone is left out."""
    found = (
        RawRecord.objects.select_for_update()
        .filter(id__in=raw_ids, gone_at=None)
        .order_by("id")
        .values_list("id", "external_key", "payload", "trace_id", "source_updated_at")
    )
    return [Landed(*row) for row in found]
