"""Numbers at hand → sums of components, by the names that standards and worked examples use. Pure.

Beside a component's own name these are understood: hours or minutes of it (``operating_h`` for
``operating_s``); the total that is its sum (``good``, ``downtime``, ``maintenance_cost``); an element of
ISO 22400-2 (``APT``, ``PBT``, ``PQ`` …); one ideal cycle with counts in place of ideal times; the value of
another KPI that this one is made of (OEE of availability, performance and quality).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain
from types import MappingProxyType

from kpis.definitions import CATALOGUE, Component, Kpi, Product, Ratio, Total
from kpis.definitions import components as c
from kpis.definitions.base import Linear
from kpis.definitions.names import NoSuchKpi, kpi_named

SCALES: Mapping[str, float] = MappingProxyType({"_h": 3600.0, "_min": 60.0})
CYCLE = frozenset({"ideal_cycle_s", "pri"})
BUSY = c.OEE_LOADING - c.OEE_EXTERNAL
ELEMENTS: Mapping[str, Linear] = MappingProxyType(
    {
        "pot": c.OEE_PLANNED,
        "pbt": c.OEE_LOADING,
        "apt": c.OEE_RUN,
        "aust": c.OEE_SETUP,
        "aupt": c.OEE_RUN + c.OEE_SETUP,
        "aubt": BUSY,
        "aoet": BUSY,
        "adet": c.OEE_BREAKDOWN + c.OEE_QUALITY_STOP,
        "pq": c.QUANTITY,
        "sq": c.SCRAP,
        "gq": c.QUANTITY - c.SCRAP,
        "tbf": c.OPERATING + c.SETUP,
        "ttf": c.OPERATING + c.SETUP,
        "ttr": c.FAILURE_DOWN,
        "fe": c.FAILURES,
        "cmt": c.LABOUR_CORRECTIVE,
        "pmt": c.LABOUR_PREVENTIVE,
    }
)
"""Elements of ISO 22400-2 as sums of components."""
NONE_UNLESS_GIVEN = (c.RUN_WITHOUT_IDEAL, c.PLANNED_STOP)
"""0 beside others where nobody gives it: a worked example judges all run time of time that was planned."""
OF_UNITS = "oee_"

Sums = dict[str, float]


@dataclass(frozen=True, slots=True)
class _Equation:
    """``top`` ÷ ``bottom`` = ``value``; without a bottom ``top`` = ``value``."""

    top: Linear
    value: float
    bottom: Linear | None = None


def sums_of(kpi: Kpi, given: Mapping[str, float]) -> Sums:
    """The sums of the KPI's components; those of its sample and its gaps are 0 where not given.

    A number that the KPI has no use for is left out. Where numbers say the same, components go before sums,
    and these before values of KPIs.

    Raises:
        ValueError: a component it needs does not follow from what is given, is negative, or a name is none.
    """
    known, said, cycle = _read(given)
    for name in _none_unless_given(kpi):
        known.setdefault(name, 0.0)
    for one in sorted(said, key=lambda each: (each.bottom is not None, len(each.top.terms))):
        _solve(one, known)
    if cycle is not None or _of_counts_alone(kpi):
        _ideal_times(cycle or 1.0, known)
    if isinstance(kpi, Product):
        _cancel(kpi, known)
    _check(kpi, known)
    samples = {found.name for found in (*kpi.components, *kpi.gaps)} | {c.FACTS.name}
    return {**dict.fromkeys(samples, 0.0), **known}


def _read(given: Mapping[str, float]) -> tuple[Sums, list[_Equation], float | None]:
    """Components, what else is said of them, and the ideal cycle."""
    known: Sums = {}
    said: list[_Equation] = []
    cycle = None
    for name, value in given.items():
        component = _component(name)
        if component is not None:
            known[component[0]] = value * component[1]
        elif name.lower() in CYCLE:
            cycle = value
        else:
            said.append(_equation(name, value))
    for name in list(known):
        twin = name.removeprefix(OF_UNITS) if name.startswith(OF_UNITS) else OF_UNITS + name
        if twin in _COMPONENTS:
            known.setdefault(twin, known[name])
    return known, said, cycle


def _component(given: str) -> tuple[str, float] | None:
    """The component of that name, and how many of its unit one of the given is."""
    if given in _COMPONENTS:
        return given, 1
    for ending, scale in SCALES.items():
        seconds = given.removesuffix(ending) + "_s"
        if given.endswith(ending) and seconds in _COMPONENTS:
            return seconds, scale
    return None


def _equation(name: str, value: float) -> _Equation:
    if name.lower() in ELEMENTS:
        return _Equation(ELEMENTS[name.lower()], value)
    try:
        kpi = CATALOGUE[kpi_named(name)]
    except NoSuchKpi:
        near = get_close_matches(name, [*_COMPONENTS, *ELEMENTS, *CATALOGUE], n=3)
        raise ValueError(f"There is no component “{name}”.{_meant(near)}") from None
    match kpi:
        case Total():
            return _Equation(kpi.of, value)
        case Ratio():
            return _Equation(kpi.top, value / kpi.scale, kpi.bottom)
        case Product():
            return _Equation(kpi.factors[-1].top, value, kpi.factors[0].bottom)
    raise TypeError(f"{kpi!r} is no kind of KPI that can be evaluated")


def _meant(near: Sequence[str]) -> str:
    return f" Is {' or '.join(near)} meant?" if near else ""


def _solve(one: _Equation, known: Sums) -> None:
    """Take from it what is not known yet; of a ratio of two unknown sums the bottom is 1."""
    if one.bottom is None:
        _set(one.top, one.value, known)
        return
    top = _value(one.top, known)
    if top is not None and one.value:
        _set(one.bottom, top / one.value, known)
    elif top is None:
        _set(one.bottom, 1.0, known)
        _set(one.top, one.value * (_value(one.bottom, known) or 0.0), known)


def _set(linear: Linear, value: float, known: Sums) -> None:
    """The first component not known takes what is left, the others are 0."""
    unknown = [term for term in linear.terms if term.component.name not in known]
    if not unknown:
        return
    first, *others = unknown
    known |= dict.fromkeys((term.component.name for term in others), 0.0)
    rest = sum(t.factor * known[t.component.name] for t in linear.terms if t != first)
    known[first.component.name] = (value - rest) / first.factor
    twin = first.component.name.removeprefix(OF_UNITS)
    if twin in _COMPONENTS:
        known.setdefault(twin, known[first.component.name])


def _value(linear: Linear, known: Sums) -> float | None:
    if any(term.component.name not in known for term in linear.terms):
        return None
    return linear.amount(known)


def _none_unless_given(kpi: Kpi) -> Iterator[str]:
    """Not where it is what is asked for."""
    sums = [sum_.terms for sum_ in linears_of(kpi)]
    for found in NONE_UNLESS_GIVEN:
        if not any(terms[0].component == found for terms in sums if len(terms) == 1):
            yield found.name


def _of_counts_alone(kpi: Kpi) -> bool:
    """Whether, of units of one kind, their ideal cycle does not matter."""
    return {term.component for sum_ in linears_of(kpi) for term in sum_.terms} == {c.IDEAL, c.IDEAL_GOOD}


def _ideal_times(cycle: float, known: Sums) -> None:
    made, good = _value(c.QUANTITY, known), _value(c.QUANTITY - c.SCRAP, known)
    if made is not None:
        known.setdefault(c.IDEAL.name, made * cycle)
    if good is not None:
        known.setdefault(c.IDEAL_GOOD.name, good * cycle)


def _cancel(kpi: Product, known: Sums) -> None:
    """Each top is the next bottom: of first bottom and last top alone, those between are as the bottom."""
    first = kpi.factors[0].bottom
    ends = _value(first, known), _value(kpi.factors[-1].top, known)
    if None in ends:
        return
    for factor in kpi.factors[:-1]:
        _set(factor.top, ends[0] or 0.0, known)


def _check(kpi: Kpi, known: Sums) -> None:
    needed = list(dict.fromkeys(term.component.name for sum_ in linears_of(kpi) for term in sum_.terms))
    if missing := [name for name in needed if name not in known]:
        raise ValueError(
            f"{kpi.name} = {kpi.formula} needs {', '.join(missing)}; give 0 for what there was none of."
        )
    if negative := [name for name in needed if known[name] < 0]:
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


def _all_components() -> Iterator[Component]:
    yield from (found for found in vars(c).values() if isinstance(found, Component))
    for component in chain.from_iterable((*kpi.components, *kpi.gaps) for kpi in CATALOGUE.values()):
        yield component
        yield from c.besides(component)


_COMPONENTS = frozenset(component.name for component in _all_components())
