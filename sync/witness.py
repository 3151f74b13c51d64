"""Machines of other systems that stop, or are worked on, when an unknown one is: probably the same."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import comb
from typing import NamedTuple

from kpis.models import Downtime, WorkOrder
from sync.models import Counterpart, HeldRecord, SyncException
from sync.records import Kind, Ref

SAME_START_S = 60
MOST_CHANCE = 0.002
"""Of a busy machine's stops a few begin with another's by chance; it has to be less likely than this."""
MOST_HELD = 5000


class Witness(NamedTuple):
    """A machine, how much speaks for it (0-100), and what does."""

    equipment_id: int
    score: float
    reason: str


def witnesses(exception: SyncException, ref: Ref) -> list[Witness]:
    """What records of two systems say together about an unknown machine."""
    if ref.kind != Kind.EQUIPMENT:
        return []
    return [*_by_stops(exception), *_by_work_orders(exception, ref)]


def _by_stops(exception: SyncException) -> Iterator[Witness]:
    held = HeldRecord.objects.filter(exception=exception, kind=Kind.DOWNTIME, start__isnull=False)
    moments = sorted(
        start.timestamp()
        for start in held.order_by("-start").values_list("start", flat=True)[:MOST_HELD]
        if start
    )
    if not moments:
        return
    apart = moments[-1] - moments[0] + 2 * SAME_START_S
    chance = min(1.0, len(moments) * 2 * SAME_START_S / apart)
    for equipment, starts in _stops_elsewhere(exception, moments).items():
        same = sum(_begins_with(moments, start) for start in starts)
        if same and _at_least(same, len(starts), chance) < MOST_CHANCE:
            reason = f"{same} of its {len(starts)} stops in another system begin when stops of this one do"
            yield Witness(equipment, 100 * same / len(starts), reason)


def _at_least(successes: int, tries: int, chance: float) -> float:
    """Probability of that many successes or more, each with that chance (binomial)."""
    return sum(
        comb(tries, count) * chance**count * (1 - chance) ** (tries - count)
        for count in range(successes, tries + 1)
    )


def _stops_elsewhere(exception: SyncException, moments: Sequence[float]) -> dict[int, list[float]]:
    rows = Downtime.objects.filter(inherited=False, deleted_at=None).exclude(source=exception.source.name)
    if exception.plant_id:
        rows = rows.filter(equipment__plant=exception.plant_id)
    found: dict[int, list[float]] = defaultdict(list)
    for equipment, start in rows.values_list("equipment_id", "start"):
        moment = start.timestamp()
        if moments[0] - SAME_START_S <= moment <= moments[-1] + SAME_START_S:
            found[equipment].append(moment)
    return found


def _begins_with(moments: Sequence[float], start: float) -> bool:
    at = bisect_left(moments, start - SAME_START_S)
    return at < len(moments) and moments[at] <= start + SAME_START_S


def _by_work_orders(exception: SyncException, ref: Ref) -> Iterator[Witness]:
    """Its work orders that stand for another system's: the machine those are on."""
    theirs = Counterpart.objects.filter(
        source=exception.source, kind=Kind.WORK_ORDER, values__equipment=ref.key
    ).values("canonical_id")
    machines = Counter(WorkOrder.objects.filter(id__in=theirs).values_list("equipment_id", flat=True))
    for equipment, count in machines.items():
        if equipment and ref.key:
            reason = f"{count} of {machines.total()} work orders of this one are on it in another system"
            yield Witness(equipment, 100 * count / machines.total(), reason)
