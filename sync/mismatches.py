"""What sources say differently of one thing: told once per field with all sides, closed when it is over."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet

from kpis.models import Equipment, Line, Plant, WorkOrder
from kpis.models.base import FromSource, Master
from sync import counterparts
from sync.corrections import to_json
from sync.identities import CANONICAL
from sync.load.choice import Said, chosen
from sync.load.fields import FIELDS, Field
from sync.mapping import NAMES
from sync.models import Counterpart, RawRecord, Stream, SyncException
from sync.ownership import Owners, owners
from sync.queue.telling import raise_each
from sync.queue.writer import RESOLVED, Problem, close, fingerprint
from sync.records import Kind

STATUS, OTHER = "status_mismatch", "ownership_mismatch"
AGREE = "The sources agree."
GONE = "One of the records is gone."


@dataclass(frozen=True, slots=True)
class _Difference:
    """Sources that disagree about a field of a row; ``sides``: that whose value counts first."""

    row: FromSource
    kind: Kind
    field: Field
    sides: Sequence[Counterpart]

    @property
    def filed_under(self) -> Counterpart:
        """The cause lies between two sources. It is filed under one whose record the row does not follow,
        whichever decides on the field, so that it stays the same cause when that changes."""
        return next(side for side in self.sides if side.source.name != self.row.source)

    @property
    def name(self) -> str:
        """The kind of exception."""
        return name_of(self.kind, self.field)

    @property
    def cause(self) -> str:
        return str(self.row.pk) if self.name == STATUS else f"{self.kind}:{self.row.pk}:{self.field.name}"

    @property
    def mark(self) -> str:
        return fingerprint(self.name, self.filed_under.source, self.cause)

    @property
    def values(self) -> dict[str, Any]:
        """Source and key of each side → value as JSON keeps it."""
        return {
            f"{side.source.name} {side.external_key}": side.values[self.field.on_row] for side in self.sides
        }


def name_of(kind: Kind, field: Field) -> str:
    """The kind of exception that a disagreement about a field is."""
    return STATUS if (kind, field.name) == (Kind.WORK_ORDER, "status") else OTHER


def row_of(context: Mapping[str, Any]) -> int:
    """The row a disagreement is about."""
    return int(context["row"]["id"] if "row" in context else context["work_order"])


def told(kind: Kind, ids: Collection[int] | None = None) -> QuerySet[SyncException]:
    """Disagreements about rows of a kind that are not resolved; None: about all."""
    rows = SyncException.objects.filter(kind__in=(STATUS, OTHER)).exclude(status=RESOLVED)
    if kind is Kind.WORK_ORDER:
        orders = rows.filter(context__has_key="work_order")
        return orders if ids is None else orders.filter(context__work_order__in=list(ids))
    rows = rows.filter(context__row__kind=kind.value)
    return rows if ids is None else rows.filter(context__row__id__in=list(ids))


def compare(kind: Kind, ids: Collection[int], why: str = AGREE) -> None:
    """Compare what sources say of rows; raise what differs, close what does no more.

    Args:
        why: they are closed, for the history.
    """
    if not ids or not any(field.alike for field in FIELDS[kind]):
        return
    found = {each.mark: each for each in _differences(kind, ids)}
    close(told(kind, ids).exclude(fingerprint__in=found), why)
    known = {
        mark: (status, message, context)
        for mark, status, message, context in SyncException.objects.filter(fingerprint__in=found).values_list(
            "fingerprint", "status", "message", "context"
        )
    }
    texts = _texts(found.values())
    streams = _streams(list(found.values()))
    news: list[tuple[Stream, Problem]] = []
    for mark, each in found.items():
        problem = _problem(each, texts)
        if not _known(known.get(mark), each, problem):
            news.append((streams[each.filed_under.pk], problem))
    raise_each(news)


def _known(known: tuple[str, str, Mapping[str, Any]] | None, each: _Difference, problem: Problem) -> bool:
    """Whether nothing is new: it is told already, or these values were settled by a change of owner."""
    if known is None:
        return False
    status, message, context = known
    if status == RESOLVED:
        return bool(context.get("settled") == each.values)
    return message == problem.message and context.get("owner") == problem.context["owner"]


def _differences(kind: Kind, ids: Collection[int]) -> Iterator[_Difference]:
    rows = _rows(kind, ids)
    said: dict[int, list[Counterpart]] = defaultdict(list)
    for each in counterparts.of(kind, rows.keys()):
        said[each.canonical_id].append(each)
    ruling = owners()
    for pk, records in said.items():
        if len({each.source_id for each in records}) > 1:
            yield from _of_row(kind, rows[pk], records, ruling)


def _rows(kind: Kind, ids: Collection[int]) -> dict[int, FromSource]:
    model: Any = CANONICAL[kind]
    rows = model.objects.filter(pk__in=ids)
    if kind is Kind.WORK_ORDER:
        rows = rows.filter(deleted_at=None).select_related("equipment__plant")
    else:
        rows = rows.filter(gone_at=None)
    if kind in (Kind.EQUIPMENT, Kind.LINE):
        rows = rows.select_related("plant")
    return {row.pk: row for row in rows}


def _of_row(
    kind: Kind, row: FromSource, records: Sequence[Counterpart], ruling: Owners
) -> Iterator[_Difference]:
    of = {said: each for each in records for said in [_said(each)]}
    followed = (row.source, row.external_key)
    base = next((said for said in of if (said.source, said.external_key) == followed), None)
    for field in FIELDS[kind]:
        if field.alike is None:
            continue
        ruler = chosen(field, kind, list(of), base, ruling)
        if ruler is not None and ruler.says(field):
            others = [said for said in of if said.source_id != ruler.source_id and said.says(field)]
            against = _against(field, ruler, others)
            if against:
                yield _Difference(row, kind, field, [of[ruler], *(of[said] for said in against)])


def _said(each: Counterpart) -> Said:
    return Said(each.source_id, each.source.name, each.external_key, each.values)


def _against(field: Field, ruler: Said, others: Sequence[Said]) -> list[Said]:
    """One record of each source of whose records none says the same."""
    by_source: dict[int, list[Said]] = defaultdict(list)
    for said in others:
        by_source[said.source_id].append(said)
    mine = ruler.values[field.on_row]
    return [
        group[0]
        for group in by_source.values()
        if field.alike and not any(field.alike(mine, said.values[field.on_row]) for said in group)
    ]


def _plant(row: FromSource) -> Plant | None:
    if isinstance(row, Plant):
        return row
    if isinstance(row, WorkOrder):
        return row.equipment.plant if row.equipment else None
    return row.plant if isinstance(row, Equipment | Line) else None


def _streams(found: Collection[_Difference]) -> dict[int, Stream]:
    """The stream each counterpart came by, by its id; where its row is not at hand, any of its source."""
    wanted = {(side.source_id, side.external_key): side for side in (each.filed_under for each in found)}
    sources = {source for source, _ in wanted}
    of_source = Stream.objects.filter(source__in=sources).select_related("source")
    streams = {stream.pk: stream for stream in of_source}
    any_of = {stream.source_id: stream for stream in streams.values()}
    rows = RawRecord.objects.filter(stream__source__in=sources, external_key__in=[key for _, key in wanted])
    exact = {
        (source, key): streams[stream]
        for source, key, stream in rows.values_list("stream__source", "external_key", "stream")
    }
    return {side.pk: exact.get(name) or any_of[side.source_id] for name, side in wanted.items()}


def _texts(found: Iterable[_Difference]) -> dict[tuple[type[Any], int], str]:
    """Names of the rows that references mean."""
    wanted: dict[type[Any], set[int]] = defaultdict(set)
    for each in found:
        if each.field.ref:
            wanted[_target(each)] |= {pk for pk in each.values.values() if pk is not None}
    named = ((model, model.objects.filter(pk__in=ids)) for model, ids in wanted.items())
    return {(model, row.pk): str(row) for model, rows in named for row in rows}


def _target(each: _Difference) -> type[Any]:
    target: Any = CANONICAL[each.kind]._meta.get_field(each.field.name).related_model
    return cast("type[Any]", target)


def _problem(each: _Difference, texts: Mapping[tuple[type[Any], int], str]) -> Problem:
    sides = [_side(each, side, texts) for side in each.sides]
    row, plant = each.row, _plant(each.row)
    machine = row if isinstance(row, Equipment) else getattr(row, "equipment", None)
    orders = {"work_order": row.pk} if isinstance(row, WorkOrder) else {}
    return Problem(
        kind=each.name,
        cause=each.cause,
        title=f"{_title(each)}: {each.field.label} differs",
        message=", ".join(f"“{side['value']}” in {side['source_title']}" for side in sides) + ".",
        external_key=each.filed_under.external_key,
        context={
            "row": {"kind": each.kind.value, "id": row.pk},
            "field": each.field.name,
            "owner": sides[0]["source"],
            "sides": sides,
            **orders,
        },
        plant_id=plant.pk if plant else None,
        equipment_id=machine.pk if isinstance(machine, Equipment) else None,
    )


def _title(each: _Difference) -> str:
    row = each.row
    if isinstance(row, WorkOrder):
        return f"Work order {row.number or row.external_key}"
    return f"{NAMES[each.kind].capitalize()} {row.name if isinstance(row, Master) else row.pk}"


def _side(each: _Difference, side: Counterpart, texts: Mapping[tuple[type[Any], int], str]) -> dict[str, Any]:
    raw = side.values[each.field.on_row]
    shown = texts.get((_target(each), raw), raw) if each.field.ref else raw
    return {
        "source": side.source.name,
        "source_title": side.source.title,
        "external_key": side.external_key,
        "value": shown.replace("_", " ") if each.name == STATUS else shown,
        "raw": raw,
        "at": to_json(side.source_updated_at),
        "title": side.values.get("title") or side.values.get("name", ""),
    }
