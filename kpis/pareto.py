"""Lost time by reason, largest first."""

from dataclasses import dataclass

from kpis.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoRow:
    """``seconds`` within planned time, each instant counted once. Shares are fractions of the total."""

    reason_id: int
    reason: str
    code: str
    loss_class: str
    seconds: float
    events: int
    share: float
    cumulative: float


def pareto(scope: Scope, *, planned: bool = False) -> list[ParetoRow]:
    """Stops and micro-stops by reason and loss class; with ``planned`` also planned stops."""
    raise NotImplementedError
