"""What one machine did, instant by instant, with the records that say so."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Literal, NamedTuple

from kpis.evidence import DayFacts, State, effective_state, ranks_of
from kpis.intervals import Claim, Piece, overlay
from kpis.kernel import claims, state_of
from kpis.loading import Window, load_facts
from kpis.models import Equipment, LossClass, Reason
from kpis.plans import DayPlan, Frame, plan_days
from kpis.setups import Setup, load_setups

FactKind = Literal["downtime", "run", "production"]


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact's table and primary key."""

    kind: FactKind
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineSpan:
    """A span of one state. Spans touch, and cover the window up to ``as_of``.

    ``not_scheduled`` is "break", "leave" or "off shift" where ``state`` is NOT_SCHEDULED, else "".
    ``facts``: all records in it, the one that gives the state first. ``open``: it goes on.
    """

    start: datetime
    end: datetime
    state: LossClass
    not_scheduled: str = ""
    reason_id: int | None = None
    reason: str = ""
    shift: str = ""
    facts: tuple[FactRef, ...] = ()
    open: bool = False


class _Record(NamedTuple):
    """A fact with what it claims; records sort by strength."""

    claim: Claim
    ref: FactRef


def timeline(equipment: Equipment, start: datetime, end: datetime, as_of: datetime) -> list[TimelineSpan]:
    """The same overlay as the roll-up's: one state per instant, strongest first; nothing after ``as_of``."""
    return timelines([equipment.pk], start, end, as_of)[equipment.pk]


def timelines(
    equipment_ids: Collection[int],
    start: datetime,
    end: datetime,
    as_of: datetime,
    setups: Mapping[int, Setup] | None = None,
) -> dict[int, list[TimelineSpan]]:
    """Of many machines at once, by id, in as many queries as of one; empty where the window has not begun.

    ``setups``: theirs, where they are known.
    """
    now = as_of.timestamp()
    windows = [Window(pk, start.timestamp(), min(end.timestamp(), now)) for pk in equipment_ids]
    if not windows or windows[0].start >= windows[0].end:
        return {pk: [] for pk in equipment_ids}
    setups = load_setups(equipment_ids) if setups is None else setups
    windows = [window for window in windows if window.equipment_id in setups]
    found = [
        sorted(_records(facts, setups[window.equipment_id], now), key=lambda record: record.claim)
        for window, facts in zip(windows, load_facts(windows), strict=True)
    ]
    ties = {record.claim.tie for records in found for record in records}
    names = dict(Reason.objects.filter(pk__in=ties).values_list("pk", "name"))
    return {
        window.equipment_id: _spans(window, records, setups[window.equipment_id], names, now)
        for window, records in zip(windows, found, strict=True)
    }


def _spans(
    window: Window, records: Sequence[_Record], setup: Setup, names: dict[int, str], now: float
) -> list[TimelineSpan]:
    pieces = overlay([record.claim for record in records], window.start, window.end)
    return [
        _span(piece, frame, plan, records, names, setup, now)
        for plan, frame, piece in _cut(_plans(setup, window, now), pieces)
    ]


def counted_seconds(spans: Sequence[Window], as_of: datetime) -> dict[FactRef, float]:
    """Planned seconds in which a record gives the state, within spans of machines that do not overlap.

    Where records overlap the strongest counts, so that all of them together count each instant once.
    """
    now, counted = as_of.timestamp(), defaultdict[FactRef, float](float)
    windows = [span._replace(end=min(span.end, now)) for span in spans if span.start < min(span.end, now)]
    setups = load_setups(list({window.equipment_id for window in windows}))
    for window, facts in zip(windows, load_facts(windows) if windows else [], strict=True):
        setup = setups[window.equipment_id]
        records = sorted(_records(facts, setup, now), key=lambda found: found.claim)
        pieces = overlay([record.claim for record in records], window.start, window.end)
        for _, frame, piece in _cut(_plans(setup, window, now), pieces):
            cause = next((one.ref for one in records if _in(one, piece)), None)
            if cause is not None and not frame.kind:
                counted[cause] += piece.end - piece.start
    return counted


def _in(record: _Record, piece: Piece) -> bool:
    return record.claim.start < piece.end and piece.start < record.claim.end


def _plans(setup: Setup, window: Window, now: float) -> Sequence[DayPlan]:
    clock = setup.schedule.clock
    return plan_days(setup.schedule, clock.day_of(window.start), clock.day_of(window.end), now)


def _records(facts: DayFacts, setup: Setup, now: float) -> Iterator[_Record]:
    order = setup.machine.order
    for stop in facts.stops:
        state = effective_state(stop, setup.machine.micro_stop_s, now)
        claim = Claim(ranks_of(order)[state], stop.start, stop.reason_id, stop.end)
        yield _Record(claim, FactRef("downtime", stop.id))
    for run in facts.runs:
        for claim in claims([], DayFacts([], [run], []), now, order):
            yield _Record(claim, FactRef("run", run.id))
    for output in facts.outputs:
        for claim in claims([], DayFacts([], [], [output]), now, order):
            yield _Record(claim, FactRef("production", output.id))


def _cut(plans: Sequence[DayPlan], pieces: Sequence[Piece]) -> Iterator[tuple[DayPlan, Frame, Piece]]:
    """Pieces cut at the frames' edges."""
    frames = list(chain.from_iterable(((plan, frame) for frame in plan.frames) for plan in plans))
    at = 0
    for piece in pieces:
        while frames[at][1].end <= piece.start:
            at += 1
        for plan, frame in frames[at:]:
            if frame.start >= piece.end:
                break
            yield (
                plan,
                frame,
                piece._replace(start=max(piece.start, frame.start), end=min(piece.end, frame.end)),
            )


def _span(
    piece: Piece,
    frame: Frame,
    plan: DayPlan,
    records: Sequence[_Record],
    names: dict[int, str],
    setup: Setup,
    now: float,
) -> TimelineSpan:
    state = State.NOT_SCHEDULED if frame.kind else state_of(piece, setup.machine)
    reason_id = piece.claim.tie if piece.claim is not None and not frame.kind else 0
    inside = [record for record in records if _in(record, piece)]
    return TimelineSpan(
        start=datetime.fromtimestamp(piece.start, UTC),
        end=datetime.fromtimestamp(piece.end, UTC),
        state=LossClass(state.loss_class),
        not_scheduled=frame.kind,
        reason_id=reason_id or None,
        reason=names.get(reason_id, ""),
        shift=plan.slots[frame.slot].name,
        facts=tuple(record.ref for record in inside),
        open=piece.end == now and bool(inside) and inside[0].claim.end > now,
    )
