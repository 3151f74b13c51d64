"""KPIs of maintenance work: what was planned, due, done and done again, by SMRP and EN 15341."""

from functools import partial

from kpis.definitions import components as c
from kpis.definitions.base import Better, Ratio, Total, Unit

NOTHING_DUE = "no preventive order was due"
NO_LABOUR = "no labour was booked"

_share = partial(Ratio, unit=Unit.SHARE)
_mean = partial(Ratio, unit=Unit.SECONDS, better=Better.DOWN)
_orders = partial(Total, unit=Unit.COUNT)
_of_labour = partial(_share, bottom=c.LABOUR, sample=c.COMPLETED, undefined=NO_LABOUR)
_of_due = partial(
    _share,
    better=Better.UP,
    bottom=c.PM_DUE,
    sample=c.PM_DUE,
    undefined=NOTHING_DUE,
)
STAYS = "Orders that are open, late or cancelled stay among those that were due."

PM_COMPLIANCE = _of_due(
    name="pm_compliance",
    title="PM compliance",
    top=c.PM_ON_TIME,
    standard="SMRP 5.4.14, PM & PdM compliance, by the due date",
    note=STAYS,
)
PM_COMPLIANCE_DAY = _of_due(
    name="pm_compliance_day",
    title="PM compliance, a day's grace",
    top=c.PM_WITHIN_DAY,
    standard="SMRP 5.4.14, PM & PdM compliance, by the due date and a day",
    note=STAYS,
)
PM_COMPLIANCE_FIFTH = _of_due(
    name="pm_compliance_fifth",
    title="PM compliance, a fifth's grace",
    top=c.PM_WITHIN_FIFTH,
    standard="SMRP 5.4.14, PM & PdM compliance, by the due date and 20 % of the interval, 28 days at most",
    note=f"{STAYS} An order without a known interval has no grace.",
)
SCHEDULE_COMPLIANCE = _share(
    name="schedule_compliance",
    title="Schedule compliance",
    better=Better.UP,
    top=c.SCHEDULED_DONE,
    bottom=c.SCHEDULED,
    sample=c.SCHEDULED,
    standard="SMRP 5.4.4, Schedule compliance, work orders",
    undefined="no work order was scheduled",
    note="The plan as it stood when the week began, else as first seen; any day of that ISO week counts.",
)
SCHEDULE_COMPLIANCE_HOURS = _share(
    name="schedule_compliance_hours",
    title="Schedule compliance, hours",
    better=Better.UP,
    top=c.SCHEDULED_HOURS_DONE,
    bottom=c.SCHEDULED_HOURS,
    sample=c.SCHEDULED,
    standard="SMRP 5.4.3, Schedule compliance, hours",
    undefined="no hours were scheduled",
    note="By the hours orders were estimated at: no source says on which day which of them were worked. The "
    "plan as of schedule compliance by orders.",
)
PLANNED_WORK = _of_labour(
    name="planned_work",
    title="Planned work (PMP)",
    better=Better.UP,
    top=c.LABOUR_PLANNED,
    standard="SMRP 5.3.1, Planned work; planned maintenance percentage",
    note="Planned is neither scheduled nor preventive: an estimate, date or plan was there before work. "
    "What was written down after the breakdown is not planned.",
)
REACTIVE_WORK = _of_labour(
    name="reactive_work",
    title="Reactive work",
    better=Better.DOWN,
    top=c.LABOUR_REACTIVE,
    standard="SMRP 5.4.1, Reactive work",
    note="Repairs asked for and begun in one ISO week: they broke into the week's schedule.",
)
PROACTIVE_WORK = _of_labour(
    name="proactive_work",
    title="Proactive work",
    better=Better.UP,
    top=c.LABOUR_PREVENTIVE,
    standard="SMRP 5.4.2, Proactive work, of preventive orders alone",
    note="Repairs that an inspection led to are not among it: no source says which they are.",
)
CORRECTIVE_RATIO = _share(
    name="corrective_maintenance_ratio",
    title="Corrective maintenance ratio",
    better=Better.DOWN,
    top=c.LABOUR_CORRECTIVE,
    bottom=c.LABOUR_CORRECTIVE + c.LABOUR_PREVENTIVE,
    sample=c.COMPLETED,
    standard="ISO 22400-2:2014 clause 6, Corrective maintenance ratio (CMT/(CMT + PMT))",
    undefined="neither corrective nor preventive labour was booked",
)
MAINTENANCE_REWORK = _of_labour(
    name="maintenance_rework",
    title="Maintenance rework",
    better=Better.DOWN,
    top=c.LABOUR_REWORK,
    standard="SMRP 4.1, Rework",
    note="Hours on repairs that followed another on the same machine within the plant's repeat window.",
)
MTTA = _mean(
    name="mtta",
    title="MTTA",
    top=c.RESPONSE,
    bottom=c.RESPONDED,
    sample=c.RESPONDED,
    standard="Mean time to acknowledge, own definition: request (else creation) to the first sign of work",
    undefined="no work was begun at a known time",
)
MEAN_REPAIR_TIME = _mean(
    name="mean_repair_time",
    title="Mean repair time",
    top=c.REPAIR,
    bottom=c.REPAIRED,
    sample=c.REPAIRED,
    standard="SMRP 3.5.2, Mean time to repair; IEC 60050-192:2015 192-07-21, repair time",
    undefined="no repair with known begin and end",
    note="From the begin of work to completion, waiting before it left out; MTTR is the whole down time.",
)
CYCLE_TIME = _mean(
    name="work_order_cycle_time",
    title="Work order cycle time",
    top=c.CYCLE,
    bottom=c.CYCLED,
    sample=c.CYCLED,
    standard="SMRP 5.4.7, Work order cycle time, as a mean",
    undefined="no order was completed at a known time",
    note="A mean, which a few old orders raise; a median does not add up over machines and time.",
)
FIRST_TIME_FIX = _share(
    name="first_time_fix",
    title="First-time fix",
    better=Better.UP,
    top=c.FIRST_TIME_FIXED,
    bottom=c.CORRECTIVE_COMPLETED,
    sample=c.CORRECTIVE_COMPLETED,
    standard="First-time fix rate, own definition: no other repair on the machine within the repeat window",
    undefined="no repair was completed",
    note="The last days count as fixed until the window has passed.",
)
REPEATS = _orders(
    name="repeat_failures",
    title="Repeat failures",
    better=Better.DOWN,
    of=c.REPEAT_FAILURES,
    sample=c.CREATED,
    standard="Own definition: repairs asked for within the plant's repeat window of another one",
)
CREATED = _orders(
    name="work_orders_created",
    title="Work orders created",
    better=Better.DOWN,
    of=c.CREATED,
    sample=c.CREATED,
    standard="EN 13306:2017, work order; a count",
)
COMPLETED = _orders(
    name="work_orders_completed",
    title="Work orders completed",
    better=Better.UP,
    of=c.COMPLETED,
    sample=c.COMPLETED,
    standard="EN 13306:2017, work order; a count",
)
CANCELLED = _orders(
    name="work_orders_cancelled",
    title="Work orders cancelled",
    better=Better.DOWN,
    of=c.CANCELLED,
    sample=c.CANCELLED,
    standard="EN 13306:2017, work order; a count",
)
LABOUR_HOURS = Total(
    name="labour_hours",
    title="Labour booked",
    better=Better.DOWN,
    unit=Unit.SECONDS,
    of=c.LABOUR,
    sample=c.COMPLETED,
    standard="EN 15341:2019, maintenance man-hours",
)
MTBM = Ratio(
    name="mtbm",
    title="MTBM",
    unit=Unit.SECONDS,
    better=Better.UP,
    top=c.OPERATING,
    bottom=c.COMPLETED,
    sample=c.COMPLETED,
    standard="SMRP 3.5.3, Mean time between maintenance",
    undefined="no maintenance was completed",
    undefined_top="no operating time recorded",
    note="Every completed order is a maintenance action, preventive and corrective alike.",
)
