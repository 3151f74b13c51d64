"""What the data means: reporting schema, time model, components and KPIs.

Two questions cover most uses; both work without knowing the inside.

From the database, values of KPIs over places and production days (``Scope``), by bucket and by part::

    import kpis
    scope = kpis.Scope(first_day=date(2026, 6, 1), last_day=date(2026, 6, 30), plant_ids=(1,))
    for value in kpis.evaluate(["oee", "mtbf"], scope, grain="week", by="line"):
        print(value.kpi, value.bucket, value.key.label, value.value, value.undefined_reason)

From sums of components at hand, without a database; the glossary names the components of each KPI:

>>> import kpis
>>> found = kpis.compute("availability", {"oee_run_s": 373 * 60, "oee_loading_s": 420 * 60})
>>> round(found.value, 4), found.top, found.bottom
(0.8881, 22380.0, 25200.0)
>>> found = kpis.compute("mtbf", {"operating_s": 1000 * 3600, "failures": 0}, confidence=0.95)
>>> found.value, found.reason, round(found.lower / 3600, 1)
(None, 'no failure in this period', 333.8)

Numbers may have the names and units that standards and worked examples use (``kpis.given`` says which); what
follows from others need not be given:

>>> round(kpis.compute("OEE", {"availability": 0.9, "performance": 0.95, "quality": 0.999}).value, 4)
0.8541
>>> shift = {"shift_min": 480, "breaks_min": [15, 15, 30], "downtime_min": 47}
>>> given = {**shift, "ideal_cycle_s": 1, "total_count": 19271, "reject_count": 423}
>>> round(kpis.compute("OEE", given).value, 4)
0.7479
>>> kpis.compute("MTBF", {"hours": 700, "failures": 2}).value / 3600
350.0

Statistics of failure times and lives are in ``kpis.statistics``.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpis.engine import evaluate
    from kpis.evaluation import Result, compute
    from kpis.scope import By, Grain, Key, Scope, UnsupportedBreakdown, Value

__all__ = ["By", "Grain", "Key", "Result", "Scope", "UnsupportedBreakdown", "Value", "compute", "evaluate"]

# Looked up when asked for: Django imports this package before its models may be.
HOMES = {"evaluate": "kpis.engine", "compute": "kpis.evaluation", "Result": "kpis.evaluation"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'kpis' has no attribute {name!r}")
    found: object = getattr(import_module(HOMES.get(name, "kpis.scope")), name)
    return found
