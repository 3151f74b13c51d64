"""What a KPI is made of: additive components, and constants that say how a number follows from their sums.

A KPI never adds up over time or place, its components do: sum first, divide last.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

NO_DATA = "no data in this period"
UNREAD = "unread"
"""Family of components that no source read here keeps."""


class Unit(StrEnum):
    """Unit of a value. Durations are seconds everywhere; shares are fractions of 1, not percent.

    Of money a value says the currency.
    """

    SECONDS = "s"
    PIECES = "pcs"
    COUNT = "count"
    SHARE = "1"
    WEEKS = "weeks"
    TURNS = "turns"
    RATE = "pcs/h"
    MONEY = "money"
    MONEY_PER_PIECE = "money/pcs"
    MONEY_PER_HOUR = "money/h"


MONEY = frozenset({Unit.MONEY, Unit.MONEY_PER_PIECE, Unit.MONEY_PER_HOUR})


class Better(StrEnum):
    """Which direction is good."""

    UP = "up"
    DOWN = "down"


class Linear:
    """Components that can be added to and taken from each other."""

    __slots__ = ()

    @property
    def terms(self) -> "tuple[Term, ...]":
        raise NotImplementedError

    def __add__(self, other: "Linear") -> "Sum":
        return Sum(self.terms + other.terms)

    def __sub__(self, other: "Linear") -> "Sum":
        return Sum(self.terms + tuple(Term(term.component, -term.factor) for term in other.terms))

    def amount(self, sums: Mapping[str, float]) -> float:
        """Of sums by component name. Raises KeyError where one is missing."""
        return sum(term.factor * sums[term.component.name] for term in self.terms)

    @property
    def text(self) -> str:
        """The sum in words, for glossary and tooltips."""
        words = "".join(f" {'+' if t.factor > 0 else '−'} {t.component.title}" for t in self.terms)
        return words.removeprefix(" + ")


@dataclass(frozen=True, slots=True)
class Component(Linear):
    """An additive quantity of the component rows.

    ``column`` is its column where it differs from ``name``. ``work_units``: only rows of equipment that
    produces. ``loss_class``: the class whose reasons split it, "" where no reason applies. ``family``: the
    rows it is in, a ``home`` of ``kpis.families``. ``needs``: the data it comes from. ``gap`` counts what is
    not in it.
    """

    name: str
    title: str
    unit: Unit
    column: str = ""
    work_units: bool = False
    loss_class: str = ""
    family: str = "shift"
    needs: tuple[str, ...] = ()
    gap: "Component | None" = None

    @property
    def terms(self) -> "tuple[Term, ...]":
        return (Term(self, 1),)


@dataclass(frozen=True, slots=True)
class Term:
    component: Component
    factor: int


@dataclass(frozen=True, slots=True)
class Sum(Linear):
    """A linear sum of components, written ``A + B - C``."""

    parts: tuple[Term, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        return self.parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpi:
    """What all KPIs share. ``standard`` names standard and clause; ``note`` what a reader must know."""

    name: str
    title: str
    unit: Unit
    better: Better
    standard: str
    note: str = ""

    @property
    def formula(self) -> str:
        """The rule in words, for glossary, tooltip and README."""
        raise NotImplementedError

    @property
    def components(self) -> Iterator[Component]:
        """All components it needs; repeats are possible."""
        raise NotImplementedError

    @property
    def read(self) -> bool:
        """Whether sources keep what it takes; else it is computed of numbers at hand alone."""
        return all(found.family != UNREAD for found in self.components)

    @property
    def reasons(self) -> Iterator[str]:
        """Why it may be undefined though there are data; repeats are possible."""
        return iter(())

    @property
    def needs(self) -> str:
        """The data it takes, in words."""
        return "; ".join(dict.fromkeys(need for found in self.components for need in found.needs))

    @property
    def missing(self) -> str:
        """What it shows where the data are missing, in words. Never 0 for what is not known."""
        quoted = "” or “".join(dict.fromkeys((NO_DATA, *self.reasons)))
        left_out = [found.title.lower() for found in self.gaps]
        said = f" Said beside it, where there are any: {', '.join(left_out)}." if left_out else ""
        return f"A dash, with the reason: “{quoted}”.{said}"

    @property
    def of_money(self) -> bool:
        """Whether a currency belongs to it, or to what it is made of."""
        return any(found.unit is Unit.MONEY for found in self.components)

    @property
    def gaps(self) -> list[Component]:
        """What counts what is not in it."""
        return list(dict.fromkeys(found.gap for found in self.components if found.gap))


@dataclass(frozen=True, slots=True, kw_only=True)
class Total(Kpi):
    """A sum. It has no denominator and is defined wherever there is data.

    ``sample`` counts what it rests on; None: the source records. ``undefined`` is shown where ``basis``, if
    there is one, is 0.
    """

    of: Linear
    sample: Component | None = None
    basis: Component | None = None
    undefined: str = ""

    @property
    def reasons(self) -> Iterator[str]:
        return iter((self.undefined,) if self.undefined else ())

    @property
    def formula(self) -> str:
        return self.of.text

    @property
    def components(self) -> Iterator[Component]:
        yield from (term.component for term in self.of.terms)
        yield from (found for found in (self.sample, self.basis) if found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Kpi):
    """Sum over sum. ``undefined`` is shown where the bottom is 0, ``undefined_top`` (if set) where the top
    is. ``sample`` counts what the value rests on. ``scale``: from seconds of the bottom to its unit.

    ``censored``: operating time over failures, which has chi-square bounds, and without a failure only a
    lower bound.
    """

    top: Linear
    bottom: Linear
    sample: Component
    undefined: str
    undefined_top: str = ""
    censored: bool = False
    scale: float = 1.0

    @property
    def reasons(self) -> Iterator[str]:
        return (reason for reason in (self.undefined, self.undefined_top) if reason)

    @property
    def formula(self) -> str:
        return f"{_grouped(self.top)} ÷ {_grouped(self.bottom)}"

    @property
    def components(self) -> Iterator[Component]:
        return (term.component for term in (*self.top.terms, *self.bottom.terms, self.sample.terms[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Kpi):
    """A product of ratios; each top is the next one's bottom, so that it closes to last top ÷ first bottom.

    A factor of 0 makes it 0, also where a later factor is undefined because nothing was made.
    """

    factors: tuple[Ratio, ...]

    @property
    def formula(self) -> str:
        return " × ".join(factor.title for factor in self.factors)

    @property
    def components(self) -> Iterator[Component]:
        return (component for factor in self.factors for component in factor.components)

    @property
    def reasons(self) -> Iterator[str]:
        return (reason for factor in self.factors for reason in factor.reasons)


def _grouped(linear: Linear) -> str:
    return linear.text if len(linear.terms) == 1 else f"({linear.text})"
