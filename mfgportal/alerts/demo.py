"""Targets and rules of the demo, so that its pages show states. Only the sandbox run makes them."""

from datetime import date
from typing import Any

from kpis.models import Target
from mfgportal.accounts.models import Role
from mfgportal.alerts.models import AlertRule, Severity, Signal

BY = "demo"
SINCE = date(2020, 1, 1)
# KPI, target and warning band, each in the KPI's unit.
TARGETS = (("oee", 0.65, 0.05), ("availability", 0.85, 0.05), ("mttr", 3600.0, 900.0))
LEADS = [Role.MAINTENANCE_LEAD.value]
MANAGERS = [Role.PLANT_MANAGER.value]
RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "OEE of a line is off target",
        "signal": Signal.TARGET,
        "kpi": "oee",
        "each": AlertRule.Each.LINE,
        "grain": AlertRule.Grain.DAY,
        "open_after": 2,
        "roles": MANAGERS,
    },
    {
        "name": "Availability of a machine below 60 %",
        "signal": Signal.LIMIT,
        "kpi": "availability",
        "limit": 0.6,
        "close_limit": 0.7,
        "each": AlertRule.Each.EQUIPMENT,
        "open_after": 3,
        "roles": LEADS,
    },
    {
        "name": "A machine stands for more than 2 hours",
        "signal": Signal.STOP,
        "severity": Severity.CRITICAL,
        "longer_than_s": 7200,
        "roles": LEADS,
        "breaks_quiet": True,
        "escalate_after_s": 1800,
        "escalate_roles": MANAGERS,
    },
    {"name": "A machine fails more and more often", "signal": Signal.TREND, "roles": LEADS},
    {"name": "Data is late", "signal": Signal.LATE_STREAM, "roles": LEADS},
    {
        "name": "An error in the queue for more than a day",
        "signal": Signal.EXCEPTION,
        "least": "error",
        "longer_than_s": 86400,
        "roles": LEADS,
        "escalate_after_s": 86400,
        "escalate_roles": MANAGERS,
    },
)


def seed_alerts() -> None:
    """Make the demo's targets and rules; what people have changed of them stays. Safe to repeat."""
    for kpi, value, band in TARGETS:
        if not Target.objects.filter(kpi=kpi, set_by=BY).exists():
            Target.objects.create(kpi=kpi, value=value, band=band, valid_from=SINCE, set_by=BY)
    for rule in RULES:
        AlertRule.objects.get_or_create(name=rule["name"], defaults=rule)
