"""KPIs of production: OEE and its factors, in the style of ISO 22400-2."""

from kpis.definitions import components as c
from kpis.definitions.base import Better, Product, Ratio, Total, Unit

NO_LOADING = "no planned time with known state"
NO_IDEAL = "no running time with reported counts and a known ideal cycle"
NOTHING_MADE = "nothing was made"
BUSY = (
    "Busy time (AUBT) is loading time without external stops: starved, blocked and unmanned count as "
    "time without an order, since no stop says whether there was one."
)

AVAILABILITY = Ratio(
    name="availability",
    title="Availability",
    top=c.OEE_RUN,
    bottom=c.OEE_LOADING,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Availability (APT/PBT)",
    undefined=NO_LOADING,
    note="Micro-stops count as run time; time of unknown state is left out.",
)
PERFORMANCE = Ratio(
    name="performance",
    title="Performance",
    top=c.IDEAL,
    bottom=c.OEE_RUN - c.RUN_WITHOUT_IDEAL,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Effectiveness (PRI × PQ/APT)",
    undefined=NO_IDEAL,
    note="May pass 100 % where the ideal cycle time is too slow; it is never cut. Time that runs while the "
    "counts are not reported yet is left out, as is time without a known ideal cycle.",
)
QUALITY = Ratio(
    name="quality",
    title="Quality",
    top=c.IDEAL_GOOD,
    bottom=c.IDEAL,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Quality ratio (GQ/PQ), weighted by ideal cycle time",
    undefined=NOTHING_MADE,
    note="Weighted by ideal cycle time, so that OEE = A × P × Q over any mix; the plain count is the yield.",
)
OEE = Product(
    name="oee",
    title="OEE",
    factors=(AVAILABILITY, PERFORMANCE, QUALITY),
    unit=Unit.SHARE,
    better=Better.UP,
    standard="ISO 22400-2:2014 clause 6, OEE index",
)
BUSY_AVAILABILITY = Ratio(
    name="busy_availability",
    title="Availability with set-up",
    top=c.OEE_RUN + c.OEE_SETUP,
    bottom=c.OEE_LOADING,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, first factor of the NEE index (AUPT/PBT)",
    undefined=NO_LOADING,
)
NEE = Product(
    name="nee",
    title="NEE",
    factors=(BUSY_AVAILABILITY, PERFORMANCE, QUALITY),
    unit=Unit.SHARE,
    better=Better.UP,
    standard="ISO 22400-2:2014 clause 6, NEE index (AUPT/PBT × Effectiveness × Quality ratio)",
    note="As OEE, but set-up is no loss of availability.",
)
ALLOCATION_EFFICIENCY = Ratio(
    name="allocation_efficiency",
    title="Allocation efficiency",
    top=c.OEE_LOADING - c.OEE_EXTERNAL,
    bottom=c.OEE_LOADING,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Allocation efficiency (AUBT/PBT)",
    undefined=NO_LOADING,
    note=BUSY,
)
UTILISATION_EFFICIENCY = Ratio(
    name="utilisation_efficiency",
    title="Utilisation efficiency",
    top=c.OEE_RUN,
    bottom=c.OEE_LOADING - c.OEE_EXTERNAL,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Utilization efficiency (APT/AUBT)",
    undefined="never busy",
    note=BUSY,
)
TECHNICAL_EFFICIENCY = Ratio(
    name="technical_efficiency",
    title="Technical efficiency",
    top=c.OEE_RUN,
    bottom=c.OEE_RUN + c.OEE_BREAKDOWN + c.OEE_QUALITY_STOP,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Technical efficiency (APT/(APT + ADET))",
    undefined="neither run nor delayed",
    note="Delays are breakdowns and quality stops; micro-stops stay run time, as in Availability.",
)
THROUGHPUT_RATE = Ratio(
    name="throughput_rate",
    title="Throughput rate",
    top=c.QUANTITY,
    bottom=c.OEE_LOADING - c.OEE_EXTERNAL,
    unit=Unit.RATE,
    scale=3600.0,
    better=Better.UP,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Throughput rate (PQ/AOET)",
    undefined="never busy",
    note=f"Order execution time is taken to be busy time: no source has transport and queues. {BUSY}",
)
RUN_RATE = Ratio(
    name="run_rate",
    title="Units per run hour",
    top=c.QUANTITY,
    bottom=c.OEE_RUN,
    unit=Unit.RATE,
    scale=3600.0,
    better=Better.UP,
    sample=c.FACTS,
    standard="Own definition: produced quantity over run time",
    undefined="no running time",
)
EQUIPMENT_LOAD = Ratio(
    name="equipment_load_ratio",
    title="Equipment load ratio",
    top=c.IDEAL,
    bottom=c.OEE_LOADING - c.RUN_WITHOUT_IDEAL,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Equipment load ratio (PQ/EPC)",
    undefined=NO_LOADING,
    note="The capacity is what the ideal cycle would make in loading time.",
)
UTILISATION = Ratio(
    name="utilisation",
    title="Utilisation",
    top=c.OEE_LOADING,
    bottom=c.OEE_CALENDAR,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="SMRP 2.5, Utilization time: loading time over calendar time",
    undefined="nothing here produces",
)
STAFFED_UTILISATION = Ratio(
    name="staffed_utilisation",
    title="Utilisation of planned operation time",
    top=c.OEE_LOADING,
    bottom=c.OEE_PLANNED,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="Own definition: loading over planned operation time (PBT/POT, ISO 22400-2:2014 clause 5)",
    undefined="no planned operation time",
)
TEEP = Product(
    name="teep",
    title="TEEP",
    factors=(UTILISATION, AVAILABILITY, PERFORMANCE, QUALITY),
    unit=Unit.SHARE,
    better=Better.UP,
    standard="SMRP 2.1.2, Total effective equipment performance",
)
OOE = Product(
    name="ooe",
    title="OOE",
    factors=(STAFFED_UTILISATION, AVAILABILITY, PERFORMANCE, QUALITY),
    unit=Unit.SHARE,
    better=Better.UP,
    standard="Overall operations effectiveness, own definition: good time over planned operation time",
)
YIELD = Ratio(
    name="yield",
    title="Yield",
    top=c.QUANTITY - c.SCRAP,
    bottom=c.QUANTITY,
    unit=Unit.SHARE,
    better=Better.UP,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Quality ratio (GQ/PQ), by count",
    undefined=NOTHING_MADE,
)
SCRAP_RATIO = Ratio(
    name="scrap_ratio",
    title="Scrap ratio",
    top=c.SCRAP,
    bottom=c.QUANTITY,
    unit=Unit.SHARE,
    better=Better.DOWN,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Scrap ratio (SQ/PQ)",
    undefined=NOTHING_MADE,
)
SETUP_RATIO = Ratio(
    name="setup_ratio",
    title="Set-up ratio",
    top=c.SETUP,
    bottom=c.RUN + c.SETUP,
    unit=Unit.SHARE,
    better=Better.DOWN,
    sample=c.FACTS,
    standard="ISO 22400-2:2014 clause 6, Setup ratio (AUST/AUPT)",
    undefined="neither run nor set up",
)
UNKNOWN_SHARE = Ratio(
    name="unknown_share",
    title="Unknown time",
    top=c.UNKNOWN,
    bottom=c.OEE_PLANNED,
    unit=Unit.SHARE,
    better=Better.DOWN,
    sample=c.FACTS,
    standard="Own definition: planned time without any evidence of run, stop or production",
    undefined="no planned operation time",
)
WITHOUT_IDEAL_SHARE = Ratio(
    name="without_ideal_share",
    title="Run time not judged",
    top=c.RUN_WITHOUT_IDEAL,
    bottom=c.OEE_RUN,
    unit=Unit.SHARE,
    better=Better.DOWN,
    sample=c.FACTS,
    standard="Own definition: share of run time that performance says nothing about: its counts "
    "are not reported yet, or no ideal cycle is known",
    undefined="no running time",
)
PRODUCED = Total(
    name="quantity",
    title="Produced quantity",
    of=c.QUANTITY,
    unit=Unit.PIECES,
    better=Better.UP,
    standard="ISO 22400-2:2014 clause 5, PQ",
)
GOOD = Total(
    name="good",
    title="Good quantity",
    of=c.QUANTITY - c.SCRAP,
    unit=Unit.PIECES,
    better=Better.UP,
    standard="ISO 22400-2:2014 clause 5, GQ",
)
SCRAPPED = Total(
    name="scrap",
    title="Scrap",
    of=c.SCRAP,
    unit=Unit.PIECES,
    better=Better.DOWN,
    standard="ISO 22400-2:2014 clause 5, SQ",
)
RUN_TIME = Total(
    name="run_time",
    title="Run time",
    of=c.OEE_RUN,
    unit=Unit.SECONDS,
    better=Better.UP,
    standard="ISO 22400-2:2014 clause 5, APT",
)
LOADING_TIME = Total(
    name="loading_time",
    title="Loading time",
    of=c.OEE_LOADING,
    unit=Unit.SECONDS,
    better=Better.UP,
    standard="ISO 22400-2:2014 clause 5, PBT over the time of known state",
)
