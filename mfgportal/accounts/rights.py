"""The one table of what each role may do. Pages, API and navigation ask it; so do the tests' rows of URLs."""

from collections.abc import Mapping
from enum import StrEnum

from mfgportal.accounts.models import Role


class Right(StrEnum):
    """What a role may do beyond reading KPIs of its plants."""

    RESOLVE_EXCEPTIONS = "resolve exceptions"
    RUN_SYNC = "start a sync"
    WRITE_EVENTS = "send events"
    MANAGE_SOURCES = "manage sources"
    MANAGE_RATES = "manage rates"
    MANAGE_TARGETS = "manage targets"
    MANAGE_ALERTS = "manage alert rules"
    MANAGE_DISPLAYS = "manage displays"
    DATE_CYCLES = "date ideal cycles"
    CLOSE_PERIODS = "close periods"
    SEE_TECHNICIANS = "see who did which work"
    SEE_COSTS = "see costs"
    MANAGE_PEOPLE = "manage people"
    SEE_TRAIL = "see who changed what"
    SEE_ALL_KEYS = "see and revoke the API keys of others"


RIGHTS: Mapping[str, frozenset[Right]] = {
    Role.EXECUTIVE: frozenset({Right.SEE_COSTS}),
    Role.PLANT_MANAGER: frozenset(
        {
            Right.MANAGE_TARGETS,
            Right.MANAGE_ALERTS,
            Right.MANAGE_DISPLAYS,
            Right.DATE_CYCLES,
            Right.CLOSE_PERIODS,
            Right.WRITE_EVENTS,
            Right.SEE_COSTS,
        }
    ),
    Role.MAINTENANCE_LEAD: frozenset(
        {
            Right.RESOLVE_EXCEPTIONS,
            Right.RUN_SYNC,
            Right.WRITE_EVENTS,
            Right.DATE_CYCLES,
            Right.SEE_TECHNICIANS,
            Right.SEE_COSTS,
        }
    ),
    # Connects sources and mends what they send: that needs the names that sources give, but no money.
    Role.INTEGRATOR: frozenset(
        {
            Right.RESOLVE_EXCEPTIONS,
            Right.RUN_SYNC,
            Right.WRITE_EVENTS,
            Right.MANAGE_SOURCES,
            Right.DATE_CYCLES,
            Right.SEE_TECHNICIANS,
        }
    ),
    Role.ADMIN: frozenset(Right),
}
