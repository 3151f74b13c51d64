"""What stands still at this moment: for how long, why, what it costs so far, and who works on it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from kpis.loading import Window
from kpis.models import Downtime, Equipment, LossClass, WorkOrder
from kpis.timeline import FactRef, counted_seconds
from kpis.work.stop_cost import PRICED, hourly_rates
from mfgportal.accounts.masks import may_see_costs
from mfgportal.accounts.models import User
from mfgportal.maintenance.lists import CLOSED
from mfgportal.web.format import HOUR, Amount, amount, lasting

MOST = 12
UNSPECIFIED = "unspecified-failure"
MICRO = (LossClass.BREAKDOWN, LossClass.EXTERNAL, LossClass.MICRO_STOP)
"""Classes whose short stops are micro-stops; set-up and quality stops are what they are, however short."""
ABNORMAL = (LossClass.BREAKDOWN, LossClass.EXTERNAL, LossClass.QUALITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Down:
    """An open stop. ``cost``: of its planned time so far; None: no rate is known, or not for this person.

    ``planned``: it is no loss of availability. ``short``: so far it is a micro-stop. ``order``: the newest
    open work order of the machine, if any.
    """

    stop: Downtime
    machine: Equipment
    state: str
    planned: bool
    short: bool
    lasted: str
    cost: Amount | None
    order: WorkOrder | None

    @property
    def abnormal(self) -> bool:
        """Whether it stands out: set-up and cleaning belong to the day, and a moment is no failure."""
        return self.state in ABNORMAL and not self.short

    @property
    def url(self) -> str:
        return reverse("event", args=["downtime", self.stop.pk])


def open_stops(machines: QuerySet[Equipment]) -> QuerySet[Downtime]:
    """Stops that go on, of machines in use; no copies on parents."""
    return Downtime.objects.filter(
        equipment__in=machines.filter(gone_at=None).values("pk"), end=None, deleted_at=None, inherited=False
    )


def down_now(user: User, machines: QuerySet[Equipment]) -> list[Down]:
    """The open stops of machines, unplanned ones first, then the longest; at most ``MOST``."""
    at = timezone.now()
    rows = open_stops(machines).filter(start__lte=at)
    rows = rows.select_related("reason", "equipment__plant", "equipment__line").order_by("start", "pk")
    found = sorted(strongest(rows), key=lambda stop: (_planned(stop), stop.start))[:MOST]
    priced = costs(found, at) if may_see_costs(user) else {}
    orders = _orders(found)
    return [
        Down(
            stop=stop,
            machine=stop.equipment,
            state=stop.reason.loss_class,
            planned=_planned(stop),
            short=_short(stop, at),
            lasted=lasting((at - stop.start).total_seconds()),
            cost=priced.get(stop.pk),
            order=orders.get(stop.equipment_id),
        )
        for stop in found
    ]


def strongest(stops: Iterable[Downtime]) -> list[Downtime]:
    """One per machine: what counts where two systems tell of one stop, and says more than "unspecified"."""
    order = [state.value for state in LossClass]
    ranked = sorted(
        stops,
        key=lambda stop: (
            order.index(stop.reason.loss_class),
            stop.reason.code == UNSPECIFIED,
            stop.start,
            stop.pk,
        ),
    )
    return list({stop.equipment_id: stop for stop in reversed(ranked)}.values())


def _short(stop: Downtime, at: datetime) -> bool:
    limit = stop.equipment.plant.micro_stop_s
    return stop.reason.loss_class in MICRO and (at - stop.start).total_seconds() < limit


def _planned(stop: Downtime) -> bool:
    return stop.reason.loss_class == LossClass.PLANNED_STOP


def cost_of(user: User, stop: Downtime) -> Amount | None:
    """What one stop cost, or costs so far; None where no rate is known, or not for this person."""
    if not may_see_costs(user):
        return None
    return costs([stop], stop.end or timezone.now()).get(stop.pk)


def costs(stops: Sequence[Downtime], at: datetime) -> dict[int, Amount]:
    """By stop: its planned time so far, where it is the strongest record, at the rate of the machine."""
    priced = [stop for stop in stops if stop.reason.loss_class in PRICED]
    rates = hourly_rates({(stop.equipment.plant_id, stop.equipment_id) for stop in priced}, at.date())
    begun: dict[int, float] = {}
    for stop in priced:
        if stop.equipment_id in rates:
            start = stop.start.timestamp()
            begun[stop.equipment_id] = min(begun.get(stop.equipment_id, start), start)
    if not begun:
        return {}
    windows = [Window(machine, start, at.timestamp()) for machine, start in begun.items()]
    counted = counted_seconds(windows, at)
    return {
        stop.pk: amount(
            counted.get(FactRef("downtime", stop.pk), 0.0) / HOUR * rates[stop.equipment_id],
            "money",
            stop.equipment.plant.currency,
        )
        for stop in priced
        if stop.equipment_id in rates
    }


def _orders(stops: Sequence[Downtime]) -> Mapping[int, WorkOrder]:
    """The newest open work order by machine."""
    machines = [stop.equipment_id for stop in stops]
    if not machines:
        return {}
    rows = WorkOrder.objects.filter(~Q(status__in=CLOSED), equipment__in=machines, deleted_at=None)
    return {row.equipment_id: row for row in rows.order_by("created_at", "pk") if row.equipment_id}
