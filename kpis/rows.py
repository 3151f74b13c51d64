"""Component rows as the kernel makes them, before they have a machine and a day. Pure."""

from dataclasses import dataclass, field
from typing import NamedTuple

from kpis.evidence import DOWN_STATES, RUN_STATES, State
from kpis.plans import Slot


class ReasonRow(NamedTuple):
    """Seconds of planned time, and events by their start, of one reason and the class it counted as."""

    shift: int
    reason_id: int
    loss_class: str
    seconds: float
    events: int


@dataclass(slots=True)
class ProductRow:
    """Of one product in one slot, None where nobody says which; fields as of ``ProductComponents``."""

    shift: int
    product_id: int | None
    quantity: float = 0.0
    scrap: float = 0.0
    ideal_s: float = 0.0
    ideal_good_s: float = 0.0
    oee_run_s: float = 0.0
    run_without_ideal_s: float = 0.0
    facts: int = 0


@dataclass(slots=True)
class Row:
    """A component row; fields as the columns of ``kpis.models.ShiftComponents``."""

    slot: Slot
    calendar_s: float = 0.0
    states: list[float] = field(default_factory=lambda: [0.0] * len(State))
    overtime_run_s: float = 0.0
    operating_s: float = 0.0
    oee_loading_s: float = 0.0
    oee_run_s: float = 0.0
    run_without_ideal_s: float = 0.0
    quantity: float = 0.0
    scrap: float = 0.0
    ideal_s: float = 0.0
    ideal_good_s: float = 0.0
    failures: int = 0
    failure_down_s: float = 0.0
    stops: int = 0
    micro_stops: int = 0
    open_events: int = 0
    facts: int = 0

    @property
    def run_s(self) -> float:
        return sum(self.states[state] for state in RUN_STATES)

    @property
    def planned_s(self) -> float:
        """A sum of its parts, so that it is exactly that."""
        return sum(self.states[State.PLANNED_STOP :])

    @property
    def loading_s(self) -> float:
        return self.run_s + sum(self.states[state] for state in DOWN_STATES)


@dataclass(slots=True)
class DayResult:
    """``rows``: one per slot of the plan, off shift first. ``provisional``: time alone changes the result.

    ``products``: of a work unit, what its rows say of counts and run time, split.
    """

    rows: list[Row]
    reasons: list[ReasonRow]
    provisional: bool
    products: list[ProductRow] = field(default_factory=list)
