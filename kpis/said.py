"""A number's name, as standards and worked examples have it → what is said of which components. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain

from kpis.definitions import CATALOGUE, Component, Kpi, Product, Ratio, Total, Unit
from kpis.definitions import components as c
from kpis.definitions import words as w
from kpis.definitions.base import Linear
from kpis.definitions.names import NoSuchKpi, kpi_named, slug
from kpis.solving import Equation, Sums, is_worth, plain

Numbers = float | Sequence[float]
Given = Mapping[str, Numbers]
MOST_OF_SHARE = 3.0
"""Above it, a share was surely meant in percent."""


@dataclass(slots=True)
class Said:
    """Components that were given; what was said of sums and of KPIs; ideal cycles, in seconds."""

    known: Sums = field(default_factory=dict)
    first: list[Equation] = field(default_factory=list)
    sums: list[Equation] = field(default_factory=list)
    values: list[tuple[Linear, Linear, float]] = field(default_factory=list)
    cycles: Sequence[float] = ()
    scaled: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    lists: dict[str, Sequence[float]] = field(default_factory=dict)


def read(kpi: Kpi, given: Given) -> Said:
    """All that is said. Raises ValueError for a name that is none, or without the unit that others have."""
    said = Said()
    for name, value in given.items():
        _read(kpi, name, value, said)
    _check_units(said)
    return said


def _read(kpi: Kpi, name: str, value: Numbers, said: Said) -> None:
    word = slug(name)
    if _cycle(word, value, said):
        return
    for base, scale in _readings(word):
        bare = base == word and word not in _COMPONENTS
        if base.removesuffix("_s") in w.BREAK_WORDS:
            said.known[w.BREAKS.name] = said.known.get(w.BREAKS.name, 0.0) + _total(value) * scale
        elif (linear := _meaning(kpi, base)) is not None:
            _say(kpi, base, linear, value, scale, said)
            bare = bare and _of_time(linear)
        else:
            continue
        _note_unit(word, scale, said, bare=bare)
        return
    _value_of_kpi(name, word, _total(value), said)


def _say(kpi: Kpi, word: str, linear: Linear, value: Numbers, scale: float, said: Said) -> None:
    if word.removesuffix("_s") in w.OF_KPI.get(kpi.name, {}):
        said.first.append(is_worth(linear, _total(value) * scale))
    elif linear is _COMPONENTS.get(word):
        said.known[plain(word)] = _total(value) * scale
    else:
        said.sums.append(is_worth(linear, _total(value) * scale))
    if not isinstance(value, int | float):
        said.lists["good" if linear is w.GOOD else plain(linear.terms[0].component.name)] = value


def _readings(word: str) -> Iterator[tuple[str, float]]:
    """The word as it is; then, where it ends in a unit of time, ending in seconds, and how many one is."""
    yield word, 1.0
    week = "_per_week" if word.endswith("_per_week") else ""
    base, _, unit = word.removesuffix(week).rpartition("_")
    if base and unit in w.UNITS:
        yield f"{base}_s{week}", w.UNITS[unit]
    elif word == "hours":
        yield c.OPERATING.name, w.UNITS[word[0]]


def _meaning(kpi: Kpi, word: str) -> Linear | None:
    """What is in seconds is a time; a bare word may be."""
    bare = word.removesuffix("_s").removesuffix("_s_per_week")
    component = _COMPONENTS.get(word)
    own = component if component in list(kpi.components) else None
    found = w.OF_KPI.get(kpi.name, {}).get(bare) or own or w.WORDS.get(bare) or component
    return found if found is None or word == bare or _of_time(found) else None


def _of_time(linear: Linear) -> bool:
    return linear.terms[0].component.unit is Unit.SECONDS


def _note_unit(word: str, scale: float, said: Said, *, bare: bool) -> None:
    if scale != 1:
        said.scaled.append(word)
    elif bare:
        said.bare.append(word)


def _cycle(word: str, value: Numbers, said: Said) -> bool:
    """Whether it is an ideal cycle, or a rate, which is taken."""
    for base, scale in _readings(word):
        if base.removesuffix("_s") in w.CYCLES:
            _note_unit(word, scale, said, bare=base == word and not word.endswith("_s"))
            said.cycles = [each * scale for each in _list(value)]
            return True
    for rate, seconds in w.RATES.items():
        if word.endswith(f"_{rate}") and word.removesuffix(f"_{rate}") in w.IDEAL_RATES:
            if min(_list(value)) <= 0:
                raise ValueError(f"{word} is above 0, not {value}.")
            said.cycles = [seconds / each for each in _list(value)]
            return True
    return False


def _value_of_kpi(name: str, word: str, value: float, said: Said) -> None:
    base, _, ending = word.rpartition("_")
    percent = ending in w.PERCENT
    unit = w.UNITS.get(ending, 1.0) if base else 1.0
    kpi = _kpi(word) or (_kpi(base) if percent or unit != 1 else None)
    if kpi is None:
        near = get_close_matches(word, [*_COMPONENTS, *w.WORDS, *CATALOGUE], n=3)
        raise ValueError(f"There is no component “{name}”.{_meant(near)}")
    if kpi.unit is Unit.SHARE and abs(value) > MOST_OF_SHARE and not percent:
        raise ValueError(
            f"{name} is a fraction of 1, not {value:g}: give {value / 100:g}, or {word}_percent."
        )
    if kpi.unit is Unit.SECONDS:
        _note_unit(word, unit, said, bare=unit == 1)
    _equal(kpi, value * (0.01 if percent else unit if kpi.unit is Unit.SECONDS else 1.0), said)


def _kpi(word: str) -> Kpi | None:
    try:
        return CATALOGUE[kpi_named(word)]
    except NoSuchKpi:
        return None


def _equal(kpi: Kpi, value: float, said: Said) -> None:
    match kpi:
        case Total():
            said.sums.append(is_worth(kpi.of, value))
        case Ratio():
            said.values.append((kpi.top, kpi.bottom, value / kpi.scale))
        case Product():
            said.values.append((kpi.factors[-1].top, kpi.factors[0].bottom, value))


def _list(value: Numbers) -> Sequence[float]:
    return [value] if isinstance(value, int | float) else value


def _total(value: Numbers) -> float:
    return sum(_list(value))


def _meant(near: Sequence[str]) -> str:
    return f" Is {' or '.join(near)} meant?" if near else ""


def _check_units(said: Said) -> None:
    """A time without a unit is in seconds; beside minutes that is hardly meant."""
    if said.scaled and said.bare:
        bare, scaled = said.bare[0], said.scaled[0]
        raise ValueError(f"{bare} has no unit, as {scaled} has: write {bare}_s, {bare}_min or {bare}_h.")


def _all_components() -> Iterator[Component]:
    yield from (found for found in vars(c).values() if isinstance(found, Component))
    for component in chain.from_iterable((*kpi.components, *kpi.gaps) for kpi in CATALOGUE.values()):
        yield component
        yield from c.besides(component)


_COMPONENTS: Mapping[str, Component] = {component.name: component for component in _all_components()}
