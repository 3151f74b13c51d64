"""Facts from the tables to the kernel's tuples: a few set-based queries for any number of machines."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import inf
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection

from kpis.evidence import DayFacts, Order, Output, RunLog, State, Stop
from kpis.intervals import Span, merge
from kpis.plans import DayPlan

T = TypeVar("T")

STATES = {state.loss_class: state for state in State}

DAY_S = 86400
LONG = """("end" - start > interval '2 days')"""
"""As the partial indexes have it: the few facts that reach far back."""
# Three kinds, each by an index of its own: what begins about the window, the long, the open. By one condition
# all that a machine ever did before or after the window would be read.
WINDOWS = f"""
    FROM unnest(%s::bigint[], %s::float8[], %s::float8[]) WITH ORDINALITY AS w(equipment_id, a, b, n)
    JOIN LATERAL (
        SELECT * FROM {{table}} WHERE equipment_id = w.equipment_id AND NOT {LONG}
            AND start >= to_timestamp(w.a - {2 * DAY_S}) AND start < to_timestamp(w.b)
            AND "end" >= to_timestamp(w.a)
        UNION ALL SELECT * FROM {{table}} WHERE equipment_id = w.equipment_id AND {LONG}
            AND start < to_timestamp(w.b) AND "end" >= to_timestamp(w.a)
        UNION ALL SELECT * FROM {{table}} WHERE equipment_id = w.equipment_id AND "end" IS NULL
            AND start < to_timestamp(w.b)
    ) f ON true
    WHERE f.deleted_at IS NULL
"""  # noqa: S608 our own constants
TIMES = """extract(epoch FROM f.start)::float8, extract(epoch FROM f."end")::float8"""
COUNTS = (
    TIMES + ", f.quantity, f.scrap, f.ideal_cycle_s, f.source, f.order_key,"
    " extract(epoch FROM f.source_updated_at)::float8, coalesce(f.product_id, 0), f.id"
)
LOSS_CLASS = "(SELECT loss_class FROM kpis_reason r WHERE r.id = f.reason_id)"

STOPS = (
    "SELECT w.n, "
    + TIMES
    + ", "
    + LOSS_CLASS
    + ", f.reason_id, f.id"
    + WINDOWS.format(table="kpis_downtime")
    + " AND NOT f.inherited"
)
RUNS = (
    "SELECT w.n, "
    + TIMES
    + ", f.reduced_speed, f.source, f.order_key, f.id"
    + WINDOWS.format(table="kpis_run")
)
OUTPUTS = "SELECT w.n, " + COUNTS + WINDOWS.format(table="kpis_production")
ORDER_OUTPUTS = f"""
    SELECT w.n, {COUNTS}
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS w(n, equipment_id, source, order_key)
    JOIN kpis_production f USING (source, order_key, equipment_id)
    WHERE f.deleted_at IS NULL AND f.start IS DISTINCT FROM f."end"
"""  # noqa: S608 our own constants
ORDER_RUNS = f"""
    SELECT f.equipment_id, f.source, f.order_key, {TIMES}
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS w(equipment_id, source, order_key)
    JOIN kpis_run f USING (source, order_key, equipment_id)
    WHERE f.deleted_at IS NULL
"""  # noqa: S608


class Window(NamedTuple):
    """A span of one machine's time, in epoch seconds."""

    equipment_id: int
    start: float
    end: float


def load_facts(windows: Sequence[Window]) -> list[DayFacts]:
    """The facts that overlap or touch each window. Deleted and inherited ones are left out."""
    stops, runs = _by_window(STOPS, windows), _by_window(RUNS, windows)
    facts = [
        DayFacts(
            sorted(Stop(a, _end(b), STATES[row[0]], row[1], row[2]) for a, b, *row in stops[n]),
            sorted(
                (RunLog(a, _end(b), row[0], _order(row[1], row[2]), row[3]) for a, b, *row in runs[n]),
                key=lambda run: run[0],
            ),
            [],
        )
        for n in range(len(windows))
    ]
    for n, outputs in _outputs(windows, facts):
        facts[n].outputs.extend(outputs)
    return facts


def _outputs(windows: Sequence[Window], facts: list[DayFacts]) -> Iterator[tuple[int, list[Output]]]:
    """Outputs in each window, and those of orders with a run in it; with all runs of their orders."""
    found: list[dict[int, tuple[Any, ...]]] = [
        {row[-1]: row for row in rows} for rows in _by_window(OUTPUTS, windows)
    ]
    keys = {
        (n, windows[n].equipment_id, *run.order)
        for n, group in enumerate(facts)
        for run in group.runs
        if run.order is not None
    }
    for n, *row in _query(ORDER_OUTPUTS, _columns(keys, 4)):
        found[n][row[-1]] = tuple(row)
    runs = _order_runs(windows, found)
    for n, rows in enumerate(found):
        outputs = (_output(row, windows[n].equipment_id, runs) for row in rows.values())
        yield n, sorted(outputs, key=lambda output: (reach(output).start, output.id))


def _order_runs(
    windows: Sequence[Window], found: list[dict[int, tuple[Any, ...]]]
) -> dict[tuple[int, Order], tuple[Span, ...]]:
    keys = {
        (windows[n].equipment_id, row[5], row[6])
        for n, rows in enumerate(found)
        for row in rows.values()
        if row[6] and row[0] != row[1]
    }
    spans: defaultdict[tuple[int, Order], list[Span]] = defaultdict(list)
    for equipment_id, source, order_key, start, end in _query(ORDER_RUNS, _columns(keys, 3)):
        spans[equipment_id, (source, order_key)].append(Span(start, _end(end)))
    return {key: tuple(merge(group)) for key, group in spans.items()}


def _output(
    row: tuple[Any, ...], equipment_id: int, runs: dict[tuple[int, Order], tuple[Span, ...]]
) -> Output:
    start, end, quantity, scrap, ideal, source, order_key, reported, product, pk = row
    order = _order(source, order_key)
    spans = runs.get((equipment_id, order), ()) if order and start != end else ()
    return Output(start, _end(end), quantity, scrap, ideal, order, _end(reported), pk, spans, product)


def reach(output: Output) -> Span:
    """The span in which an output or its runs lie."""
    if not output.runs:
        return Span(output.start, output.end)
    return Span(min(output.start, output.runs[0].start), max(output.end, output.runs[-1].end))


def per_day(facts: DayFacts, plans: Iterable[DayPlan]) -> Iterator[tuple[DayPlan, DayFacts]]:
    """Each day, in ascending order, with the facts that overlap or touch it."""
    stops = _Sweep(facts.stops, [Span(stop.start, stop.end) for stop in facts.stops])
    runs = _Sweep(facts.runs, [Span(run.start, run.end) for run in facts.runs])
    outputs = _Sweep(facts.outputs, [reach(output) for output in facts.outputs])
    for plan in plans:
        here = [output for output in outputs.of(plan) if _touches(output, plan)]
        yield plan, DayFacts(stops.of(plan), runs.of(plan), here)


def _touches(output: Output, plan: DayPlan) -> bool:
    """Whether it, or a run of its order, is in the day: the days between have no part in it."""
    spans = (Span(output.start, output.end), *output.runs)
    return any(start < plan.end and end >= plan.start for start, end in spans)


class _Sweep(Generic[T]):
    """Walks through facts sorted by the start of their spans, keeping those that have not ended."""

    def __init__(self, facts: Sequence[T], spans: Sequence[Span]) -> None:
        self._facts, self._spans = facts, spans
        self._ahead = 0
        self._live: list[int] = []

    def of(self, plan: DayPlan) -> list[T]:
        while self._ahead < len(self._spans) and self._spans[self._ahead].start < plan.end:
            self._live.append(self._ahead)
            self._ahead += 1
        self._live = [n for n in self._live if self._spans[n].end >= plan.start]
        return [self._facts[n] for n in self._live]


def _by_window(sql: str, windows: Sequence[Window]) -> list[list[tuple[Any, ...]]]:
    grouped: list[list[tuple[Any, ...]]] = [[] for _ in windows]
    for n, *row in _query(sql, _columns(windows, 3)):
        grouped[n - 1].append(tuple(row))
    return grouped


def _columns(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _query(sql: str, columns: list[list[Any]]) -> list[tuple[Any, ...]]:
    if not columns[0]:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql, columns)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _end(value: float | None) -> float:
    return inf if value is None else value


def _order(source: str, order_key: str) -> Order | None:
    return (source, order_key) if order_key else None
