"""What a role does not see in what it may open: names of technicians, and money."""

import re
from typing import Any

from kpis.definitions import Kpi
from kpis.definitions.base import MONEY
from mfgportal.accounts.access import may
from mfgportal.accounts.models import User
from mfgportal.accounts.rights import Right

NO_COSTS = "not shown to your role"
"""What stands in place of an amount."""
NOBODY = "(not shown to your role)"
"""What stands in place of what names a person."""
PEOPLE = re.compile(
    r"user|uid$|employee|technician|worker|operator|person|people|assign|owner|requester|login|mail|phone"
    r"|first_?name|last_?name|(created?|written|updated|requested|completed|closed|done|reported|approved)_?by",
    re.IGNORECASE,
)


def may_see_technicians(user: User) -> bool:
    """Whether the person sees who did which work."""
    return may(user, Right.SEE_TECHNICIANS)


def may_see_costs(user: User) -> bool:
    """Whether the person sees amounts of money, and rates that amounts follow from."""
    return may(user, Right.SEE_COSTS)


def technician_alias(key: object) -> str:
    """What stands for a technician's name: the same person is the same number everywhere. No key: nobody."""
    return "" if key is None else f"Technician {key}"


def technician_name(user: User, key: object, name: str) -> str:
    """A technician's name as the person may see it."""
    return name if key is None or may_see_technicians(user) else technician_alias(key)


def without_people(user: User, payload: Any) -> Any:
    """A source's row as the person may see it: where names are not theirs to see, without what names people.

    Sources name people in fields of many names; those that sound like one are left out as a whole.
    """
    return payload if may_see_technicians(user) else _without_people(payload)


def _without_people(found: Any) -> Any:
    if isinstance(found, dict):
        return {
            key: NOBODY if PEOPLE.search(str(key)) and value else _without_people(value)
            for key, value in found.items()
        }
    return [_without_people(each) for each in found] if isinstance(found, list) else found


def is_cost(kpi: Kpi) -> bool:
    """Whether a KPI is an amount of money, or follows from one (a share of costs)."""
    return kpi.unit in MONEY or kpi.of_money


def may_see_kpi(user: User, kpi: Kpi) -> bool:
    """Whether the person sees values of the KPI."""
    return not is_cost(kpi) or may_see_costs(user)
