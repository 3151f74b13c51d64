"""The additive components: columns of ``kpis.models.ShiftComponents`` and ``WorkComponents``.

Terms in brackets: elements of ISO 22400-2. ``oee_`` components leave out equipment that does not produce.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from kpis.definitions.base import Component, Unit

CALENDARS = "shift calendars"
STOPPED = "stops with their reasons"
RAN = "runs and stops of the work centers"
COUNTED = "counts of production orders"
CYCLES = "ideal cycle times of operations"
WITH_ORDERS = "work orders from a CMMS"
WITH_TIMES = "work orders with the times they were asked for, begun and completed"

_time = partial(Component, unit=Unit.SECONDS)
_of_units = partial(_time, work_units=True)

# --- time model of all equipment ---
CALENDAR = _time("calendar_s", "Calendar time", needs=("equipment in use",))
PLANNED = _time("planned_s", "Planned operation time", needs=(CALENDARS,))  # POT
PLANNED_STOP = _time("planned_stop_s", "Planned stops", loss_class="planned_stop", needs=(STOPPED,))
UNKNOWN = _time("unknown_s", "Unknown time", needs=(CALENDARS,))
LOADING = _time("loading_s", "Loading time", needs=(CALENDARS,))  # PBT
RUN = _time("run_s", "Run time", needs=(RAN,))  # APT
SPEED = _time("speed_s", "Reduced speed", needs=(RAN,))  # a run's property: it has no reason
MICRO_STOP = _time("micro_stop_s", "Micro-stops", loss_class="micro_stop", needs=(STOPPED,))
BREAKDOWN = _time("breakdown_s", "Breakdowns", loss_class="breakdown", needs=(STOPPED,))
SETUP = _time("setup_s", "Set-up and adjustment", loss_class="setup", needs=(STOPPED,))  # AUST
EXTERNAL = _time("external_s", "External stops", loss_class="external", needs=(STOPPED,))
QUALITY_STOP = _time("quality_s", "Quality stops", loss_class="quality", needs=(STOPPED,))
OVERTIME_RUN = _time("overtime_run_s", "Run time outside planned time", needs=(RAN,))
OPERATING = _time("operating_s", "Operating time", needs=(RAN,))

# --- work units only ---
OEE_CALENDAR = _of_units(
    "oee_calendar_s", "Calendar time", column="calendar_s", needs=("work centers in use",)
)
OEE_PLANNED = _of_units("oee_planned_s", "Planned operation time", column="planned_s", needs=(CALENDARS,))
OEE_LOADING = _time("oee_loading_s", "Loading time", needs=(CALENDARS, RAN))
OEE_RUN = _time("oee_run_s", "Run time", needs=(RAN,))
RUN_WITHOUT_IDEAL = _time("run_without_ideal_s", "Run time without counts or ideal cycle")
OEE_MICRO_STOP = _of_units("oee_micro_stop_s", "Micro-stops", column="micro_stop_s", needs=(STOPPED,))
OEE_BREAKDOWN = _of_units("oee_breakdown_s", "Breakdowns", column="breakdown_s", needs=(STOPPED,))
OEE_SETUP = _of_units("oee_setup_s", "Set-up and adjustment", column="setup_s", needs=(STOPPED,))
OEE_EXTERNAL = _of_units("oee_external_s", "External stops", column="external_s", needs=(STOPPED,))
OEE_QUALITY_STOP = _of_units("oee_quality_s", "Quality stops", column="quality_s", needs=(STOPPED,))

# --- counts ---
QUANTITY = Component("quantity", "Produced quantity", Unit.PIECES, needs=(COUNTED,))  # PQ
SCRAP = Component("scrap", "Scrap", Unit.PIECES, needs=(COUNTED,))  # SQ
IDEAL = _time("ideal_s", "Ideal time of all units", needs=(COUNTED, CYCLES))  # PRI × PQ
IDEAL_GOOD = _time("ideal_good_s", "Ideal time of good units", needs=(COUNTED, CYCLES))  # PRI × GQ

# --- events ---
FAILURES = Component("failures", "Failures", Unit.COUNT, needs=(STOPPED,))
FAILURE_DOWN = _time("failure_down_s", "Down time of failures", needs=(STOPPED,))
STOPS = Component("stops", "Unplanned stops", Unit.COUNT, needs=(STOPPED,))
MICRO_STOPS = Component("micro_stops", "Micro-stops", Unit.COUNT, needs=(STOPPED,))
FACTS = Component("facts", "Source records", Unit.COUNT)

# --- maintenance work: by day, machine, type, priority, team, technician ---
_orders = partial(Component, unit=Unit.COUNT, family="work", needs=(WITH_ORDERS,))
_spent = partial(_time, family="work", needs=("labour booked on work orders",))
_money = partial(Component, unit=Unit.MONEY, family="work")
_between = partial(_time, family="work", needs=(WITH_TIMES,))
DUE = "preventive work orders with due dates"
PLANS = "work orders with planned dates"

CREATED = _orders("created", "Work orders created")
COMPLETED_ON_DAY = _orders("completed_day_only", "Orders completed of which only the day is known")
BEGUN_ON_DAY = _orders("response_day_only", "Orders begun of which only the day of request is known")
COMPLETED = _orders("completed", "Work orders completed")
CANCELLED = _orders("cancelled", "Work orders cancelled")
PM_DUE = _orders("pm_due", "Preventive orders due", needs=(DUE,))
PM_ON_TIME = _orders("pm_on_time", "Preventive orders done by their due day", needs=(DUE,))
PM_WITHIN_DAY = _orders("pm_within_day", "Preventive orders done within a day of being due", needs=(DUE,))
PM_WITHIN_FIFTH = _orders(
    "pm_within_fifth",
    "Preventive orders done within a fifth of their interval of being due",
    needs=(f"{DUE} and intervals",),
)
SCHEDULED = _orders("scheduled", "Work orders scheduled", needs=(PLANS,))
SCHEDULED_DONE = _orders(
    "scheduled_done", "Work orders done in the week they were scheduled for", needs=(PLANS,)
)
NOT_ESTIMATED = _orders("scheduled_without_estimate", "Scheduled orders without an estimate")
_estimated = partial(_time, family="work", needs=(f"{PLANS} and estimates",), gap=NOT_ESTIMATED)
SCHEDULED_HOURS = _estimated("scheduled_s", "Estimated hours of scheduled orders")
SCHEDULED_HOURS_DONE = _estimated(
    "scheduled_done_s", "Estimated hours of orders done in the week they were scheduled for"
)
RESPONDED = _orders("responded", "Work orders begun", needs=(WITH_TIMES,), gap=BEGUN_ON_DAY)
RESPONSE = _between("response_s", "Time from request to begin of work")
CYCLED = _orders("cycled", "Work orders completed at a known time", needs=(WITH_TIMES,), gap=COMPLETED_ON_DAY)
CYCLE = _between("cycle_s", "Time from creation to completion")
REPAIRED = _orders("repaired", "Repairs", needs=(WITH_TIMES,), gap=COMPLETED_ON_DAY)
REPAIR = _between("repair_s", "Time from begin of repair to completion")
CORRECTIVE_COMPLETED = _orders("corrective_completed", "Repairs completed")
FIRST_TIME_FIXED = _orders("first_time_fixed", "Repairs that no other followed within the repeat window")
REPEAT_FAILURES = _orders("repeat_failures", "Repairs asked for within the repeat window of another")
LABOUR = _spent("labour_s", "Labour hours")
LABOUR_PREVENTIVE = _spent("labour_preventive_s", "Preventive labour hours")
LABOUR_CORRECTIVE = _spent("labour_corrective_s", "Corrective labour hours")
LABOUR_PLANNED = _spent("labour_planned_s", "Planned labour hours")
LABOUR_REACTIVE = _spent("labour_reactive_s", "Reactive labour hours")
LABOUR_REWORK = _spent("labour_rework_s", "Labour hours on repeated repairs")

# --- money ---
NO_RATE = _spent("labour_without_rate_s", "Labour hours without a rate")
PARTS_WITHOUT_COST = _orders("parts_without_cost", "Parts booked without a cost")
RATES = "labour booked on work orders and a rate per hour"
PART_COSTS = "parts booked on work orders with their cost"
STOP_RATES = "a rate per hour of stop, of the plant, line or machine"
ENTRIES = "cost entries with their category"
LABOUR_COST = _money("labour_cost", "Labour cost", needs=(RATES,), gap=NO_RATE)
PART_COST = _money("part_cost", "Parts cost", needs=(PART_COSTS,), gap=PARTS_WITHOUT_COST)
CONTRACTOR_COST = _money("contractor_cost", "Contractor cost", needs=(ENTRIES,))
OTHER_COST = _money("other_cost", "Other cost", needs=(ENTRIES,))
DOWN_WITH_RATE = _time("down_s", "Unplanned down time with a rate", family="work", needs=(STOP_RATES,))
DOWN_WITHOUT_RATE = _time("down_without_rate_s", "Unplanned down time without a rate", family="work")
DOWNTIME_COST = _money("downtime_cost", "Downtime cost", needs=(STOPPED, STOP_RATES), gap=DOWN_WITHOUT_RATE)
PREVENTIVE_COST = _money("preventive_cost", "Preventive cost", needs=(WITH_ORDERS,), gap=NO_RATE)
CORRECTIVE_COST = _money("corrective_cost", "Corrective cost", needs=(WITH_ORDERS,), gap=NO_RATE)
WITHOUT_RATE = _orders("without_rate", "Amounts without a rate into the plant's currency")
WITHOUT_BASE_RATE = _orders("without_base_rate", "Amounts without a rate into the enterprise's currency")
MAINTENANCE_COST = LABOUR_COST + PART_COST + CONTRACTOR_COST + OTHER_COST


def in_base(money: Component) -> Component:
    """The same money in the enterprise's currency."""
    return replace(money, name=f"{money.name}_base")


def besides(component: Component) -> Iterator[Component]:
    """What is read with it: what is not in it, and of money the other currency and what was not converted."""
    if component.gap:
        yield component.gap
    if component.unit is Unit.MONEY:
        rates = (replace(found, family=component.family) for found in (WITHOUT_RATE, WITHOUT_BASE_RATE))
        yield from (in_base(component), *rates)
