"""The additive components, as the columns of ``kpis.models.ShiftComponents`` hold them.

Terms in brackets: elements of ISO 22400-2. ``oee_`` components leave out equipment that does not produce.
"""

from kpis.definitions.base import Component, Unit

# --- time model of all equipment ---
CALENDAR = Component("calendar_s", "Calendar time", Unit.SECONDS)
PLANNED = Component("planned_s", "Planned operation time", Unit.SECONDS)  # POT
PLANNED_STOP = Component("planned_stop_s", "Planned stops", Unit.SECONDS, loss_class="planned_stop")
UNKNOWN = Component("unknown_s", "Unknown time", Unit.SECONDS)
LOADING = Component("loading_s", "Loading time", Unit.SECONDS)  # PBT
RUN = Component("run_s", "Run time", Unit.SECONDS)  # APT
SPEED = Component("speed_s", "Reduced speed", Unit.SECONDS)  # a run's property: it has no reason
MICRO_STOP = Component("micro_stop_s", "Micro-stops", Unit.SECONDS, loss_class="micro_stop")
BREAKDOWN = Component("breakdown_s", "Breakdowns", Unit.SECONDS, loss_class="breakdown")
SETUP = Component("setup_s", "Set-up and adjustment", Unit.SECONDS, loss_class="setup")  # AUST
EXTERNAL = Component("external_s", "External stops", Unit.SECONDS, loss_class="external")
QUALITY_STOP = Component("quality_s", "Quality stops", Unit.SECONDS, loss_class="quality")
OVERTIME_RUN = Component("overtime_run_s", "Run time outside planned time", Unit.SECONDS)
OPERATING = Component("operating_s", "Operating time", Unit.SECONDS)

# --- work units only ---
OEE_CALENDAR = Component(
    "oee_calendar_s", "Calendar time", Unit.SECONDS, column="calendar_s", work_units=True
)
OEE_PLANNED = Component(
    "oee_planned_s", "Planned operation time", Unit.SECONDS, column="planned_s", work_units=True
)
OEE_LOADING = Component("oee_loading_s", "Loading time", Unit.SECONDS)
OEE_RUN = Component("oee_run_s", "Run time", Unit.SECONDS)
RUN_WITHOUT_IDEAL = Component("run_without_ideal_s", "Run time without counts or ideal cycle", Unit.SECONDS)

# --- counts ---
QUANTITY = Component("quantity", "Produced quantity", Unit.PIECES)  # PQ
SCRAP = Component("scrap", "Scrap", Unit.PIECES)  # SQ
IDEAL = Component("ideal_s", "Ideal time of all units", Unit.SECONDS)  # PRI × PQ
IDEAL_GOOD = Component("ideal_good_s", "Ideal time of good units", Unit.SECONDS)  # PRI × GQ

# --- events ---
FAILURES = Component("failures", "Failures", Unit.COUNT)
FAILURE_DOWN = Component("failure_down_s", "Down time of failures", Unit.SECONDS)
STOPS = Component("stops", "Unplanned stops", Unit.COUNT)
MICRO_STOPS = Component("micro_stops", "Micro-stops", Unit.COUNT)
FACTS = Component("facts", "Source records", Unit.COUNT)
