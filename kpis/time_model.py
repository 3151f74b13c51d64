"""The waterfall from calendar time down to good time, of the work units in scope."""

from dataclasses import dataclass
from typing import Literal

from kpis.scope import Scope


@dataclass(frozen=True, slots=True)
class TimeStep:
    """A bar: a ``level`` is time that is left (calendar to good), a ``loss`` what is taken off.

    A loss is negative only where machines beat their ideal cycle.
    """

    name: str
    title: str
    seconds: float
    kind: Literal["level", "loss"]


def time_model(scope: Scope) -> list[TimeStep]:
    """Steps in order. Each level = the level before − the losses between."""
    raise NotImplementedError
