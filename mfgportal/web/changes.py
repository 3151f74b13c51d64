"""What changed against the period before: the losses that moved OEE most, in words and points."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from kpis.engine import By
from kpis.movers import Mover, movers
from kpis.time_model import PREFIX, TIME_KPIS, losses
from mfgportal.figures import Figure
from mfgportal.locales import number
from mfgportal.scope import Selection
from mfgportal.web.dashboard import parts_by
from mfgportal.web.format import duration

MOST = 4
LOST = {"without_ideal": "not judged"}
"""How a loss is told that is none yet: its counts or its ideal cycle may still come."""


@dataclass(frozen=True, slots=True)
class Change:
    """One loss of one place. ``points``: of OEE, with its sign."""

    what: str
    where: str
    said: str
    points: str
    url: str


@dataclass(frozen=True, slots=True)
class Changes:
    """``headline``: what OEE did. ``worse`` and ``better``: the strongest first."""

    headline: str
    worse: list[Change]
    better: list[Change]


def changes(selection: Selection, oee: Figure) -> Changes | None:
    """The biggest movers; None without a comparison, or where either period has no OEE. Two queries."""
    if oee.before is None or oee.before.value is None or oee.now.value is None:
        return None
    by = parts_by(selection)
    found = movers(losses(selection.scope, by), losses(selection.scope_before, by))
    return Changes(
        headline=_headline(oee.before.value, oee.now.value),
        worse=_changes([mover for mover in found if mover.points < 0], selection, by),
        better=_changes([mover for mover in found if mover.points > 0], selection, by),
    )


def _headline(before: float, now: float) -> str:
    rose = round(now, 3) - round(before, 3)
    if not rose:
        return f"OEE stayed at {number(now * 100, 1)} %."
    moved = "rose" if rose > 0 else "fell"
    sides = f"from {number(before * 100, 1)} % to {number(now * 100, 1)} %"
    return f"OEE {moved} by {number(abs(rose) * 100, 1)} points, {sides}."


def _changes(found: Sequence[Mover], selection: Selection, by: By) -> list[Change]:
    return [
        Change(
            what=TIME_KPIS[PREFIX + mover.loss].title,
            where=mover.part.label,
            said=f"{duration(mover.now_s)} {LOST.get(mover.loss, 'lost')}, {duration(mover.before_s)} before",
            points=number(mover.points * 100, 1, sign=True),
            url=_url(mover, selection, by),
        )
        for mover in found[:MOST]
    ]


def _url(mover: Mover, selection: Selection, by: By) -> str:
    query = {by: mover.part.id, "from": selection.period.first, "to": selection.period.last}
    return f"{reverse('number', args=[PREFIX + mover.loss])}?{urlencode(query)}"
