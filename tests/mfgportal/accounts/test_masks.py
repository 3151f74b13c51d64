"""What roles do not see in what they may open, as a table: it is the one that is meant."""

import pytest

from kpis.definitions import CATALOGUE
from mfgportal.accounts.masks import (
    may_see_costs,
    may_see_kpi,
    may_see_technicians,
    technician_alias,
    technician_name,
)
from mfgportal.accounts.models import Role, User


@pytest.mark.parametrize(
    ("role", "technicians", "costs"),
    [
        (Role.EXECUTIVE, False, True),
        (Role.PLANT_MANAGER, False, True),
        (Role.MAINTENANCE_LEAD, True, True),
        (Role.INTEGRATOR, True, False),
        (Role.ADMIN, True, True),
    ],
)
def test_who_sees_names_and_money(role: Role, technicians: bool, costs: bool) -> None:
    user = User(role=role)
    assert (may_see_technicians(user), may_see_costs(user)) == (technicians, costs)
    assert technician_name(user, 7, "Ada King") == ("Ada King" if technicians else technician_alias(7))
    assert technician_name(user, None, "") == ""
    assert may_see_kpi(user, CATALOGUE["maintenance_cost"]) is costs
    assert may_see_kpi(user, CATALOGUE["corrective_cost_share"]) is costs
    assert may_see_kpi(user, CATALOGUE["oee"])


def test_an_alias_is_the_same_everywhere() -> None:
    assert technician_alias(7) == "Technician 7"
