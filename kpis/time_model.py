"""The waterfall from calendar time down to good time, of the work units in scope."""

from dataclasses import dataclass
from typing import Literal

from kpis.scope import Scope


@dataclass(frozen=True, slots=True)
class TimeStep:
    """A bar. ``level``: time that is left (calendar, planned, loading, run, net, good); ``loss``: what is taken off.

    ``seconds`` of a loss is what it takes off; it is negative only where machines beat their ideal cycle.
    """

    name: str
    title: str
    seconds: float
    kind: Literal["level", "loss"]


def time_model(scope: Scope) -> list[TimeStep]:
    """Steps in order. Each level = the level before − the losses between."""
    raise NotImplementedError
