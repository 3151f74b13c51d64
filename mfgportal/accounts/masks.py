"""What a role does not see in what it may open: names of technicians, and money."""

from kpis.definitions import Kpi
from kpis.definitions.base import MONEY
from mfgportal.accounts.access import may
from mfgportal.accounts.models import User
from mfgportal.accounts.rights import Right

NO_COSTS = "not shown to your role"
"""What stands in place of an amount."""


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


def is_cost(kpi: Kpi) -> bool:
    """Whether a KPI is an amount of money, or follows from one (a share of costs)."""
    return kpi.unit in MONEY or kpi.of_money


def may_see_kpi(user: User, kpi: Kpi) -> bool:
    """Whether the person sees values of the KPI."""
    return not is_cost(kpi) or may_see_costs(user)
