"""Sums of components → the value of a KPI. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from math import prod

from kpis.amounts import in_one_currency, left_out, not_converted
from kpis.definitions import CATALOGUE, Kpi, Product, Ratio, Total
from kpis.definitions import components as c
from kpis.definitions.base import NO_DATA
from kpis.definitions.names import kpi_named
from kpis.given import sums_of
from kpis.reliability.bounds import mtbf_bounds
from kpis.said import Given
from kpis.scope import WHOLE, Key, Value

CONTRADICTION = "units were counted where no running time was recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One part of a breakdown in one bucket. ``sums`` by component name; None: no rows.

    ``families``: those with rows, None: all. The sums of another that was asked for are 0. ``currency``: of
    its money; ``in_base``: the enterprise's, since its plants have several.
    """

    key: Key = WHOLE
    bucket: date | None = None
    shift: str = ""
    first_day: date
    last_day: date
    sums: Mapping[str, float] | None
    families: frozenset[str] | None = None
    open_events: bool = False
    currency: str = ""
    in_base: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A number, or why there is none. ``value`` = ``top`` / ``bottom`` where there is a bottom."""

    value: float | None
    reason: str
    top: float
    bottom: float | None
    sample: int
    lower: float | None = None
    upper: float | None = None
    confidence: float | None = None


def compute(name: str, components: Given, confidence: float = 0.9) -> Result:
    """The KPI ``name`` from sums of its components; its sample and its gaps may be absent.

    Names are read as people and standards write them: see ``kpis.definitions.names`` and ``kpis.given``.

    Raises:
        KeyError: there is no such KPI.
        ValueError: a component it needs is missing or negative, or a name is none.
    """
    kpi = CATALOGUE[kpi_named(name)]
    return _result(kpi, sums_of(kpi, components), confidence)


def value_of(kpi: Kpi, cell: Cell, confidence: float) -> Value:
    """The KPI's value in a cell, with what is needed to trust it."""
    sums = _sums(kpi, cell)
    result = _result(kpi, sums, confidence)
    if sums and (reason := not_converted(kpi, sums, base=cell.in_base)):
        result = Result(None, reason, 0.0, None, result.sample)
    return Value(
        kpi=kpi.name,
        unit=kpi.unit,
        key=cell.key,
        bucket=cell.bucket,
        shift=cell.shift,
        value=result.value,
        undefined_reason=result.reason,
        numerator=result.top,
        denominator=result.bottom,
        sample_size=result.sample,
        lower=result.lower,
        upper=result.upper,
        confidence=result.confidence,
        first_day=cell.first_day,
        last_day=cell.last_day,
        open_events=cell.open_events,
        unknown_share=_share(cell.sums, c.UNKNOWN.name, c.OEE_PLANNED.name),
        without_ideal_share=_share(cell.sums, c.RUN_WITHOUT_IDEAL.name, c.OEE_RUN.name),
        currency=cell.currency if kpi.of_money else "",
        missing=kpi.needs if sums is None else left_out(kpi, sums),
    )


def _sums(kpi: Kpi, cell: Cell) -> Mapping[str, float] | None:
    """Money in one currency; None where a family that it needs has no rows."""
    known = cell.families is None or cell.families >= {found.family for found in kpi.components}
    return in_one_currency(kpi, cell.sums, base=cell.in_base) if known and cell.sums is not None else None


def _result(kpi: Kpi, sums: Mapping[str, float] | None, confidence: float) -> Result:
    if sums is None:
        return Result(None, NO_DATA, 0.0, None, 0)
    match kpi:
        case Total():
            return _total(kpi, sums)
        case Ratio():
            return _ratio(kpi, sums, confidence)
        case Product():
            return _product(kpi, sums, confidence)
    raise TypeError(f"{kpi!r} is no kind of KPI that can be evaluated")


def _total(kpi: Total, sums: Mapping[str, float]) -> Result:
    """Nothing known, and something that is not in it: not 0."""
    total, sample = kpi.of.amount(sums), int(sums.get((kpi.sample or c.FACTS).name, 0))
    lacks = kpi.undefined if kpi.basis and not sums[kpi.basis.name] else "" if total else left_out(kpi, sums)
    return Result(None if lacks else total, lacks, total, None, sample)


def _ratio(kpi: Ratio, sums: Mapping[str, float], confidence: float) -> Result:
    top, bottom = kpi.top.amount(sums), kpi.bottom.amount(sums)
    sample = int(sums[kpi.sample.name])
    bounds = mtbf_bounds(top, int(bottom), confidence) if kpi.censored else None
    level = confidence if bounds else None
    lower, upper = bounds or (None, None)
    if kpi.undefined_top and top <= 0:
        return Result(None, kpi.undefined_top, top, bottom, sample)
    if bottom <= 0:
        return Result(None, kpi.undefined, top, bottom, sample, lower, upper, level)
    return Result(top / bottom * kpi.scale, "", top, bottom, sample, lower, upper, level)


def _product(kpi: Product, sums: Mapping[str, float], confidence: float) -> Result:
    """The bottom is the first factor's; the top fits: the last top, where all run time has an ideal cycle."""
    factors = [_ratio(factor, sums, confidence) for factor in kpi.factors]
    bottom, sample = factors[0].bottom, factors[0].sample
    known = list(takewhile(lambda factor: factor.value is not None, factors))
    value = prod(factor.value for factor in known if factor.value is not None)
    unknown = factors[len(known) :]
    if any(factor.value is None and factor.top > 0 for factor in unknown):
        return Result(None, CONTRADICTION, 0.0, bottom, sample)
    if unknown and value:
        return Result(None, unknown[0].reason, 0.0, bottom, sample)
    return Result(value, "", value * (bottom or 0.0), bottom, sample)


def _share(sums: Mapping[str, float] | None, top: str, bottom: str) -> float | None:
    if sums is None or not sums.get(bottom):
        return None
    return sums[top] / sums[bottom]
