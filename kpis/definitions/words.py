"""What standards and worked examples call the quantities that KPIs are made of.

A word stands for a sum of components. Those of time are in seconds, or end in a unit: ``run_min``,
``shift_h``, ``operating_hours``, ``cycle_days``. Components of work units and of all machines are one here.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kpis.definitions import components as c
from kpis.definitions import levels, unread
from kpis.definitions.base import Component, Linear, Unit

SHIFT = Component("shift_s", "Shift", Unit.SECONDS)
BREAKS = Component("breaks_s", "Breaks", Unit.SECONDS)
DOWN = c.BREAKDOWN + c.SETUP + c.EXTERNAL + c.QUALITY_STOP
BUSY = c.LOADING - c.EXTERNAL
GOOD = c.QUANTITY - c.SCRAP

UNITS: Mapping[str, float] = MappingProxyType(
    {
        name: seconds
        for seconds, names in (
            (1.0, ("s", "sec", "secs", "seconds")),
            (60.0, ("min", "mins", "minutes")),
            (3600.0, ("h", "hr", "hrs", "hours")),
            (86400.0, ("d", "days")),
        )
        for name in names
    }
)
RATES: Mapping[str, float] = MappingProxyType(
    {
        "per_s": 1.0,
        "per_second": 1.0,
        "per_min": 60.0,
        "per_minute": 60.0,
        "per_h": 3600.0,
        "per_hour": 3600.0,
    }
)
PERCENT = ("percent", "pct")


def _named(words: str) -> frozenset[str]:
    return frozenset(words.split())


CYCLES = _named(
    "ideal_cycle ideal_cycle_time cycle cycle_time standard_cycle_time theoretical_cycle_time "
    "planned_run_time_per_unit pri pru"
)
IDEAL_RATES = _named(
    "ideal_rate ideal_run_rate ideal_speed rated_speed rated_output design_rate design_speed "
    "nameplate_capacity theoretical_rate standard_rate"
)
BREAK_WORDS = _named("breaks break break_time short_breaks meal_break lunch lunch_break")
"""They add up: ``short_breaks_min`` beside ``meal_break_min``."""


def _words(meaning: Linear, words: str) -> Iterator[tuple[str, Linear]]:
    return ((word, meaning) for word in words.split())


WORDS: Mapping[str, Linear] = MappingProxyType(
    dict(
        (
            *_words(SHIFT, "shift shift_length shift_time shift_duration"),
            *_words(c.CALENDAR, "calendar calendar_time all_time total_calendar_time"),
            *_words(
                c.PLANNED, "pot scheduled scheduled_time planned_operation_time planned planned_time staffed"
            ),
            *_words(c.PLANNED_STOP, "planned_downtime planned_down planned_stops scheduled_downtime"),
            *_words(
                c.LOADING,
                "pbt loading loading_time planned_production planned_production_time planned_busy_time "
                "available_time net_available_time planned_run_time",
            ),
            *_words(c.RUN, "apt run run_time running running_time actual_production_time"),
            *_words(
                c.OPERATING, "operating operating_time total_operating total_operating_time uptime up_time up"
            ),
            *_words(
                DOWN,
                "downtime down_time down stop_time unplanned_downtime unscheduled_downtime total_downtime "
                "unplanned_stops_time",
            ),
            *_words(c.SETUP, "aust setup setup_time changeover changeover_time"),
            *_words(c.RUN + c.SETUP, "aupt"),
            *_words(BUSY, "aubt"),
            *_words(c.BREAKDOWN + c.QUALITY_STOP, "adet"),
            *_words(c.EXTERNAL, "adot"),
            *_words(c.BREAKDOWN, "breakdown breakdown_time"),
            *_words(c.MICRO_STOP, "minor_stops small_stops idling micro_stops_time"),
            *_words(
                c.QUANTITY,
                "pq quantity total_count total_pieces total_parts total_units total_quantity total_output "
                "total_produced produced units_produced parts_produced pieces_produced actual_output output "
                "units produced_quantity",
            ),
            *_words(GOOD, "gq good good_count good_pieces good_parts good_units good_quantity good_output"),
            *_words(
                c.SCRAP,
                "sq scrap scrapped scrap_count scrap_quantity reject_count rejects rejected rejected_units "
                "defects defective defect_count defective_units bad_count bad",
            ),
            *_words(
                c.FAILURES, "fe failures failure_count number_of_failures breakdowns number_of_breakdowns"
            ),
            *_words(c.OPERATING + c.SETUP, "tbf ttf"),
            *_words(c.FAILURE_DOWN, "ttr failure_downtime restoration restoration_time time_to_restore"),
            *_words(c.REPAIR, "repair repair_time total_repair total_repair_time total_maintenance_time"),
            *_words(c.REPAIRED, "repairs number_of_repairs"),
            *_words(c.LABOUR_CORRECTIVE, "cmt corrective corrective_maintenance_time"),
            *_words(c.LABOUR_PREVENTIVE, "pmt preventive preventive_maintenance_time"),
            *_words(levels.ASSET_VALUE, "rav replacement_asset_value asset_replacement_value"),
            *_words(levels.CAPACITY, "crew_capacity weekly_capacity crew_per_week"),
            *_words(c.MAINTENANCE_COST, "total_maintenance_cost annual_maintenance_cost"),
            *_words(unread.TOOL, "tool hands_on productive_work"),
            *_words(unread.PAID, "paid total_paid total_work"),
            *_words(unread.WORKED, "apwt"),
            *_words(unread.ATTENDED, "apat attendance"),
            *_words(unread.EXECUTED, "aoet"),
            *_words(unread.PASSED, "gp"),
            *_words(unread.INSPECTED, "ip inspected_parts"),
            *_words(unread.REWORK, "rq reworked rework_count"),
            *_words(unread.MATERIAL, "cm consumed_material"),
            *_words(unread.INTEGRATED, "igq"),
            *_words(unread.LOST, "pl"),
            *_words(unread.LOST_IN_STORE, "stl"),
            *_words(unread.LOST_ELSE, "ol"),
            *_words(unread.LIFE, "total_life life"),
            *_words(c.PART_COST, "material_cost materials parts_cost"),
        )
    )
)

OF_KPI: Mapping[str, Mapping[str, Linear]] = MappingProxyType(
    {
        "throughput_rate": {"aoet": BUSY, "order_execution_time": BUSY},
        "mtbf": {"tbf": c.OPERATING, "total_time": c.OPERATING + c.FAILURE_DOWN}
        | dict(_words(c.FAILURE_DOWN, "down downtime down_time total_downtime")),
        "mttf": {"ttf": c.OPERATING},
        "mtbf_scheduled_up": dict(_words(c.BREAKDOWN, "down downtime down_time")),
        **{
            name: dict(_words(c.FAILURE_DOWN, "down downtime down_time total_downtime"))
            for name in ("mttr", "mtbf_calendar", "inherent_availability")
        },
        "pm_compliance": {"due": c.PM_DUE, "scheduled": c.PM_DUE}
        | dict(_words(c.PM_ON_TIME, "on_time completed completed_on_time done")),
        "schedule_compliance": {"scheduled": c.SCHEDULED}
        | dict(_words(c.SCHEDULED_DONE, "completed done completed_as_scheduled")),
        "schedule_compliance_hours": {"scheduled": c.SCHEDULED_HOURS}
        | dict(_words(c.SCHEDULED_HOURS_DONE, "completed done worked completed_as_scheduled")),
        "planned_work": {"planned": c.LABOUR_PLANNED, "total": c.LABOUR},
        "reactive_work": {"reactive": c.LABOUR_REACTIVE, "total": c.LABOUR},
        "proactive_work": {"proactive": c.LABOUR_PREVENTIVE, "total": c.LABOUR},
        "maintenance_rework": {"rework": c.LABOUR_REWORK, "total": c.LABOUR},
        "backlog_weeks": {"capacity": levels.CAPACITY, "ready_work": levels.BACKLOG_S},
        "first_time_fix": {"fixed": c.FIRST_TIME_FIXED, "total": c.CORRECTIVE_COMPLETED},
        "spare_part_turns": dict(_words(c.PART_COST, "purchased value_of_stock_purchased issued used"))
        | dict(_words(levels.PARTS_STOCK, "on_hand value_of_stock_on_hand average_stock")),
        "stock_outs": dict(_words(levels.PARTS_SHORT, "requests_with_stock_out unfilled stock_outs"))
        | dict(_words(levels.PARTS_ASKED, "requests inventory_requests total_inventory_requests total")),
        "mttf_of_parts": {"failures": unread.FAILED_PARTS, "failed": unread.FAILED_PARTS},
        "mtta": dict(_words(c.RESPONDED, "incidents alerts orders")),
        **{name: {"total": c.QUANTITY} for name in ("scrap_ratio", "yield", "quality", "performance", "oee")},
    }
)
"""Words that mean something else, or something at all, for one KPI alone."""
