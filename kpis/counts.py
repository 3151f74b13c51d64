"""Counts and ideal cycles of one machine's day: where units were made, and what they say of OEE. Pure."""

from collections.abc import Iterator

from kpis.evidence import DayFacts, Order, Output
from kpis.intervals import Span, intersect, merge, subtract, total, within
from kpis.plans import DayPlan, by_slot, slot_at
from kpis.products import ProductRows
from kpis.rows import ProductRow, Row


def own_run(output: Output, as_of: float) -> list[Span]:
    """The span of an order that made something and has no run logs: weak evidence that it ran."""
    return output.spread(as_of) if output.quantity and not output.runs and not output.booking else []


def add_oee(
    rows: list[Row], plan: DayPlan, running: list[Span], facts: DayFacts, as_of: float
) -> list[ProductRow]:
    """OEE components of a work unit; ``running``: the sorted disjoint spans claimed as run time.

    Returns them split by product.
    """
    products = ProductRows()
    for row in rows:
        row.oee_loading_s, row.oee_run_s = row.loading_s, row.run_s
    blind = intersect(running, _without_ideal(facts, as_of))
    lengths = by_slot(blind, plan, planned_only=True)
    for row, length in zip(rows, lengths, strict=True):
        row.run_without_ideal_s += length
    for output in facts.outputs:
        if output.counted and output.start < as_of:
            _add_counts(rows, products, plan, output, as_of)
    products.add_run(plan, facts, running, blind, as_of)
    products.add_facts(plan, facts)
    return products.sorted()


def _add_counts(rows: list[Row], products: ProductRows, plan: DayPlan, output: Output, as_of: float) -> None:
    """Counts by the share of the order's time in each row; a booking as a whole at its instant.

    What is made off shift is no part of OEE. A booking of scrap is, whenever it is made: it corrects counts.
    """
    correction = output.booking and not output.quantity
    for slot, share in _shares(plan, output, as_of):
        for row in (rows[slot], products.of(slot, output.product)):
            row.quantity += output.quantity * share
            row.scrap += output.scrap * share
            if output.ideal_cycle_s and (slot or correction):
                row.ideal_s += output.quantity * share * output.ideal_cycle_s
                row.ideal_good_s += (output.quantity - output.scrap) * share * output.ideal_cycle_s


def _shares(plan: DayPlan, output: Output, as_of: float) -> Iterator[tuple[int, float]]:
    spans = [] if output.booking else output.spread(as_of)
    if not spans:
        slot = slot_at(plan, output.start)
        if slot is not None:
            yield slot, 1.0
        return
    length = total(spans)
    for slot, seconds in enumerate(by_slot(within(spans, plan.start, plan.end), plan)):
        if seconds:
            yield slot, seconds / length


def _without_ideal(facts: DayFacts, as_of: float) -> list[Span]:
    """Spans that ran and say nothing of performance: no known ideal cycle, or counts nobody has reported yet.

    A run that names no order of ours is judged by the time.
    """
    orders = [output for output in facts.outputs if not output.booking]
    ideal = [output for output in orders if output.ideal_cycle_s]
    named = {output.order for output in orders}
    reported: dict[Order | None, float] = {}
    for output in ideal:
        reported[output.order] = max(output.counted_until(as_of), reported.get(output.order, 0))
    timed = merge(Span(output.start, min(output.end, output.counted_until(as_of))) for output in ideal)
    blind = [span for output in orders if not output.ideal_cycle_s for span in own_run(output, as_of)]
    sure: list[Span] = []
    for run in facts.runs:
        span = Span(run.start, run.end)
        if run.order is None or run.order not in named:
            blind += subtract([span], timed)
        else:
            until = reported.get(run.order, run.start)
            sure.append(Span(run.start, min(run.end, until)))
            blind.append(Span(max(run.start, until), run.end))
    return subtract(merge(blind), sure)
