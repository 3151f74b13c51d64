"""KPIs of the standards that the portal does not have, and why: nothing is made up that no source stores."""

from typing import NamedTuple


class LeftOut(NamedTuple):
    """``standard`` names standard and KPI; ``why``: what would be needed."""

    standard: str
    why: str


ISO = "ISO 22400-2:2014"
LEFT_OUT = (
    LeftOut(f"{ISO}, Worker efficiency", "attendance of people is not read"),
    LeftOut(f"{ISO}, Allocation ratio", "no order's own execution time with transport and queues is stored"),
    LeftOut(
        f"{ISO}, Production process ratio", "as Allocation ratio; on one unit it is Utilization efficiency"
    ),
    LeftOut(
        f"{ISO}, Actual to planned scrap ratio", "planned scrap is stored nowhere; set a target on Scrap"
    ),
    LeftOut(f"{ISO}, First pass yield", "inspections by serial number are not read"),
    LeftOut(f"{ISO}, Rework ratio", "no source counts reworked units"),
    LeftOut(f"{ISO}, Fall-off ratio", "counts are by machine, not by place of the operation in its routing"),
    LeftOut(f"{ISO}, Cm, Cmk, Cp, Cpk", "measured values are not read"),
    LeftOut(f"{ISO}, Comprehensive energy consumption", "energy meters are not read"),
    LeftOut(f"{ISO}, Inventory turns", "stock is known as it is now, not as it was"),
    LeftOut(
        f"{ISO}, Finished and integrated goods, production, storage and other loss ratios",
        "process industry: consumed material is not read",
    ),
    LeftOut(
        "SMRP 5.5.31, Stores inventory turns; EN 15341:2007 E12", "purchases and past stock are not read"
    ),
    LeftOut(
        "SMRP 5.5.33, Stock-outs",
        "no source logs requests that stock could not fill; what is reserved now says nothing of the past",
    ),
    LeftOut(
        "SMRP 5.4.6, Work order aging", "the age of open orders does not add up; lists of orders show it"
    ),
    LeftOut(
        "SMRP 5.6.1, Wrench time",
        "it takes a time study; booked labour is not tool time and stands as labour utilisation",
    ),
    LeftOut(
        "SMRP 3.5.5, Mean time to failure",
        "lives of replaced parts are not read; MTTF here is that of ISO 22400-2",
    ),
)
