"""What a change of facts touches: the days whose components have to be computed again."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kpis.models import Production, Run
from kpis.rollup import mark_spans

Span = tuple[int, datetime, datetime | None]
GAP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Touched:
    """Spans and order steps, as (source, order key), of facts that changed."""

    spans: Collection[Span] = ()
    orders: Collection[tuple[str, str]] = ()

    def mark(self, now: datetime) -> None:
        """Mark their days, after the rows have changed: an order's counts are spread over all its runs."""
        spans = joined([*self.spans, *_of_orders(self.orders)])
        if spans:
            mark_spans(spans, now)


def _of_orders(orders: Collection[tuple[str, str]]) -> list[Span]:
    keys: dict[str, set[str]] = defaultdict(set)
    for source, key in orders:
        if key:
            keys[source].add(key)
    spans: list[Span] = []
    for source, wanted in keys.items():
        for model in (Run, Production):
            rows = model._default_manager.filter(source=source, order_key__in=wanted)
            spans += rows.values_list("equipment_id", "start", "end")
    return spans


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans of one machine that follow each other closely as one, since only their days matter."""
    result: list[Span] = []
    for machine, start, end in sorted(spans, key=lambda span: span[:2]):
        last = result[-1] if result else None
        if last and last[0] == machine and (last[2] is None or start <= last[2] + GAP):
            # A span that ends before it starts counts as its start, so the later end is kept.
            later = None if last[2] is None or end is None else max(last[2], end)
            result[-1] = (machine, last[1], later)
        else:
            result.append((machine, start, None if end is None else max(start, end)))
    return result
