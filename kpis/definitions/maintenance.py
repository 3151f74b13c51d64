"""KPIs of maintenance: reliability and down time, by IEC 60050-192, EN 15341, SMRP."""

from kpis.definitions import components as c
from kpis.definitions.base import Better, Ratio, Total, Unit

NO_FAILURE = "no failure in this period"
NO_OPERATING = "no operating time recorded"

MTBF = Ratio(
    name="mtbf",
    title="MTBF, operating time",
    top=c.OPERATING,
    bottom=c.FAILURES,
    unit=Unit.SECONDS,
    better=Better.UP,
    sample=c.FAILURES,
    standard="IEC 60050-192:2015 192-05-13; SMRP 3.5.1",
    undefined=NO_FAILURE,
    undefined_top=NO_OPERATING,
    censored=True,
    note="Mean operating time between failures; the run since the last failure counts. Without a failure "
    "only a lower bound is known.",
)
MTBF_SCHEDULED_UP = Ratio(
    name="mtbf_scheduled_up",
    title="MTBF, scheduled up time",
    top=c.PLANNED - c.PLANNED_STOP - c.BREAKDOWN,
    bottom=c.FAILURES,
    unit=Unit.SECONDS,
    better=Better.UP,
    sample=c.FAILURES,
    standard="IEC 60050-192 up time, within planned operation time",
    undefined=NO_FAILURE,
    undefined_top="no scheduled up time",
    censored=True,
)
MTBF_CALENDAR = Ratio(
    name="mtbf_calendar",
    title="MTBF, calendar up time",
    top=c.CALENDAR - c.FAILURE_DOWN,
    bottom=c.FAILURES,
    unit=Unit.SECONDS,
    better=Better.UP,
    sample=c.FAILURES,
    standard="IEC 60050-192 up time, of all calendar time",
    undefined=NO_FAILURE,
    undefined_top="no up time",
    censored=True,
)
MTTR = Ratio(
    name="mttr",
    title="MTTR",
    top=c.FAILURE_DOWN,
    bottom=c.FAILURES,
    unit=Unit.SECONDS,
    better=Better.DOWN,
    sample=c.FAILURES,
    standard="IEC 60050-192:2015 192-07-23, mean time to restoration; SMRP 3.5.4",
    undefined=NO_FAILURE,
    note="Whole down time of failures by the clock, waiting included. A failure belongs to the period it "
    "starts in, its down time to the periods it lasts in.",
)
INHERENT_AVAILABILITY = Ratio(
    name="inherent_availability",
    title="Availability against failures",
    top=c.OPERATING,
    bottom=c.OPERATING + c.FAILURE_DOWN,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FAILURES,
    standard="EN 15341 T-series; MTBF/(MTBF + MTTR)",
    undefined="neither operating nor down",
)
FAILURES = Total(
    name="failures",
    title="Failures",
    of=c.FAILURES,
    unit=Unit.COUNT,
    better=Better.DOWN,
    standard="IEC 60050-192:2015 192-03-01",
    note="Breakdowns that overlap or touch on one machine are one failure; micro-stops are none.",
)
DOWNTIME = Total(
    name="downtime",
    title="Unplanned down time",
    of=c.BREAKDOWN + c.SETUP + c.EXTERNAL + c.QUALITY_STOP,
    unit=Unit.SECONDS,
    better=Better.DOWN,
    standard="SMRP 3.4, within planned time",
    note="Each instant counts once, for its strongest cause.",
)
BREAKDOWN_TIME = Total(
    name="breakdown_time",
    title="Breakdown time",
    of=c.BREAKDOWN,
    unit=Unit.SECONDS,
    better=Better.DOWN,
    standard="SMRP 3.4, breakdowns within planned time",
)
PLANNED_DOWNTIME = Total(
    name="planned_downtime",
    title="Planned stops",
    of=c.PLANNED_STOP,
    unit=Unit.SECONDS,
    better=Better.DOWN,
    standard="SMRP 3.3",
)
FAILURE_DOWNTIME = Total(
    name="failure_downtime",
    title="Down time of failures, by the clock",
    of=c.FAILURE_DOWN,
    unit=Unit.SECONDS,
    better=Better.DOWN,
    standard="IEC 60050-192:2015 192-02-21 down time",
)
OPERATING_TIME = Total(
    name="operating_time",
    title="Operating time",
    of=c.OPERATING,
    unit=Unit.SECONDS,
    better=Better.UP,
    standard="IEC 60050-192:2015 192-02-05",
)
STOPS = Total(
    name="stops",
    title="Unplanned stops",
    of=c.STOPS,
    unit=Unit.COUNT,
    better=Better.DOWN,
    standard="Stops at or above the plant's micro-stop limit",
)
MICRO_STOPS = Total(
    name="micro_stops",
    title="Micro-stops",
    of=c.MICRO_STOPS,
    unit=Unit.COUNT,
    better=Better.DOWN,
    standard="Stops below the plant's micro-stop limit",
)
MICRO_STOP_TIME = Total(
    name="micro_stop_time",
    title="Micro-stop time",
    of=c.MICRO_STOP,
    unit=Unit.SECONDS,
    better=Better.DOWN,
    standard="A performance loss: part of run time",
)
