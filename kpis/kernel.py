"""One machine's day: facts in, additive components out. Pure; the roll-up and the tests call it alike.

Times after ISO 22400-2 (planned = POT, loading = POT − planned stops − unknown time, run = APT), failures and
down time after IEC 60050-192. One state per instant; everything is clipped to its row; counts and failures
belong to where they happened.
"""

from collections.abc import Iterable, Iterator
from math import inf

from kpis.counts import add_oee, own_run
from kpis.evidence import (
    DOWN_STATES,
    RUN_STATES,
    SHORT_IS_MICRO,
    DayFacts,
    Machine,
    State,
    Stop,
    effective_state,
    ranks_of,
)
from kpis.intervals import Claim, Piece, Span, covers, merge, overlay
from kpis.plans import DayPlan, by_slot, slot_at
from kpis.rows import DayResult, ProductRow, ReasonRow, Row

ASSUMED_RUN = len(State)
"""Priority of an order's own span where it has no run logs: the weakest evidence of running."""

LOGGED_RUN = (State.SPEED, State.RUNNING)

ReasonKey = tuple[int, int, State]


def compute_day(plan: DayPlan, facts: DayFacts, machine: Machine, as_of: float) -> DayResult:
    """The component rows of one machine and production day.

    ``facts`` are all that overlap or touch the day, touching ones included because a breakdown that touches
    midnight from both sides is one failure. Nothing at or after ``as_of`` counts.
    """
    rows = [Row(slot) for slot in plan.slots]
    for frame in plan.frames:
        rows[frame.slot].calendar_s += frame.end - frame.start
    stops = [(stop, effective_state(stop, machine.micro_stop_s, as_of)) for stop in facts.stops]
    pieces = overlay(claims(stops, facts, as_of, machine.order), plan.start, plan.end)
    seconds = _add_states(rows, plan, pieces, machine)
    events = _add_events(rows, plan, stops, as_of)
    _add_facts(rows, plan, facts)
    for row in rows:
        row.operating_s = row.run_s + row.overtime_run_s
    products: list[ProductRow] = []
    if machine.work_unit:
        running = [Span(piece.start, piece.end) for piece in pieces if _ran(piece, machine)]
        products = add_oee(rows, plan, running, facts, as_of)
    reasons = [
        ReasonRow(slot, reason, state.loss_class, seconds.get(key, 0.0), events.get(key, 0))
        for key in sorted(seconds.keys() | events.keys())
        for slot, reason, state in (key,)
    ]
    rows = [row for row in rows if row.calendar_s]
    return DayResult(rows, reasons, not plan.finished or _moves(facts, machine, as_of), products)


def claims(
    stops: Iterable[tuple[Stop, State]], facts: DayFacts, as_of: float, order: tuple[State, ...]
) -> Iterator[Claim]:
    """What the facts say of the time, for the overlay; ``tie`` is the reason of a stop."""
    ranks = ranks_of(order)
    for stop, state in stops:
        yield Claim(ranks[state], stop.start, stop.reason_id, stop.end)
    for run in facts.runs:
        yield Claim(ranks[State.SPEED if run.reduced_speed else State.RUNNING], run.start, 0, run.end)
    for output in facts.outputs:
        for start, end in own_run(output, as_of):
            yield Claim(ASSUMED_RUN, start, 0, end)


def _ran(piece: Piece, machine: Machine) -> bool:
    return piece.claim is not None and state_of(piece, machine) in RUN_STATES


def state_of(piece: Piece, machine: Machine) -> State:
    """What does not produce is taken as running unless a record says otherwise."""
    if piece.claim is None:
        return State.UNKNOWN if machine.work_unit else State.RUNNING
    return State.RUNNING if piece.claim.priority == ASSUMED_RUN else machine.order[piece.claim.priority]


def _add_states(
    rows: list[Row], plan: DayPlan, pieces: list[Piece], machine: Machine
) -> dict[ReasonKey, float]:
    """Seconds by state within planned time; returns those with a reason, by slot, reason and state."""
    seconds: dict[ReasonKey, float] = {}
    frames = plan.frames
    at = 0
    for piece in pieces:
        state = state_of(piece, machine)
        reason = piece.claim.tie if piece.claim is not None else 0
        while at < len(frames) and frames[at].start < piece.end:
            frame = frames[at]
            length = min(piece.end, frame.end) - max(piece.start, frame.start)
            row = rows[frame.slot]
            if not frame.kind:
                row.states[state] += length
                if reason:
                    key = (frame.slot, reason, state)
                    seconds[key] = seconds.get(key, 0.0) + length
            elif piece.claim is not None and piece.claim.priority != ASSUMED_RUN and state in LOGGED_RUN:
                row.overtime_run_s += length
            if frame.end > piece.end:
                break
            at += 1
    return seconds


def _add_events(
    rows: list[Row], plan: DayPlan, stops: list[tuple[Stop, State]], as_of: float
) -> dict[ReasonKey, int]:
    """Failures, stops and micro-stops where they start; returns events by slot, reason and state."""
    failures = merge(Span(s.start, min(s.end, as_of)) for s, state in stops if state is State.BREAKDOWN)
    for row, down in zip(rows, by_slot(failures, plan), strict=True):
        row.failure_down_s += down
    for slot in _starts(plan, failures):
        rows[slot].failures += 1
    longer = merge(Span(s.start, s.end) for s, state in stops if state < State.SPEED)
    for slot in _starts(plan, merge(Span(s.start, s.end) for s, state in stops if state in DOWN_STATES)):
        rows[slot].stops += 1
    micro = merge(Span(s.start, s.end) for s, state in stops if state is State.MICRO_STOP)
    for slot in _starts(plan, [span for span in micro if not covers(longer, span.start)]):
        rows[slot].micro_stops += 1
    return _events_by_reason(plan, stops, longer)


def _events_by_reason(
    plan: DayPlan, stops: list[tuple[Stop, State]], longer: list[Span]
) -> dict[ReasonKey, int]:
    spans: dict[tuple[int, State], list[Span]] = {}
    for stop, state in stops:
        if state is not State.MICRO_STOP or not covers(longer, stop.start):
            spans.setdefault((stop.reason_id, state), []).append(Span(stop.start, stop.end))
    events: dict[ReasonKey, int] = {}
    for (reason, state), found in spans.items():
        for slot in _starts(plan, merge(found)):
            events[slot, reason, state] = events.get((slot, reason, state), 0) + 1
    return events


def _starts(plan: DayPlan, spans: Iterable[Span]) -> Iterator[int]:
    return (slot for span in spans if (slot := slot_at(plan, span.start)) is not None)


def _add_facts(rows: list[Row], plan: DayPlan, facts: DayFacts) -> None:
    """Source records where they start; open ones wherever they last."""
    spans = [(fact.start, fact.end) for group in facts for fact in group]
    for start, end in spans:
        slot = slot_at(plan, start)
        if slot is not None:
            rows[slot].facts += 1
        if end == inf:
            for row in rows:
                row.open_events += start < row.slot.end


def _moves(facts: DayFacts, machine: Machine, as_of: float) -> bool:
    return any(output.moves_with_time(as_of) for output in facts.outputs) or any(
        stop.end > as_of and stop.state in SHORT_IS_MICRO and as_of - stop.start < machine.micro_stop_s
        for stop in facts.stops
    )
