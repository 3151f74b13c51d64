"""A thing of each sort in one's own plant, and one in a foreign plant: what addresses are about."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from kpis.models import ClosedPeriod, Downtime, Reason, Target
from mfgportal.accounts.access import may
from mfgportal.accounts.keys import make_key
from mfgportal.accounts.models import Role, User
from mfgportal.accounts.rights import Right
from mfgportal.accounts.scopes import Scope
from mfgportal.alerts.models import Alert, AlertRule, Signal
from mfgportal.api.event_bodies import content
from mfgportal.displays.models import Display
from mfgportal.habits.models import SavedView
from sync.connectors.push.connector import STOPS
from sync.models import HeldRecord
from sync.push import take, turn
from tests.factories import reason, standard_reasons
from tests.mfgportal.queue import World, a_person, a_run
from tests.mfgportal.reconciled import a_comparison
from tests.mfgportal.reconciled import a_line as a_compared_line

UNREAL = frozenset({"nothing", "token", "display_key", "unlinked", "unreachable", "cycle", "shift"})
"""Things that are not there: an address about one may say so."""


class Ground:
    """What addresses are about, by name: arguments of one's own, and of the foreign one or None."""

    def __init__(self, world: World, user: User) -> None:
        self.world, self.user = world, user
        self.things: dict[str, tuple[dict[str, Any], dict[str, Any] | None]] = {
            "": ({}, None),
            "nothing": ({"pk": 0}, None),
            "token": ({"token": "none"}, None),
            "display_key": ({"key": "none"}, None),
            "kpi": ({"name": "oee"}, None),
            "rule": ({"key": "downtime"}, None),
            "rule_key": ({"rule": "downtime"}, None),
            "stream": ({"pk": world.stream.pk}, None),
            "run": ({"pk": a_run(world.stream).pk}, None),
            "source": ({"name": world.source.name}, None),
            "unreachable": ({"name": "none"}, None),
            "person": ({"pk": a_person("other", Role.PLANT_MANAGER).pk}, None),
            "plant": self._both("lyon", "porto"),
            "machine": self._both("press", "lathe"),
            "exception": self._both("mine", "theirs"),
        }
        self._facts()
        self._decisions()
        self._belongings()

    def _both(self, own: str, foreign: str) -> tuple[dict[str, Any], dict[str, Any]]:
        return {"pk": getattr(self.world, own).pk}, {"pk": getattr(self.world, foreign).pk}

    def _pair(self, name: str, make: Callable[[Any, Any], Any]) -> None:
        world = self.world
        own, foreign = make(world.lyon, world.press), make(world.porto, world.lathe)
        self.things[name] = ({"pk": own.pk}, {"pk": foreign.pk})

    def _facts(self) -> None:
        world, day = self.world, {"day": date(2026, 3, 2), "number": 1}
        (own, foreign) = self.things["machine"]
        assert foreign
        self.things["line"] = ({"pk": world.press.line_id}, {"pk": world.lathe.line_id})
        self.things["shift"] = (own | day, foreign | day)
        self.things["cycle"] = (own | {"cycle": 0}, foreign | {"cycle": 0})
        raws = [HeldRecord.objects.filter(exception=each).first() for each in (world.mine, world.theirs)]
        mine, theirs = ({"pk": row.exception_id, "raw": row.raw_id} for row in raws if row)
        self.things["raw"] = (mine, theirs)
        (own, foreign) = self.things["exception"]
        assert foreign
        self.things["unlinked"] = (own | {"link": 0}, foreign | {"link": 0})
        standard_reasons()
        why = reason("equipment-failure")
        start = timezone.now() - timedelta(days=1)
        self._pair("event", lambda plant, machine: _stop(machine, why, start))
        for each in self.things["event"]:
            assert each is not None
            each["kind"] = "downtime"
        self.things["sent_event"] = (self._sent(world.press), self._sent(world.lathe))

    def _sent(self, machine: Any) -> dict[str, Any]:
        key, start = f"line/{machine.pk}", timezone.now() - timedelta(days=2)
        with turn(STOPS) as stream:
            row = content(self.world.admin, key, {"machine_id": machine.pk, "start": start})
            take(stream, row, by="gateway")
        return {"key": key}

    def _decisions(self) -> None:
        now, run = timezone.now(), a_comparison()
        self._pair(
            "period",
            lambda plant, machine: ClosedPeriod.objects.create(
                plant=plant, month=date(2026, 1, 1), closed_at=now, by="ada", completeness=1.0
            ),
        )
        self._pair(
            "target",
            lambda plant, machine: Target.objects.create(
                kpi="oee", plant=plant, valid_from=date(2026, 1, 1), value=0.8
            ),
        )
        self._pair("alert_rule", lambda plant, machine: _rule(plant))
        self._pair("alert", lambda plant, machine: _alert(plant, machine))
        self._pair(
            "comparison",
            lambda plant, machine: a_compared_line(
                run, self.world.stream, plant=plant, equipment=machine, title=machine.name
            ),
        )

        self._pair("display", lambda plant, machine: _display(plant))

    def _belongings(self) -> None:
        other = a_person("stranger", Role.ADMIN)
        views = [SavedView.objects.create(owner=who, name="V", address="/") for who in (self.user, other)]
        self.things["view"] = ({"pk": views[0].pk}, {"pk": views[1].pk})
        keys = [make_key(who, "K", [Scope.READ_KPIS], days=1)[0] for who in (self.user, other)]
        # An administrator may revoke the keys of others.
        sees = may(self.user, Right.SEE_ALL_KEYS)
        self.things["key"] = ({"pk": keys[0].pk}, None if sees else {"pk": keys[1].pk})


def _stop(machine: Any, why: Reason, start: Any) -> Downtime:
    return Downtime.objects.create(
        equipment=machine,
        reason=why,
        start=start,
        end=start + timedelta(minutes=20),
        source="odoo",
        external_key=f"stop/{machine.pk}",
    )


def _rule(plant: Any) -> AlertRule:
    return AlertRule.objects.create(
        name=f"Rule of {plant.name}", signal=Signal.STOP, plant=plant, longer_than_s=1800
    )


def _display(plant: Any) -> Display:
    expires = timezone.now() + timedelta(days=1)
    return Display.objects.create(
        name="Hall", plant=plant, panels=[], expires_at=expires, key_digest=f"{plant.pk}"
    )


def _alert(plant: Any, machine: Any) -> Alert:
    return Alert.objects.create(
        rule=AlertRule.objects.get(plant=plant),
        subject=f"equipment/{machine.pk}",
        plant=plant,
        title=f"{machine.name} stands",
        opened_at=timezone.now(),
        tell_at=timezone.now(),
        severity="warning",
    )
