"""KPIs of what maintenance costs, by EN 15341 and SMRP.

In the plant's currency; where plants of several meet, in the enterprise's, at the rate of each day.
"""

from functools import partial

from kpis.definitions import components as c
from kpis.definitions.base import Better, Component, Ratio, Total, Unit

NO_COST = "nothing was spent"

_money = partial(Total, unit=Unit.MONEY, better=Better.DOWN, sample=c.COMPLETED)
_of_all = partial(
    Ratio,
    unit=Unit.SHARE,
    bottom=c.MAINTENANCE_COST,
    sample=c.COMPLETED,
    undefined=NO_COST,
    better=Better.DOWN,
)

MAINTENANCE_COST = _money(
    name="maintenance_cost",
    title="Maintenance cost",
    of=c.MAINTENANCE_COST,
    standard="EN 15341:2007 E-series, total maintenance cost; SMRP 1.5, its numerator",
    note="Labour, parts, contractors and other entries as booked; investments are not told apart.",
)


def _cost(of: Component, standard: str) -> Total:
    return _money(name=of.name, title=of.title, of=of, standard=standard)


LABOUR_COST = _cost(c.LABOUR_COST, "EN 15341:2007 E8, labour cost, its numerator")
PART_COST = _cost(c.PART_COST, "EN 15341:2007 E11, materials, its numerator")
CONTRACTOR_COST = _cost(c.CONTRACTOR_COST, "EN 15341:2007 E10, contractors, its numerator")
OTHER_COST = _cost(c.OTHER_COST, "Own definition: cost entries of no other category")
PREVENTIVE_COST = _cost(c.PREVENTIVE_COST, "EN 15341:2007 E16, preventive maintenance, its numerator")
CORRECTIVE_COST = _cost(c.CORRECTIVE_COST, "EN 15341:2007 E15, corrective maintenance, its numerator")

DOWNTIME_COST = _money(
    name="downtime_cost",
    title="Downtime cost",
    of=c.DOWNTIME_COST,
    sample=None,
    basis=c.DOWN_WITH_RATE,
    undefined="no unplanned stop that has a rate",
    standard="Own definition: SMRP 3.4, Unscheduled downtime, at the dated rate of the closest place",
    note="No money that was spent: it is in no other cost.",
)

LABOUR_SHARE = _of_all(
    name="labour_cost_share",
    title="Labour share of cost",
    top=c.LABOUR_COST,
    standard="EN 15341:2007 E8, internal personnel cost over total maintenance cost",
)
PART_SHARE = _of_all(
    name="part_cost_share",
    title="Parts share of cost",
    top=c.PART_COST,
    standard="EN 15341:2007 E11, material cost over total maintenance cost",
)
CONTRACTOR_SHARE = _of_all(
    name="contractor_cost_share",
    title="Contractor share of cost",
    top=c.CONTRACTOR_COST,
    standard="EN 15341:2007 E10; SMRP 5.5.71, Contractor cost",
)
CORRECTIVE_SHARE = _of_all(
    name="corrective_cost_share",
    title="Corrective share of cost",
    top=c.CORRECTIVE_COST,
    standard="EN 15341:2007 E15; SMRP 5.1.1, Corrective maintenance cost",
)
PREVENTIVE_SHARE = _of_all(
    name="preventive_cost_share",
    title="Preventive share of cost",
    top=c.PREVENTIVE_COST,
    better=Better.UP,
    standard="EN 15341:2007 E16; SMRP 5.1.3, Preventive maintenance cost",
)
COST_PER_UNIT = Ratio(
    name="maintenance_cost_per_unit",
    title="Maintenance cost per unit",
    unit=Unit.MONEY_PER_PIECE,
    better=Better.DOWN,
    top=c.MAINTENANCE_COST,
    bottom=c.QUANTITY,
    sample=c.COMPLETED,
    standard="EN 15341:2007 E3; SMRP 1.3, Maintenance unit cost",
    undefined="nothing was made",
    note="Scrap is among the units: the machine made it.",
)
COST_PER_HOUR = Ratio(
    name="maintenance_cost_per_operating_hour",
    title="Maintenance cost per operating hour",
    unit=Unit.MONEY_PER_HOUR,
    scale=3600.0,
    better=Better.DOWN,
    top=c.MAINTENANCE_COST,
    bottom=c.OPERATING,
    sample=c.COMPLETED,
    standard="Own definition: total maintenance cost over operating time",
    undefined="no operating time recorded",
)
