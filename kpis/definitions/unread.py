"""KPIs of the standards whose data no source read here keeps: computed of numbers at hand, never guessed.

``kpis.compute`` and ``/api/v1/kpis/compute`` take them; asked of the database they are undefined, with what
they need. A connector that reads such data gives their components a table, and nothing here changes.
"""

from functools import partial

from kpis.definitions import components as c
from kpis.definitions.base import UNREAD, Better, Component, Linear, Ratio, Unit

ISO = "ISO 22400-2:2014 clause 6, "
CONSUMED = "material consumed in one unit of measure"


def _component(name: str, title: str, unit: Unit, needs: str) -> Component:
    return Component(name, title, unit, family=UNREAD, needs=(needs,))


_share = partial(Ratio, unit=Unit.SHARE)


def _of_consumed(name: str, title: str, top: Linear, better: Better, terms: str) -> Ratio:
    return _share(
        name=name,
        title=title,
        top=top,
        bottom=MATERIAL,
        better=better,
        sample=c.FACTS,
        standard=f"{ISO}{title} ({terms})",
        undefined="nothing was consumed",
    )


TOOL = _component("tool_s", "Time at tools", Unit.SECONDS, "a time study of maintenance work")
PAID = _component("paid_s", "Paid time of the crew", Unit.SECONDS, "paid hours of the maintenance crew")
WORKED = _component("apwt_s", "Personnel work time", Unit.SECONDS, "work times of people")  # APWT
ATTENDED = _component("apat_s", "Personnel attendance time", Unit.SECONDS, "attendance of people")  # APAT
EXECUTED = _component(
    "aoet_s", "Order execution time", Unit.SECONDS, "orders from start to end with transport and queues"
)  # AOET
PLANNED_SCRAP = _component("psq", "Planned scrap", Unit.PIECES, "planned scrap of orders")  # PSQ
PASSED = _component("good_first", "Good at first inspection", Unit.PIECES, "inspections by serial number")
INSPECTED = _component("inspected", "Inspected parts", Unit.PIECES, "inspections by serial number")
REWORK = _component("rework", "Reworked quantity", Unit.PIECES, "counts of reworked units")  # RQ
STARTED = _component(
    "first_quantity", "Quantity of the first operation", Unit.PIECES, "counts by place in the routing"
)
THROUGHPUT = _component("issued", "Throughput of stock", Unit.PIECES, "stock moves of the period")
INVENTORY = _component("average_inventory", "Average inventory", Unit.PIECES, "stock as it was")
MATERIAL = _component("consumed", "Consumed material", Unit.PIECES, CONSUMED)  # CM
INTEGRATED = _component("integrated", "Integrated goods", Unit.PIECES, CONSUMED)  # IGQ
LOST = _component("production_loss", "Production loss", Unit.PIECES, CONSUMED)  # PL
LOST_IN_STORE = _component("store_loss", "Storage and transport loss", Unit.PIECES, CONSUMED)  # STL
LOST_ELSE = _component("other_loss", "Other loss", Unit.PIECES, CONSUMED)  # OL
LIFE = _component("part_life_s", "Life of parts", Unit.SECONDS, "lives of replaced parts")
FAILED_PARTS = _component("parts_failed", "Parts failed", Unit.COUNT, "lives of replaced parts")

WRENCH_TIME = _share(
    name="wrench_time",
    title="Wrench time",
    top=TOOL,
    bottom=PAID,
    better=Better.UP,
    sample=c.FACTS,
    standard="SMRP 5.6.1, Wrench time",
    undefined="no paid time",
    note="It takes a time study. Booked labour is no tool time: that is labour utilisation.",
)
WORKER_EFFICIENCY = _share(
    name="worker_efficiency",
    title="Worker efficiency",
    top=WORKED,
    bottom=ATTENDED,
    better=Better.UP,
    sample=c.FACTS,
    standard=f"{ISO}Worker efficiency (APWT/APAT)",
    undefined="nobody attended",
)
ALLOCATION_RATIO = _share(
    name="allocation_ratio",
    title="Allocation ratio",
    top=c.OEE_LOADING - c.OEE_EXTERNAL,
    bottom=EXECUTED,
    better=Better.UP,
    sample=c.FACTS,
    standard=f"{ISO}Allocation ratio (AUBT/AOET)",
    undefined="no order was executed",
    note="Over all work units of an order; above 100 % where its operations overlap.",
)
PROCESS_RATIO = _share(
    name="production_process_ratio",
    title="Production process ratio",
    top=c.OEE_RUN,
    bottom=EXECUTED,
    better=Better.UP,
    sample=c.FACTS,
    standard=f"{ISO}Production process ratio (APT/AOET)",
    undefined="no order was executed",
)
ACTUAL_TO_PLANNED_SCRAP = _share(
    name="actual_to_planned_scrap",
    title="Actual to planned scrap ratio",
    top=c.SCRAP,
    bottom=PLANNED_SCRAP,
    better=Better.DOWN,
    sample=c.FACTS,
    standard=f"{ISO}Actual to planned scrap ratio (SQ/PSQ)",
    undefined="no scrap was planned",
)
FIRST_PASS_YIELD = _share(
    name="first_pass_yield",
    title="First pass yield",
    top=PASSED,
    bottom=INSPECTED,
    better=Better.UP,
    sample=c.FACTS,
    standard=f"{ISO}First pass yield (GP/IP)",
    undefined="nothing was inspected",
)
REWORK_RATIO = _share(
    name="rework_ratio",
    title="Rework ratio",
    top=REWORK,
    bottom=c.QUANTITY,
    better=Better.DOWN,
    sample=c.FACTS,
    standard=f"{ISO}Rework ratio (RQ/PQ)",
    undefined="nothing was made",
)
FALL_OFF_RATIO = _share(
    name="fall_off_ratio",
    title="Fall-off ratio",
    top=c.SCRAP,
    bottom=STARTED,
    better=Better.DOWN,
    sample=c.FACTS,
    standard=f"{ISO}Fall-off ratio (SQ of an operation over PQ of the first)",
    undefined="the first operation made nothing",
)
INVENTORY_TURNS = Ratio(
    name="inventory_turns",
    title="Inventory turns",
    top=THROUGHPUT,
    bottom=INVENTORY,
    unit=Unit.TURNS,
    better=Better.UP,
    sample=c.FACTS,
    standard=f"{ISO}Inventory turns (throughput/average inventory)",
    undefined="there was no inventory",
)
FINISHED_GOODS = _of_consumed(
    "finished_goods_ratio", "Finished goods ratio", c.QUANTITY - c.SCRAP, Better.UP, "GQ/CM"
)
INTEGRATED_GOODS = _of_consumed(
    "integrated_goods_ratio", "Integrated goods ratio", INTEGRATED, Better.UP, "IGQ/CM"
)
PRODUCTION_LOSS = _of_consumed("production_loss_ratio", "Production loss ratio", LOST, Better.DOWN, "PL/CM")
STORE_LOSS = _of_consumed(
    "storage_and_transport_loss_ratio",
    "Storage and transport loss ratio",
    LOST_IN_STORE,
    Better.DOWN,
    "STL/CM",
)
OTHER_LOSS = _of_consumed("other_loss_ratio", "Other loss ratio", LOST_ELSE, Better.DOWN, "OL/CM")
PART_MTTF = Ratio(
    name="mttf_of_parts",
    title="MTTF of replaced parts",
    top=LIFE,
    bottom=FAILED_PARTS,
    unit=Unit.SECONDS,
    better=Better.UP,
    sample=FAILED_PARTS,
    standard="SMRP 3.5.5, Mean time to failure; IEC 60050-192:2015, MTTF of what is not repaired",
    undefined="no part failed",
    censored=True,
    note="Lives that go on count in the time. Weibull's fit of lives says more: /api/v1/reliability/weibull.",
)
COMPONENTS = tuple(found for found in list(vars().values()) if isinstance(found, Component))
