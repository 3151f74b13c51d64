"""What stands at the end of a period: open work, its crews, and what machines and spare parts are worth.

Levels do not add up over time: of several weeks the last one's end counts.
"""

from functools import partial

from kpis.definitions import components as c
from kpis.definitions.base import Better, Component, Ratio, Total, Unit

OPEN = "open work orders with their estimates"
CREWS = "the crew's hours per week, a setting of the plant"
VALUES = "replacement values of machines"
LYING = "stock levels of products that are spare parts, with their value"
ASKED = "parts booked on open work orders, and how many lie in stock"

_backlog = partial(Component, family="backlog", needs=(OPEN,))
NOT_ESTIMATED = _backlog("backlog_orders_without_estimate", "Open orders without an estimate", Unit.COUNT)
BACKLOG_S = _backlog("backlog_s", "Estimated hours of open orders", Unit.SECONDS, gap=NOT_ESTIMATED)
BACKLOG_OPEN = _backlog("backlog_orders", "Open work orders", Unit.COUNT)
CAPACITY = Component(
    "capacity_s_per_week", "Crew's hours per week", Unit.SECONDS, family="capacity", needs=(CREWS,)
)
CREW = Component("crew_s", "Crew's hours of the period", Unit.SECONDS, family="capacity", needs=(CREWS,))
NOT_VALUED = Component(
    "machines_without_value", "Machines without a replacement value", Unit.COUNT, family="assets"
)
MACHINES_VALUED = Component(
    "machines_valued", "Machines with a replacement value", Unit.COUNT, family="assets"
)
ASSET_VALUE = Component(
    "replacement_value", "Replacement value", Unit.MONEY, family="assets", needs=(VALUES,), gap=NOT_VALUED
)
STOCK_NOT_VALUED = Component(
    "stocks_without_value", "Stock levels without a value", Unit.COUNT, family="stock"
)
STOCKS_VALUED = Component("stocks_valued", "Stock levels with a value", Unit.COUNT, family="stock")
PARTS_STOCK = Component(
    "stock_value",
    "Value of spare parts in stock",
    Unit.MONEY,
    family="stock",
    needs=(LYING,),
    gap=STOCK_NOT_VALUED,
)
PARTS_ASKED = Component(
    "parts_asked", "Parts that open orders ask for", Unit.COUNT, family="demand", needs=(ASKED,)
)
PARTS_SHORT = Component(
    "parts_short", "Parts of which open orders ask for more than there is", Unit.COUNT, family="demand"
)
COMPONENTS = (
    NOT_ESTIMATED,
    BACKLOG_S,
    BACKLOG_OPEN,
    CAPACITY,
    CREW,
    NOT_VALUED,
    MACHINES_VALUED,
    ASSET_VALUE,
    STOCK_NOT_VALUED,
    STOCKS_VALUED,
    PARTS_STOCK,
    PARTS_ASKED,
    PARTS_SHORT,
)

BACKLOG_ORDERS = Total(
    name="backlog_orders",
    title="Open work orders",
    of=BACKLOG_OPEN,
    sample=BACKLOG_OPEN,
    unit=Unit.COUNT,
    better=Better.DOWN,
    standard="SMRP 5.4.8, Planned backlog, as a count; at the end of the period",
)
BACKLOG = Total(
    name="backlog",
    title="Backlog",
    of=BACKLOG_S,
    sample=BACKLOG_OPEN,
    unit=Unit.SECONDS,
    better=Better.DOWN,
    standard="SMRP 5.4.8, Planned backlog, in hours; at the end of the period",
    note="Estimated hours of all open orders; those without an estimate are counted beside it.",
)
BACKLOG_WEEKS = Ratio(
    name="backlog_weeks",
    title="Backlog in weeks",
    top=BACKLOG_S,
    bottom=CAPACITY,
    sample=BACKLOG_OPEN,
    unit=Unit.WEEKS,
    better=Better.DOWN,
    standard="SMRP 5.4.8, Planned backlog; SMRP 5.4.9, Ready backlog, of all open orders",
    undefined="the plant's settings do not say the crew's hours per week",
    note="Nothing tells which orders are ready, so that this is the planned backlog. By plant, as crews are.",
)
LABOUR_UTILISATION = Ratio(
    name="labour_utilisation",
    title="Labour utilisation",
    top=c.LABOUR,
    bottom=CREW,
    sample=c.COMPLETED,
    unit=Unit.SHARE,
    better=Better.UP,
    standard="Own definition: labour booked over the crew's working time; no wrench time (SMRP 5.6.1)",
    undefined="the plant's settings do not say the crew's hours per week",
    note="What was booked, tool time or not. Above 100 % where more is booked than the setting says. By "
    "plant, as crews are; up to today where the period goes on.",
)
REPLACEMENT_VALUE = Total(
    name="replacement_value",
    title="Replacement value of machines",
    of=ASSET_VALUE,
    sample=MACHINES_VALUED,
    unit=Unit.MONEY,
    better=Better.UP,
    standard="EN 15341:2007 E1, asset replacement value, its divisor; at the end of the period",
    note="As the sources have it, which is what the machine was bought for where they keep no more.",
)
COST_OF_VALUE = Ratio(
    name="maintenance_cost_of_replacement_value",
    title="Maintenance cost over replacement value",
    top=c.MAINTENANCE_COST,
    bottom=ASSET_VALUE,
    sample=MACHINES_VALUED,
    unit=Unit.SHARE,
    better=Better.DOWN,
    standard="SMRP 1.5; EN 15341:2007 E1, Total maintenance cost over replacement asset value",
    undefined="no machine has a replacement value",
    note="Of the costs of the period: the standards mean twelve months, so ask for a year or a rolling one.",
)
STOCK_VALUE = Total(
    name="spare_parts_stock_value",
    title="Value of spare parts in stock",
    of=PARTS_STOCK,
    sample=STOCKS_VALUED,
    unit=Unit.MONEY,
    better=Better.DOWN,
    standard="SMRP 1.4; EN 15341:2007 E7, stock value, its numerator; as it is now",
    note="Sources keep stock as it is, so that no past period has it. Of products that are spare parts.",
)
STOCK_OF_VALUE = Ratio(
    name="stock_of_replacement_value",
    title="Stock of spare parts over replacement value",
    top=PARTS_STOCK,
    bottom=ASSET_VALUE,
    sample=STOCKS_VALUED,
    unit=Unit.SHARE,
    better=Better.DOWN,
    standard="SMRP 1.4; EN 15341:2007 E7, Stocked MRO inventory value over replacement asset value",
    undefined="no machine has a replacement value",
    note="As it is now: sources keep no past stock.",
)
PART_TURNS = Ratio(
    name="spare_part_turns",
    title="Spare-part turns",
    top=c.PART_COST,
    bottom=PARTS_STOCK,
    sample=STOCKS_VALUED,
    unit=Unit.TURNS,
    better=Better.UP,
    standard="SMRP 5.5.31, Stores inventory turns, of parts used instead of purchased; EN 15341:2007 E12",
    undefined="no spare parts of a known value in stock",
    note="Parts booked in the period over stock as it is now: ask for a year, or a rolling one, up to today. "
    "SMRP takes what was purchased, which is not read.",
)
STOCK_OUTS = Ratio(
    name="stock_outs",
    title="Stock-outs",
    top=PARTS_SHORT,
    bottom=PARTS_ASKED,
    sample=PARTS_ASKED,
    unit=Unit.SHARE,
    better=Better.DOWN,
    standard="SMRP 5.5.33, Stock-outs, by a proxy: parts instead of requests",
    undefined="open orders ask for no part whose stock is known",
    note="Of the parts that open orders ask for, those of which there are fewer than they ask for, as it is "
    "now: no source logs requests that stock could not fill.",
)
