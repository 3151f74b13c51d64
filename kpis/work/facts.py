"""What is known of the work on one machine, or of a plant's work without one. Pure."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from kpis.work.rates import Rates, StopRates

CORRECTIVE, PREVENTIVE = "corrective", "preventive"
CANCELLED, COMPLETED = "cancelled", "completed"


class Planned(NamedTuple):
    """When an order was to be done (None: it was on no plan), as known from ``known_at`` on."""

    known_at: datetime
    scheduled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A work order. A time is exact; where the source keeps only the day, it is in ``…_on`` alone.

    ``began_at``: the first sign of work; ``cancelled_at``: when we know it was.
    """

    id: int
    work_type: str
    status: str
    priority: str = ""
    team: str = ""
    technician_id: int | None = None
    created_at: datetime | None = None
    created_on: date | None = None
    requested_at: datetime | None = None
    due_at: datetime | None = None
    began_at: datetime | None = None
    completed_at: datetime | None = None
    completed_on: date | None = None
    cancelled_at: datetime | None = None
    planned: tuple[Planned, ...] = ()
    interval_days: float | None = None
    estimated_s: float | None = None
    of_a_plan: bool = False


class Hours(NamedTuple):
    """Labour. ``rate`` per hour in the plant's currency: its own, else the technician's; None: neither."""

    order_id: int
    technician_id: int | None
    start: datetime | None
    seconds: float
    rate: float | None


class Taken(NamedTuple):
    """Parts of one sort; a negative quantity was brought back."""

    order_id: int
    at: datetime | None
    quantity: float
    unit_cost: float | None


class Money(NamedTuple):
    """A cost beside labour and parts; ``order_id`` None: of no order. ``day`` where no time is known."""

    order_id: int | None
    at: datetime | None
    day: date | None
    category: str
    amount: float
    currency: str


class Stopped(NamedTuple):
    """Seconds of unplanned stops of a production day."""

    day: date
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What decides how a plant's work counts. ``labour_rate``: of hours that have none."""

    zone: ZoneInfo
    currency: str
    rates: Rates
    labour_rate: float | None = None
    repeat_window: timedelta = timedelta(days=7)

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """All that is known. ``orders`` by id; ``machine``: it is the work on one machine.

    ``named``: orders about another machine that money spent on this one names. ``repairs``: corrective orders
    that tell which one is a repeat, from a window before the earliest order to a window after the last.
    ``stop_rates``: what an hour of unplanned stop of this machine costs.
    """

    rules: Rules
    machine: bool
    orders: dict[int, Order]
    hours: list[Hours] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    money: list[Money] = field(default_factory=list)
    repairs: list[Order] = field(default_factory=list)
    named: dict[int, Order] = field(default_factory=dict)
    stopped: list[Stopped] = field(default_factory=list)
    stop_rates: StopRates = field(default_factory=StopRates)
