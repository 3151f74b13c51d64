"""The time model as a waterfall: bars that hang from the level above, in whole seconds that add up. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor

from kpis.time_model import StepKind, TimeStep, judged_share, weight


@dataclass(frozen=True, slots=True)
class Bar:
    """A step as drawn. ``seconds`` is whole; ``start`` and ``length`` are shares of the first level.

    A loss starts where the time that is left after it ends. ``of_loading``: a loss as points of OEE, which
    with OEE add up to 1; None above loading time, where there is none, and of time that is not judged.
    """

    name: str
    title: str
    kind: StepKind
    seconds: int
    start: float
    length: float
    share: float
    of_loading: float | None = None


def waterfall(steps: Sequence[TimeStep]) -> list[Bar]:
    """Bars of the steps in order; empty where there is no time at all."""
    whole = steps[0].seconds if steps else 0.0
    if whole <= 0:
        return []
    of = {step.name: step.seconds for step in steps}
    loading, judged = of.get("loading", 0.0), judged_share(of.get("run", 0.0), of.get("without_ideal", 0.0))
    bars: list[Bar] = []
    left, below = 0.0, False
    for step, seconds in zip(steps, whole_seconds(steps), strict=True):
        left = step.seconds if step.kind == "level" else left - step.seconds
        start = 0.0 if step.kind == "level" else left
        length = max(step.seconds, 0.0) / whole
        counts = below and loading and step.kind == "loss" and weight(step.name, judged)
        points = step.seconds / loading * weight(step.name, judged) if counts else None
        bars.append(
            Bar(
                step.name, step.title, step.kind, seconds, start / whole, length, step.seconds / whole, points
            )
        )
        below = below or step.name == "loading"
    return bars


def whole_seconds(steps: Sequence[TimeStep]) -> list[int]:
    """Each step in whole seconds, so that each level is still the level before less the losses between.

    Levels are rounded; of the losses between two, those with the largest remainders get what is missing.
    """
    found: list[int] = []
    for group in _between_levels(steps):
        *taken, level = group
        rounded = round(level.seconds)
        if found:
            found += _sharing([loss.seconds for loss in taken], _last_level(steps, found) - rounded)
        found.append(rounded)
    return found


def _between_levels(steps: Sequence[TimeStep]) -> Iterator[list[TimeStep]]:
    """Losses with the level they lead to."""
    group: list[TimeStep] = []
    for step in steps:
        group.append(step)
        if step.kind == "level":
            yield group
            group = []


def _last_level(steps: Sequence[TimeStep], found: Sequence[int]) -> int:
    return next(found[n] for n in range(len(found) - 1, -1, -1) if steps[n].kind == "level")


def _sharing(parts: Sequence[float], total: int) -> list[int]:
    whole = [floor(part) for part in parts]
    order = sorted(range(len(parts)), key=lambda n: whole[n] - parts[n])
    for n in order[: max(total - sum(whole), 0)]:
        whole[n] += 1
    return whole
