"""What a rule sees when it looks: subjects, how each stands, and why it may not judge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kpis.targets import ENTERPRISE, Spot
from mfgportal.alerts.hysteresis import Mark


class CannotJudge(Exception):
    """The rule is held: what it would say now may be wrong. The message completes "cannot judge: …"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One subject. ``marks``: of its latest buckets, oldest first; ``value``: of the last, in ``unit``.

    ``high_is_bad``: which way is worse. ``window``: the time the marks rest on, where facts could be held
    back. ``text``: the sentence that says what is wrong. ``held``: why it may not be judged now, or "".
    """

    subject: str
    text: str
    marks: tuple[Mark, ...]
    value: float | None
    limit: float | None = None
    unit: str = ""
    high_is_bad: bool = True
    place: Spot = ENTERPRISE
    window: tuple[datetime, datetime] | None = None
    held: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """All a rule sees. ``complete``: a subject that is not among the readings is over."""

    readings: Sequence[Reading]
    complete: bool
