"""What a comparison is. A rule is one constant; ``sync.reconcile.RULES`` lists them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sync.models import Source, Stream

DAY = 86_400
ROWS_KEPT = 50
Sides = Mapping[str, float | None]


class NotReady(Exception):
    """A side cannot be compared now: it is still being read, it is late, or there is none. Says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row that explains a difference.

    Args:
        where: key of the side that has it, or ``both`` where the sides disagree about it.
        value: its share of the difference, in the line's unit.
        source, external_key: the record in its system; "" for none.
        start, end: ISO 8601 times, "" for none.
        event: ``<kind>/<pk>`` of its page in the portal, e.g. ``downtime/12``; "" for none.
    """

    where: str
    text: str
    value: float | None = None
    source: str = ""
    external_key: str = ""
    start: str = ""
    end: str = ""
    event: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why sides differ.

    Args:
        rows: as many as are kept; ``total``: how many there are.
        sides: what they say after a second look; None: as before.
    """

    note: str
    rows: Sequence[Row] = ()
    total: int = 0
    sides: Sides | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a line is about. ``stream``: where a difference is filed; ``key`` is stable within the rule."""

    key: str
    title: str
    stream: Stream
    plant_id: int | None = None
    equipment_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What each side says of a subject in a period (``2026-11``, or "" for all time or now).

    Args:
        difference: where it is more than the distance of the sides, e.g. time that only one of them has.
        explain: asked for at once, where the difference is beyond tolerance.
    """

    subject: Subject
    unit: str
    sides: Sides
    explain: Callable[[], Explanation]
    period: str = ""
    note: str = ""
    difference: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is compared now.

    Args:
        months: their first days, latest first.
        source: None = all.
        left_out: reasons why something was not compared, filled by the rules.
    """

    months: tuple[date, ...]
    now: datetime
    source: Source | None = None
    left_out: list[str] = field(default_factory=list)

    def edges(self, month: date, zone: str = "UTC") -> tuple[datetime, datetime]:
        """[start, end) of a month in a zone, as UTC."""
        there = ZoneInfo(zone)
        first, after = (datetime(day.year, day.month, 1, tzinfo=there) for day in (month, following(month)))
        return first.astimezone(UTC), after.astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """The larger of the two holds; ``relative`` is a share of the largest side."""

    absolute: float = 0.0
    relative: float = 0.0

    def allows(self, difference: float, sides: Sequence[float]) -> bool:
        largest = max((abs(value) for value in sides), default=0.0)
        return difference <= max(self.absolute, self.relative * largest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A comparison.

    Args:
        key: stored with results; at most 40 characters.
        meaning: what a difference says.
        subject: what a line is about, in a word.
        sides: key → title of what is compared with each other; a side may be missing in a line.
        parts: key → title of figures shown beside them.
        measure: yields the lines; raises ``NotReady``.
        months: how many are compared, this one included; 0: the rule knows no months.
        raises: whether a difference becomes an exception; else it is shown only.
        every_s: seconds between two comparisons.
    """

    key: str
    title: str
    meaning: str
    subject: str
    sides: Mapping[str, str]
    measure: Callable[[Window], Iterator[Measure]]
    parts: Mapping[str, str] = field(default_factory=dict)
    tolerance: Tolerance = Tolerance()
    months: int = 3
    raises: bool = True
    every_s: int = DAY

    def compared(self, sides: Sides) -> list[float]:
        """What is compared with each other: the sides that say something."""
        found = (sides.get(key) for key in self.sides)
        return [value for value in found if value is not None]


def following(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def latest_months(now: datetime, count: int) -> tuple[date, ...]:
    """First days of the last ``count`` months, this one first."""
    first = now.year * 12 + now.month - 1
    return tuple(date((first - back) // 12, (first - back) % 12 + 1, 1) for back in range(count))


def counted(number: int, word: str) -> str:
    """``1 order``, ``2 orders``."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def label(month: date) -> str:
    return f"{month:%Y-%m}"
