"""Pieces per product, plant and month: what the orders say they produced, and what their steps say here."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from kpis.models import Product, Production
from sync.connectors.base import Figure
from sync.errors import BadRow
from sync.models import HeldRecord, Identity, Source, Stream
from sync.reconcile.base import (
    ROWS_KEPT,
    Explanation,
    Measure,
    NotReady,
    Row,
    Rule,
    Subject,
    Tolerance,
    Window,
    counted,
    label,
)
from sync.reconcile.readiness import need_ready, production_systems, streams_of
from sync.records import Kind, ProductionRecord
from sync.sources import class_of, connect

BATCH = 1000
Group = tuple[int | None, str]


@dataclass(frozen=True, slots=True)
class Step:
    """What a step of an order has made, loaded or waiting. ``fact``, ``plant_id``: None of a waiting one."""

    end: datetime
    key: str
    quantity: float
    fact: int | None = None
    plant_id: int | None = None

    @property
    def rank(self) -> tuple[datetime, int, str]:
        """Of steps that ended together the later number is the last."""
        return self.end, len(self.key), self.key


@dataclass(frozen=True, slots=True)
class Order:
    """A finished order as its source totals it, and its last step here; None: nothing of it is here."""

    figure: Figure
    last: Step | None

    @property
    def here(self) -> float:
        return self.last.quantity if self.last else 0.0

    @property
    def held(self) -> float:
        return self.last.quantity if self.last and self.last.fact is None else 0.0


def measure(window: Window) -> Iterator[Measure]:
    systems = [one for one in production_systems() if window.source in (None, one)]
    streams = streams_of(systems, Kind.PRODUCTION)
    if not streams:
        raise NotReady("No system that tells what was produced is connected.")
    need_ready(streams, window.now)
    for source in systems:
        filed = next((stream for stream in streams if stream.source_id == source.pk), None)
        if filed:
            yield from _of_source(source, filed, window)


def _of_source(source: Source, filed: Stream, window: Window) -> Iterator[Measure]:
    waiting = _waiting(source)
    with closing(connect(source)) as connector:
        for month in window.months:
            figures = connector.figures("produced", month)
            if figures is None:
                window.left_out.append(f"{source.title} does not total its orders.")
                return
            for group, orders in _grouped(source, list(figures), waiting).items():
                yield _measure(source, filed, month, group, orders)


def _waiting(source: Source) -> dict[str, list[Step]]:
    """Finished steps whose rows wait in the queue, by order number."""
    found: dict[str, list[Step]] = defaultdict(list)
    held = HeldRecord.objects.filter(raw__stream__source=source, kind=Kind.PRODUCTION)
    for name, payload in held.values_list("raw__stream__name", "raw__payload").iterator(BATCH):
        try:
            records = class_of(source).to_records(name, payload)
        except BadRow:
            continue
        for record in records:
            if isinstance(record, ProductionRecord) and record.end and record.quantity > 0:
                step = Step(record.end, record.external_key, record.quantity)
                found[record.order_number].append(step)
    return found


def _grouped(
    source: Source, figures: Sequence[Figure], waiting: Mapping[str, Sequence[Step]]
) -> dict[Group, list[Order]]:
    """By plant and the product's key there. An order of which nothing is loaded belongs to no plant."""
    made = _made(source, {figure.label for figure in figures})
    groups: dict[Group, list[Order]] = defaultdict(list)
    for figure in figures:
        loaded = made.get(figure.label, [])
        steps = [*loaded, *waiting.get(figure.label, [])]
        last = max(steps, key=lambda step: step.rank, default=None)
        groups[loaded[0].plant_id if loaded else None, figure.about].append(Order(figure, last))
    return groups


def _made(source: Source, numbers: Collection[str]) -> dict[str, list[Step]]:
    rows = Production.objects.filter(
        source=source.name, order_number__in=numbers, deleted_at=None, quantity__gt=0
    )
    found: dict[str, list[Step]] = defaultdict(list)
    values = rows.values_list("order_number", "end", "external_key", "quantity", "pk", "equipment__plant")
    for number, end, key, quantity, fact, plant in values:
        if end is not None:
            found[number].append(Step(end, key, quantity, fact, plant))
    return found


def _measure(source: Source, filed: Stream, month: date, group: Group, orders: Sequence[Order]) -> Measure:
    plant, product = group
    return Measure(
        subject=Subject(
            key=f"{source.name}:{plant or ''}:{product}",
            title=_title(source, product),
            stream=filed,
            plant_id=plant,
        ),
        period=label(month),
        unit="pcs",
        sides={
            "orders": sum(order.figure.value for order in orders),
            "reporting": sum(order.here for order in orders),
            "held": sum(order.held for order in orders),
        },
        explain=partial(_explain, source, orders),
    )


def _title(source: Source, key: str) -> str:
    named = Identity.objects.filter(source=source, kind=Kind.PRODUCT, external_key=key).first()
    product = Product.objects.filter(pk=named.canonical_id).first() if named else None
    return str(product) if product else key


def _explain(source: Source, orders: Sequence[Order]) -> Explanation:
    rows = [_row(source, order) for order in orders if abs(order.figure.value - order.here) > 1e-6]
    rows.sort(key=lambda row: -abs(row.value or 0))
    missing = sum(row.where == "orders" for row in rows)
    note = f"{counted(len(rows), 'order')} with another quantity, {missing} of them without a step here."
    return Explanation(note=note, rows=rows[:ROWS_KEPT], total=len(rows))


def _row(source: Source, order: Order) -> Row:
    last = order.last
    waits = ", which waits in the queue" if last and last.fact is None else ""
    here = f"{order.here:g} from its last step{waits}" if last else "nothing"
    return Row(
        where="both" if last else "orders",
        text=f"{order.figure.label}: the order says {order.figure.value:g}, here {here}",
        value=order.figure.value - order.here,
        source=source.name,
        external_key=order.figure.external_key,
        event=f"production/{last.fact}" if last and last.fact else "",
    )


RULE = Rule(
    key="production",
    title="Produced quantities",
    meaning="A finished order has produced what its last step has. A difference means that an order or one "
    "of its steps was changed behind the other's back, or is missing here.",
    subject="product",
    sides={"orders": "Orders at the source", "reporting": "Here, waiting ones included"},
    parts={"held": "Waiting"},
    tolerance=Tolerance(absolute=0.5),
    measure=measure,
)
