"""KPIs of the standards that the portal does not have, and why: nothing is made up that no source stores."""

from typing import NamedTuple


class LeftOut(NamedTuple):
    """``standard`` names standard and KPI; ``why``: what would be needed."""

    standard: str
    why: str


ISO = "ISO 22400-2:2014"
LEFT_OUT = (
    LeftOut(f"{ISO}, Cm, Cmk, Cp, Cpk", "measured values are not read"),
    LeftOut(f"{ISO}, Comprehensive energy consumption", "energy meters are not read"),
    LeftOut(
        "SMRP 5.4.6, Work order aging", "the age of open orders does not add up; lists of orders show it"
    ),
)
