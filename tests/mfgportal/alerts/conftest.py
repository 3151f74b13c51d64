"""Rules, people and readings for the tests of alerts, at a fixed time and without a factory behind them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from kpis.models import Equipment, Plant
from mfgportal.accounts.models import Role, User
from mfgportal.alerts.models import AlertRule, Signal
from sync.models import Source, Stream
from tests.factories import make_machine, make_plant

# Tuesday, 11:00 in Lyon.
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


@dataclass
class Site:
    """Lyon has a press and a manager; Pune is somebody else's."""

    lyon: Plant
    pune: Plant
    press: Equipment
    lathe: Equipment
    stream: Stream
    manager: User
    other: User
    boss: User


@pytest.fixture
def clock(db: None) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def site(clock: time_machine.Traveller) -> Site:
    lyon, pune = make_plant("Lyon"), make_plant("Pune", "Asia/Kolkata")
    source = Source.objects.create(name="odoo", title="Odoo", connector="odoo", url="https://odoo.example")
    stream = Stream.objects.create(source=source, name="productivity", title="Productivity", read_through=NOW)
    return Site(
        lyon=lyon,
        pune=pune,
        press=make_machine(lyon, "Press 1"),
        lathe=make_machine(pune, "Lathe 1"),
        stream=stream,
        manager=_person("anna", Role.PLANT_MANAGER, lyon),
        other=_person("ravi", Role.PLANT_MANAGER, pune),
        boss=_person("boss", Role.EXECUTIVE),
    )


def _person(name: str, role: Role, *plants: Plant) -> User:
    user = User.objects.create_user(name, email=f"{name}@plant.example", role=role)
    user.plants.set(plants)
    return user


MakeRule = Callable[..., AlertRule]


@pytest.fixture
def make_rule(site: Site) -> MakeRule:
    """A rule on stops of 30 minutes in Lyon that tells plant managers, unless told otherwise."""

    def make(**fields: Any) -> AlertRule:
        given: dict[str, Any] = {
            "name": f"Rule {AlertRule.objects.count() + 1}",
            "signal": Signal.STOP,
            "plant": site.lyon,
            "longer_than_s": 1800,
            "roles": [Role.PLANT_MANAGER],
        }
        return AlertRule.objects.create(**given | fields)

    return make
