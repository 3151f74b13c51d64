"""Numbers at hand → sums of components, by the names that standards and worked examples use. Pure.

Beside a component's own name these are understood:

- any unit of time in place of seconds: ``operating_h``, ``run_min``, ``mttr_hours``;
- words of examples (``kpis.definitions.words``): ``shift_min`` with ``breaks_min``, ``downtime_min``,
  ``total_count``, ``reject_count``, ``hours`` with ``failures``;
- elements of ISO 22400-2: ``POT``, ``PBT``, ``APT``, ``PQ``, ``GQ``, ``FE`` …;
- an ideal cycle (``ideal_cycle_s``, ``PRI``) or rate (``ideal_rate_per_min``) with counts;
- the value of a KPI, as a fraction or as ``availability_percent``: OEE of its factors;
- a list in place of a number, which is its sum; a list of cycles goes with lists of counts, by product.

What follows from the time model is worked out: loading time of shift, breaks and planned stops, run time of
loading time and stops.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from kpis.definitions import Kpi, Product, Ratio, Total
from kpis.definitions import components as c
from kpis.definitions import words as w
from kpis.definitions.base import Linear
from kpis.said import Given, Said, read
from kpis.solving import (
    ELSE_THE_SAME,
    NONE_UNLESS_GIVEN,
    STOPPED,
    TIME_MODEL,
    Equation,
    Sums,
    is_worth,
    plain,
    propagate,
    split,
)

HINTS: Mapping[str, str] = {
    "ideal_s": "ideal_cycle_s or ideal_rate_per_min, with total_count",
    "ideal_good_s": "good_count or reject_count, with ideal_cycle_s",
    "run_s": "run_min, or downtime_min beside planned time",
    "loading_s": "planned_production_time_min, or shift_min and breaks_min",
    "failures": "a count of failures",
}


def sums_of(kpi: Kpi, given: Given) -> Sums:
    """The sums of the KPI's components; those of its sample and its gaps are 0 where not given.

    A number that the KPI has no use for is left out. Where numbers say the same, components go before sums,
    and these before values of KPIs.

    Raises:
        ValueError: a component it needs does not follow from what is given, is negative, or a name is none.
    """
    known = _solved(kpi, read(kpi, given))
    _check(kpi, known)
    return _named(kpi, known)


def _named(kpi: Kpi, known: Sums) -> Sums:
    """By the components' own names."""
    samples = {found.name: known.get(plain(found.name), 0.0) for found in (*kpi.components, *kpi.gaps)}
    return {c.FACTS.name: 0.0, **known, **samples}


def _solved(kpi: Kpi, said: Said) -> Sums:
    """Each step first takes what follows by itself, then supposes what examples leave unsaid."""
    known, asked = said.known, linears_of(kpi)
    ratios = [is_worth(top, value, bottom) for top, bottom, value in said.values]
    equations = [*said.first, *said.sums, *ratios, *TIME_MODEL]
    for one in said.first:
        split(one, known, asked)
    propagate(equations, known)
    for one in said.sums:
        split(one, known, asked)
        propagate(equations, known)
    _suppose(kpi, equations, known)
    if set(STOPPED.unknown(known)) == {term.component.name for term in w.BUSY.terms}:
        split(STOPPED, known, asked)
    _ideal_times(kpi, said, known)
    propagate(equations, known)
    for _, bottom, _ in said.values:
        split(is_worth(bottom, 1.0), known)
        propagate(equations, known)
    for one in ratios:
        split(one, known, asked)
    if isinstance(kpi, Product):
        _cancel(kpi, known)
    return known


def _suppose(kpi: Kpi, equations: Sequence[Equation], known: Sums) -> None:
    needed = {plain(found.name) for found in kpi.components}
    judged = {c.RUN_WITHOUT_IDEAL, c.PLANNED_STOP}
    for none in NONE_UNLESS_GIVEN:
        asked = none.name in _alone(kpi) or (none not in judged and none.name in needed)
        if none.name not in known and not asked:
            known[none.name] = 0.0
            propagate(equations, known)
    for same in ELSE_THE_SAME:
        if set(same.unknown(known)) & needed:
            propagate([*equations, same], known)


def _alone(kpi: Kpi) -> Iterator[str]:
    """What the KPI asks for by itself, not in a sum."""
    sums = (sum_.terms for sum_ in linears_of(kpi))
    return (plain(terms[0].component.name) for terms in sums if len(terms) == 1)


def _ideal_times(kpi: Kpi, said: Said, known: Sums) -> None:
    if len(said.cycles) < 2:
        _of_one_product(kpi, said.cycles, known)
        return
    made, good = _by_product(said)
    known[c.IDEAL.name] = sum(n * cycle for n, cycle in zip(made, said.cycles, strict=True))
    known[c.IDEAL_GOOD.name] = sum(n * cycle for n, cycle in zip(good, said.cycles, strict=True))


def _of_one_product(kpi: Kpi, cycles: Sequence[float], known: Sums) -> None:
    """Of units of one kind their ideal cycle does not matter to a KPI of their counts alone."""
    of_counts = {term.component for sum_ in linears_of(kpi) for term in sum_.terms} == {c.IDEAL, c.IDEAL_GOOD}
    made, scrap = known.get(c.QUANTITY.name), known.get(c.SCRAP.name)
    cycle = cycles[0] if cycles else 1.0
    if made is None or not (cycles or of_counts):
        return
    known.setdefault(c.IDEAL.name, made * cycle)
    if scrap is not None:
        known.setdefault(c.IDEAL_GOOD.name, (made - scrap) * cycle)


def _by_product(said: Said) -> tuple[Sequence[float], Sequence[float]]:
    made, scrap, good = (said.lists.get(name) for name in (c.QUANTITY.name, c.SCRAP.name, "good"))
    if made is None and good is not None:
        made = [n + s for n, s in zip(good, scrap or [0.0] * len(good), strict=True)]
    if good is None and made is not None:
        good = [n - s for n, s in zip(made, scrap or [0.0] * len(made), strict=True)]
    if made is None or good is None or not len(made) == len(good) == len(said.cycles):
        raise ValueError(
            f"{len(said.cycles)} ideal cycles need as many counts: total_count, reject_count as lists."
        )
    return made, good


def _cancel(kpi: Product, known: Sums) -> None:
    """Each top is the next bottom: of first bottom and last top alone, those between are as the bottom."""
    if not all(_closes(factor, following) for factor, following in pairwise(kpi.factors)):
        return
    first = is_worth(kpi.factors[0].bottom, 0.0)
    last = is_worth(kpi.factors[-1].top, 0.0)
    if first.unknown(known) or last.unknown(known):
        return
    for factor in kpi.factors[:-1]:
        split(is_worth(factor.top, -first.left(known)), known)


def _closes(factor: Ratio, following: Ratio) -> bool:
    """Whether its top is the next bottom, up to run time that is not judged. In NEE it is not."""
    tops, bottoms = ({term.component for term in sum_.terms} for sum_ in (factor.top, following.bottom))
    return tops <= bottoms


def _check(kpi: Kpi, known: Sums) -> None:
    needed = dict.fromkeys(term.component.name for sum_ in linears_of(kpi) for term in sum_.terms)
    if missing := [name for name in needed if plain(name) not in known]:
        hints = [f"{name} ({HINTS[plain(name)]})" if plain(name) in HINTS else name for name in missing]
        raise ValueError(
            f"{kpi.name} = {kpi.formula} needs {', '.join(hints)}; give 0 for what there was none of."
        )
    if negative := [name for name in needed if known[plain(name)] < -1e-9]:
        raise ValueError(f"{kpi.name} = {kpi.formula}: {', '.join(negative)} would be below 0.")


def linears_of(kpi: Kpi) -> Sequence[Linear]:
    """The sums a KPI is made of."""
    match kpi:
        case Total():
            return (kpi.of,)
        case Ratio():
            return kpi.top, kpi.bottom
        case Product():
            return [linear for factor in kpi.factors for linear in linears_of(factor)]
    raise TypeError(f"{kpi!r} is no kind of KPI that can be evaluated")
