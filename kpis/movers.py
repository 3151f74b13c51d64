"""What moved OEE between two periods: the losses of each part, in points that add up to the change. Pure."""

from dataclasses import dataclass

from kpis.scope import Key
from kpis.time_model import Losses

LEAST = 0.0005
"""A smaller effect would be shown as 0."""


@dataclass(frozen=True, slots=True)
class Mover:
    """One loss of one part. ``points``: what it did to OEE as a fraction of 1, above 0 is good.

    ``now_s`` and ``before_s``: seconds lost; the periods may have had different loading time.
    """

    part: Key
    loss: str
    now_s: float
    before_s: float
    points: float


def movers(now: Losses, before: Losses) -> list[Mover]:
    """All that moved OEE, the strongest first; nothing where a period had no loading time.

    With those too small to be named they add up to OEE now − OEE before.
    """
    if now.loading_s <= 0 or before.loading_s <= 0:
        return []
    found = [
        Mover(
            part,
            loss,
            now.lost.get((part, loss), 0.0),
            before.lost.get((part, loss), 0.0),
            before.points(part, loss) - now.points(part, loss),
        )
        for part, loss in dict.fromkeys([*now.lost, *before.lost])
    ]
    named = [mover for mover in found if abs(mover.points) >= LEAST]
    return sorted(named, key=lambda mover: (-abs(mover.points), mover.part.label, mover.loss))
