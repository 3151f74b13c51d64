"""What pages ask of an enterprise's components: median times, PostgreSQL's computing, and what it reads.

``python -m tests.bench.asking MACHINES DAYS`` prints JSON.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from statistics import median
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402 models need the set-up

from kpis.engine import By, Grain, Scope, View, evaluate_views, pareto  # noqa: E402
from kpis.models import Equipment, Line, Plant  # noqa: E402
from tests.bench import factory  # noqa: E402
from tests.bench.clock import postgres_cpu  # noqa: E402

TILES = ("oee", "availability", "performance", "quality", "downtime", "failures", "mtbf", "mttr")
TRIES = 9
TABLES = ("components", "months", "plantdays", "plantreasons")
Question = Callable[[], Any]


def main(machines: int, days: int) -> None:
    factory.places(machines)
    factory.components(days)
    print(json.dumps([_measured(title, ask) for title, ask in questions(days)]))


def questions(days: int) -> Iterator[tuple[str, Question]]:
    """Each page's own, over the year and over the last month."""
    last = factory.FIRST + timedelta(days=days - 1)
    year = Scope(first_day=factory.FIRST, last_day=last)
    month = Scope(first_day=last - timedelta(days=29), last_day=last)
    plant, line, machine = (
        model.objects.values_list("pk", flat=True)[0] for model in (Plant, Line, Equipment)
    )
    places: dict[str, tuple[dict[str, Any], tuple[By, ...]]] = {
        "enterprise": ({}, ("plant",)),
        "plant": ({"plant_ids": (plant,)}, ("line", "equipment")),
        "line": ({"line_ids": (line,)}, ("equipment",)),
        "machine": ({"equipment_ids": (machine,)}, ()),
    }
    periods: tuple[tuple[str, Scope, Grain], ...] = (("30 days", month, "day"), ("year", year, "month"))
    for place, (limits, bys) in places.items():
        for period, whole, grain in periods:
            scope = _within(whole, limits)
            yield f"{place}, {period} by {grain}", _page(scope, grain, bys)
            yield f"Pareto of {place}, {period}", lambda scope=scope: pareto(scope)  # type: ignore[misc]
    scope = _within(year, {"plant_ids": (plant,)})
    grains: tuple[Grain, ...] = ("month", "week", "day")
    for grain in grains:
        yield f"trend of plant, year by {grain}", _page(scope, grain, (), trend=True)
    yield "plant, year by machine", _page(scope, None, ("equipment",))


def _within(scope: Scope, limits: dict[str, Any]) -> Scope:
    return Scope(first_day=scope.first_day, last_day=scope.last_day, **limits)


def _page(scope: Scope, grain: Grain | None, bys: tuple[By, ...], *, trend: bool = False) -> Question:
    """Whole, trend and parts, as the pages of places ask for them."""
    views = [View(("oee",), grain), *([] if trend else [View(TILES)]), *(View(TILES, by=by) for by in bys)]
    return lambda: evaluate_views(views, scope)


class Recorder:
    """Times statements in PostgreSQL and keeps them, to be explained."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.statements: list[tuple[str, Any]] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began = time.perf_counter()
        found = execute(sql, params, many, context)
        self.seconds += time.perf_counter() - began
        self.statements.append((sql, params))
        return found


def _measured(title: str, ask: Question) -> dict[str, Any]:
    ask()
    seconds = []
    before = postgres_cpu()
    for _ in range(TRIES):
        recorder = Recorder()
        with connection.execute_wrapper(recorder):
            ask()
        seconds.append(recorder.seconds)
    computing = (postgres_cpu() - before) / TRIES
    plans = [_explained(*statement) for statement in recorder.statements]
    return {
        "title": title,
        "ms": median(seconds) * 1000,
        "computing_ms": computing * 1000,
        "rows": sum(plan[0] for plan in plans),
        "scans": sorted({scan for plan in plans for scan in plan[1]}),
    }


def _explained(sql: str, params: Any) -> tuple[int, set[str]]:
    """Component rows read, and how."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        (((found,),),) = (cursor.fetchall(),)
    nodes = list(_nodes(found[0]["Plan"]))
    leaves = [node for node in nodes if node.get("Relation Name", "").endswith(TABLES)]
    rows = sum(
        (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for node in leaves
    )
    return int(rows), {f"{node['Node Type']} {node['Relation Name']}" for node in leaves}


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
