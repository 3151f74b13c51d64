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
    standard="IEC 60050-192:2015 192-02-02, up time, within planned operation time",
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
    standard="IEC 60050-192:2015 192-02-02, up time, of all calendar time",
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
    standard="IEC 60050-192:2015 192-07-23, mean time to restoration; ISO 22400-2:2014 clause 6 (TTR/FE)",
    undefined=NO_FAILURE,
    note="Whole down time of failures by the clock, waiting included. A failure belongs to the period it "
    "starts in, its down time to the periods it lasts in.",
)
MTBF_ISO = Ratio(
    name="mtbf_with_setup",
    title="MTBF, operating and set-up time",
    top=c.OPERATING + c.SETUP,
    bottom=c.FAILURES,
    unit=Unit.SECONDS,
    better=Better.UP,
    sample=c.FAILURES,
    standard="ISO 22400-2:2014 clause 6, Mean operating time between failures (TBF/FE)",
    undefined=NO_FAILURE,
    undefined_top="neither operating nor set up",
    censored=True,
    note="The TBF of ISO 22400 holds production and set-up, and no delays.",
)
MTTF = Ratio(
    name="mttf",
    title="MTTF",
    top=c.OPERATING,
    bottom=c.FAILURES,
    unit=Unit.SECONDS,
    better=Better.UP,
    sample=c.FAILURES,
    standard="ISO 22400-2:2014 clause 6, Mean time to failure (TTF/FE)",
    undefined=NO_FAILURE,
    undefined_top=NO_OPERATING,
    censored=True,
    note="Of machines that are repaired, as these are, it equals the MTBF over operating time. The MTTF of "
    "IEC 60050-192 and SMRP 3.5.5, of parts that are replaced, needs lives of parts, which no source has.",
)
MDT = Ratio(
    name="mdt",
    title="Mean down time",
    top=c.BREAKDOWN + c.SETUP + c.EXTERNAL + c.QUALITY_STOP,
    bottom=c.STOPS,
    unit=Unit.SECONDS,
    better=Better.DOWN,
    sample=c.STOPS,
    standard="SMRP 3.5.4, Mean downtime, unplanned stops within planned time",
    undefined="no unplanned stop in this period",
    note="Of all unplanned stops, whatever their cause; the MTTR is that of failures alone.",
)
OPERATIONAL_AVAILABILITY = Ratio(
    name="operational_availability",
    title="Operational availability",
    top=c.OPERATING,
    bottom=c.OPERATING + c.BREAKDOWN + c.SETUP + c.EXTERNAL + c.QUALITY_STOP + c.PLANNED_STOP,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.STOPS,
    standard="SMRP 2.2, Availability; operational availability, MTBM/(MTBM + MDT)",
    undefined="neither operating nor down",
    note="All down time within planned time counts, planned and unplanned, whatever its cause.",
)
INHERENT_AVAILABILITY = Ratio(
    name="inherent_availability",
    title="Inherent availability",
    top=c.OPERATING,
    bottom=c.OPERATING + c.FAILURE_DOWN,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FAILURES,
    standard="EN 15341:2007 T-series; inherent availability, MTBF/(MTBF + MTTR)",
    undefined="neither operating nor down",
    note="Failures alone, with their whole down time, waiting included; external stops do not count.",
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
    standard="Own definition: stops at or above the plant's micro-stop limit",
)
MICRO_STOPS = Total(
    name="micro_stops",
    title="Micro-stops",
    of=c.MICRO_STOPS,
    unit=Unit.COUNT,
    better=Better.DOWN,
    standard="Own definition: stops below the plant's micro-stop limit",
)
MICRO_STOP_TIME = Total(
    name="micro_stop_time",
    title="Micro-stop time",
    of=c.MICRO_STOP,
    unit=Unit.SECONDS,
    better=Better.DOWN,
    standard="Six big losses (Nakajima, TPM), loss 3: part of run time",
)
