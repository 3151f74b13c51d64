"""Landed rows → records, judged: what can be loaded, and what waits in the queue for which reason."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.utils import timezone

from sync.connectors.base import Payload
from sync.corrections import Values, active, changes_payload, on_payload, on_record, to_json
from sync.errors import BadRow
from sync.identities import identity_key
from sync.items import Item
from sync.landing import Landed
from sync.models import Source, Stream, SyncException
from sync.places import Places
from sync.queue.writer import Held, Problem
from sync.records import Kind, Record, Ref
from sync.references import Resolved
from sync.rules import Translation, translation
from sync.sources import class_of
from sync.validation import Violation

SHARED = frozenset({Kind.REASON, Kind.PRODUCT, Kind.PART, Kind.TECHNICIAN})
NAMES = {
    Kind.PLANT: "plant",
    Kind.LINE: "line",
    Kind.CALENDAR: "working calendar",
    Kind.EQUIPMENT: "machine",
    Kind.PRODUCT: "product",
    Kind.OPERATION: "operation",
    Kind.PART: "part",
    Kind.TECHNICIAN: "person",
    Kind.REASON: "reason",
    Kind.WORK_ORDER: "work order",
    Kind.DOWNTIME: "stop",
    Kind.RUN: "run",
    Kind.PRODUCTION: "production record",
    Kind.LABOUR: "logged work",
    Kind.PART_USE: "part use",
    Kind.COST: "cost",
    Kind.STOCK: "stock level",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """What rows say: records, problems of rows that cannot be read, and records these rows gave before."""

    items: list[Item]
    problems: list[Problem]
    before: set[tuple[type[Record], str]]


def read(stream: Stream, rows: Sequence[Landed]) -> Reading:
    """Turn landed rows into records with people's corrections applied."""
    connector = class_of(stream.source)
    corrections, translated = active(stream.source), translation(stream.source)
    items: list[Item] = []
    problems: list[Problem] = []
    before: set[tuple[type[Record], str]] = set()
    for row in rows:
        raw = corrections.get(row.external_key, {})
        try:
            records = None if raw or translated.rules else row.records
            if records is None:
                payload = translated.payload(row.payload) if translated.rules else row.payload
                records = connector.to_records(stream.name, on_payload(payload, raw) if raw else payload)
        except BadRow as bad:
            problems.append(unreadable(row, bad))
            records = []
        found = [_item(row, record, corrections.get(record.external_key), raw) for record in records]
        items += [_translated(item, translated) for item in found] if translated.rules else found
        if row.previous is not None:
            before |= said_before(stream, row.previous)
    return Reading(items, problems, before)


def _item(row: Landed, record: Record, values: Values | None, raw: Values) -> Item:
    """The record as corrected. Which of its fields a corrected raw field became only the connector knows."""
    if not values and not raw:
        return Item(row, record)
    own = {field.name for field in fields(record)} if changes_payload(raw) else set()
    if not values:
        return Item(row, record, frozenset(own))
    return Item(row, on_record(record, values), frozenset(own | set(values)))


def _translated(item: Item, rules: Translation) -> Item:
    record, changed = rules.record(item.record, fixed=item.corrected)
    return item._replace(record=record, corrected=item.corrected | changed) if changed else item


def said_before(stream: Stream, payload: Payload) -> set[tuple[type[Record], str]]:
    """The records that earlier content of a row gave, by type and key."""
    connector = class_of(stream.source)
    try:
        return {(type(record), record.external_key) for record in connector.to_records(stream.name, payload)}
    # Content that could not be mapped, whatever the reason, gave nothing; its own time told why.
    except Exception:  # noqa: BLE001
        return set()


def unreadable(row: Landed, bad: BadRow) -> Problem:
    """A row that is no record."""
    return Problem(
        kind="rejected_value",
        cause=row.external_key,
        title=f"{row.external_key} cannot be read",
        message=str(bad),
        external_key=row.external_key,
        trace_id=row.trace_id,
        context={"field": f"payload.{bad.field}" if bad.field else "", "payload": True},
        held=Held(row=row, start=row.updated_at, end=row.updated_at),
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """Records that are fine, and the problems of the others."""

    good: list[Item]
    problems: list[Problem]


def judge(
    source: Source, items: Iterable[Item], refs: Mapping[int, Sequence[Ref]], resolved: Resolved
) -> Verdict:
    """Check values and references. ``refs``: by position, the references each record needs."""
    now = timezone.now()
    good: list[Item] = []
    bad: list[tuple[Item, list[Violation], list[Ref]]] = []
    for position, item in enumerate(items):
        wrong = item.wrong(now)
        missing = [ref for ref in refs[position] if ref not in resolved.ids]
        if wrong or missing:
            bad.append((item, wrong, missing))
        else:
            good.append(item)
    places = Places(source, [item for item, _, _ in bad], resolved.ids)
    return Verdict(good, [problem for case in bad for problem in _problems(*case, resolved, places)])


def _problems(
    item: Item, wrong: list[Violation], missing: list[Ref], resolved: Resolved, places: "Places"
) -> Iterator[Problem]:
    held = places.held(item)
    if wrong:
        yield rejected(item, wrong, held, places.name(item))
    for ref in missing:
        yield from lost(ref, item, held, resolved)


def lost(ref: Ref, item: Item, held: Held, resolved: Resolved) -> Iterator[Problem]:
    """Why a reference leads nowhere: what its own record waits for, else that nobody knows it."""
    roots = resolved.roots.get(ref)
    if not roots:
        yield unmapped(resolved.fuller.get(ref, ref), item, held)
    for root in roots or ():
        yield again(root, held)


def rejected(item: Item, wrong: Sequence[Violation], held: Held, name: str) -> Problem:
    """A record with values that cannot be true. ``name``: what people know it by."""
    return Problem(
        kind="rejected_value",
        cause=item.key,
        title=f"{NAMES[item.kind].capitalize()} {name}: {wrong[0].field.replace('_', ' ')} rejected",
        message=" ".join(violation.message for violation in wrong),
        external_key=item.key,
        trace_id=item.row.trace_id,
        context={"field": wrong[0].field, "fields": [violation.field for violation in wrong], **shown(item)},
        plant_id=held.plant_id,
        equipment_id=held.equipment_id,
        held=held,
    )


def unmapped(ref: Ref, item: Item, held: Held) -> Problem:
    """A record that names something we do not know. What plants share is asked of the people of all."""
    shared = ref.kind in SHARED
    what, name = NAMES[ref.kind], ref.label or next(iter(ref.codes), ref.key)
    return Problem(
        kind="orphan" if ref.kind == Kind.WORK_ORDER else "unmapped_key",
        cause=f"{ref.kind}:{identity_key(ref)}",
        title=f"Unknown {what}: {name}",
        message=f"“{name}” ({ref.key or 'no key'}) matches no {what} we know. Records that name it wait.",
        external_key=ref.key,
        trace_id=item.row.trace_id,
        context={
            "ref": {"kind": ref.kind.value, "key": ref.key, "codes": list(ref.codes), "label": ref.label}
        },
        plant_id=None if shared else held.plant_id,
        equipment_id=None if shared or ref.kind == Kind.EQUIPMENT else held.equipment_id,
        held=held,
    )


def again(exception: SyncException, held: Held) -> Problem:
    """One more row for an exception there is."""
    return Problem(
        kind=exception.kind,
        cause=exception.fingerprint.removeprefix(f"{exception.kind}:{exception.source.name}:"),
        title=exception.title,
        message=exception.message,
        external_key=exception.external_key,
        trace_id=exception.trace_id,
        context=exception.context,
        plant_id=exception.plant_id,
        equipment_id=exception.equipment_id,
        held=held,
    )


def shown(item: Item) -> dict[str, Any]:
    """The record's plain values for the exception's page."""
    values = {field.name: getattr(item.record, field.name) for field in fields(item.record)}
    plain = {name: to_json(value) for name, value in values.items() if not isinstance(value, Ref | tuple)}
    named = {name: value.label or value.key for name, value in values.items() if isinstance(value, Ref)}
    return {"record_kind": item.kind.value, "record_key": item.key, "record": {**plain, **named}}


def ref_of(context: Mapping[str, Any]) -> Ref:
    """The reference an ``unmapped_key`` exception is about."""
    ref = context["ref"]
    return Ref(kind=Kind(ref["kind"]), key=ref["key"], codes=tuple(ref["codes"]), label=ref["label"])
