"""Facts as the kernel takes them: plain tuples in epoch seconds, what other tables say joined in. Pure."""

from enum import IntEnum
from functools import cache
from math import inf
from typing import NamedTuple

from kpis.intervals import Span, merge


class State(IntEnum):
    """What an instant counts as; the value is the priority of the usual overlay, 0 the strongest.

    Names match ``kpis.models.LossClass``, in its order (semantics: planned stop > breakdown > … > unknown).
    """

    NOT_SCHEDULED = 0
    PLANNED_STOP = 1
    BREAKDOWN = 2
    SETUP = 3
    EXTERNAL = 4
    QUALITY = 5
    SPEED = 6
    MICRO_STOP = 7
    RUNNING = 8
    UNKNOWN = 9

    @property
    def loss_class(self) -> str:
        return self.name.lower()


RUN_STATES = (State.SPEED, State.MICRO_STOP, State.RUNNING)
DOWN_STATES = (State.BREAKDOWN, State.SETUP, State.EXTERNAL, State.QUALITY)
# Set-up and quality stops are what they are, however short.
SHORT_IS_MICRO = (State.BREAKDOWN, State.EXTERNAL)

Order = tuple[str, str]
"""Source and order key: which order step a run or a count belongs to."""


OVERLAY: tuple[State, ...] = tuple(State)
"""Who wins where records overlap, the strongest first, unless a plant says otherwise."""
MOVABLE = OVERLAY[State.PLANNED_STOP : State.RUNNING]
"""What a plant may order as it likes: all that is stronger than running and is scheduled."""


class Machine(NamedTuple):
    """What of a machine and its plant decides how its facts count. ``order``: the plant's overlay."""

    id: int
    work_unit: bool
    micro_stop_s: float
    order: tuple[State, ...] = OVERLAY


@cache
def overlay_order(classes: str) -> tuple[State, ...]:
    """The overlay of a plant that names its loss classes, the strongest first; "": the usual one.

    Raises ValueError where not each of MOVABLE is named once.
    """
    names = classes.split(",") if classes else [state.loss_class for state in MOVABLE]
    if sorted(names) != sorted(state.loss_class for state in MOVABLE):
        raise ValueError(
            f"An order of overlap names each of {', '.join(s.loss_class for s in MOVABLE)} once."
        )
    by_name = {state.loss_class: state for state in MOVABLE}
    return State.NOT_SCHEDULED, *(by_name[name] for name in names), State.RUNNING, State.UNKNOWN


@cache
def ranks_of(order: tuple[State, ...]) -> tuple[int, ...]:
    """The place of each state in an overlay, by the state's value."""
    return tuple(order.index(state) for state in State)


class Stop(NamedTuple):
    """A down time. ``end`` is infinite while it is open; ``state`` is its reason's class."""

    start: float
    end: float
    state: State
    reason_id: int
    id: int


class RunLog(NamedTuple):
    """A log of running. ``order`` None: nobody says what it made."""

    start: float
    end: float
    reduced_speed: bool
    order: Order | None
    id: int


class Output(NamedTuple):
    """Counts of an order step, or a booking of scrap where ``start`` = ``end``.

    ``reported``: when the source last wrote the counts; infinite where it does not tell. ``runs``: sorted
    disjoint spans of the order's run logs on this machine, of all days, with inf where one is open.
    ``product``: its id, 0 where nobody says.
    """

    start: float
    end: float
    quantity: float
    scrap: float
    ideal_cycle_s: float | None
    order: Order | None
    reported: float
    id: int
    runs: tuple[Span, ...] = ()
    product: int = 0

    @property
    def booking(self) -> bool:
        return self.start == self.end

    @property
    def counted(self) -> bool:
        return bool(self.quantity or self.scrap)

    def counted_until(self, as_of: float) -> float:
        """Up to when its counts are known. An open order has made units that are reported when it ends."""
        if self.end <= as_of:
            return as_of
        return min(as_of, self.reported) if self.quantity else self.start

    def spread(self, as_of: float) -> list[Span]:
        """Spans its counts were made in, up to ``as_of``: the order's run logs, or else its own span.

        The counts of an open order were made before they were reported. Empty: all at ``start``.
        """
        limit = min(as_of, self.reported) if self.end > as_of else as_of
        if not self.runs:  # the usual case, of millions
            end = min(self.end, limit)
            return [Span(self.start, end)] if self.start < end else []
        return merge(Span(start, min(end, limit)) for start, end in self.runs)

    def moves_with_time(self, as_of: float) -> bool:
        """Whether a later ``as_of`` alone spreads its counts differently, or takes them as reported."""
        if self.booking:
            return False
        if as_of < self.end < inf:  # an end that is dated ahead comes without a change of the record
            return True
        if not self.counted:
            return False
        if self.end > as_of:
            return self.reported > as_of
        return any(end > as_of for _, end in self.runs)


class DayFacts(NamedTuple):
    """Facts that overlap or touch a window. Each list is sorted by start."""

    stops: list[Stop]
    runs: list[RunLog]
    outputs: list[Output]


def effective_state(stop: Stop, micro_stop_s: float, as_of: float) -> State:
    """Its class, or micro-stop where the whole event (so far) is shorter than the plant's limit."""
    if stop.state in SHORT_IS_MICRO and min(stop.end, as_of) - stop.start < micro_stop_s:
        return State.MICRO_STOP
    return stop.state
