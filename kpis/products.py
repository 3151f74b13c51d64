"""What a work unit's run time and counts were for: the same components again, by product. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kpis.evidence import DayFacts
from kpis.intervals import Span, intersect, within
from kpis.plans import DayPlan, by_slot, slot_at
from kpis.rows import ProductRow

UNKNOWN = 0
"""Product of time that no order names a product for."""


class Stretch(NamedTuple):
    """A span in which the same products were made, sorted; the spans of a day partition it."""

    start: float
    end: float
    products: tuple[int, ...]


class ProductRows:
    """Rows of one machine's day by slot and product, made when first asked for."""

    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], ProductRow] = {}

    def of(self, slot: int, product: int) -> ProductRow:
        found = self._rows.get((slot, product))
        if found is None:
            found = self._rows[slot, product] = ProductRow(slot, product or None)
        return found

    def sorted(self) -> list[ProductRow]:
        return [self._rows[key] for key in sorted(self._rows)]

    def add_facts(self, plan: DayPlan, facts: DayFacts) -> None:
        """Order steps and bookings, where they start."""
        for output in facts.outputs:
            slot = slot_at(plan, output.start)
            if slot is not None:
                self.of(slot, output.product).facts += 1

    def add_run(
        self, plan: DayPlan, facts: DayFacts, running: Sequence[Span], blind: Sequence[Span], as_of: float
    ) -> None:
        """Shares the machine's run time, and what of it says nothing of performance, among its products."""
        for products, spans in _by_products(stretches(plan, facts, as_of)).items():
            run = by_slot(intersect(spans, running), plan, planned_only=True)
            silent = by_slot(intersect(spans, blind), plan, planned_only=True) if blind else []
            for slot, seconds in enumerate(run):
                for product in products if seconds else ():
                    row = self.of(slot, product)
                    row.oee_run_s += seconds / len(products)
                    row.run_without_ideal_s += silent[slot] / len(products) if silent else 0.0


def _by_products(parts: Iterable[Stretch]) -> dict[tuple[int, ...], list[Span]]:
    """Spans by the products made in them: a day has many stretches, and few products."""
    found: dict[tuple[int, ...], list[Span]] = {}
    for start, end, products in parts:
        found.setdefault(products or (UNKNOWN,), []).append(Span(start, end))
    return found


def stretches(plan: DayPlan, facts: DayFacts, as_of: float) -> Iterator[Stretch]:
    """The day cut where an order's run, or the order where it has no runs, begins and ends."""
    edges = [
        (max(start, plan.start), min(end, as_of), output.product)
        for output in facts.outputs
        if output.product and not output.booking
        for start, end in within(output.runs or (Span(output.start, output.end),), plan.start, plan.end)
    ]
    turns = [(start, 1, product) for start, end, product in edges if start < end]
    turns += [(end, -1, product) for start, end, product in edges if start < end]
    live: dict[int, int] = {}
    now = plan.start
    for at, step, product in [*sorted(turns), (plan.end, 0, UNKNOWN)]:
        if at > now:
            yield Stretch(now, at, tuple(sorted(live)))
            now = at
        live[product] = live.get(product, 0) + step
        if not live[product]:
            del live[product]
