"""Alerts and targets by the API: scoped by plant, by right, audited."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kpis.models import Line, Target
from mfgportal.accounts.audit import changes_of
from mfgportal.accounts.models import Role, User
from mfgportal.alerts.judging import judge
from mfgportal.alerts.models import Alert, AlertRule
from tests.factories import stop
from tests.mfgportal.alerts.conftest import NOW, MakeRule, Site
from tests.mfgportal.alerts.conftest import clock as clock
from tests.mfgportal.alerts.conftest import make_rule as make_rule
from tests.mfgportal.alerts.conftest import site as site
from tests.mfgportal.queue import LogIn

OEE = {"kpi": "oee", "valid_from": "2026-11-01", "value": 0.65, "band": 0.05}


def send(client: Client, way: str, url: str, **body: Any) -> Any:
    return getattr(client, way)(f"/api/v1/{url}", json.dumps(body), content_type="application/json")


@pytest.fixture
def alert(site: Site, make_rule: MakeRule) -> Alert:
    stop(site.press, NOW - timedelta(hours=1), None)
    judge(AlertRule.objects.get(pk=make_rule().pk), NOW)
    return Alert.objects.get()


def test_alerts_are_listed_and_filtered(site: Site, alert: Alert, as_user: LogIn) -> None:
    anna = as_user(site.manager)
    (row,) = anna.get("/api/v1/alerts?status=open&severity=warning").json()["results"]
    assert (row["id"], row["value_opened"], row["unit"]) == (alert.pk, 3600.0, "s")
    assert anna.get("/api/v1/alerts?status=closed").json()["results"] == []
    assert anna.get("/api/v1/alerts?status=bored").status_code == 400
    assert as_user(site.other).get("/api/v1/alerts").json()["results"] == []
    assert as_user(site.other).get(f"/api/v1/alerts/{alert.pk}").status_code == 404


def test_one_is_acknowledged_once(site: Site, alert: Alert, as_user: LogIn) -> None:
    anna = as_user(site.manager)
    answer = send(anna, "post", f"alerts/{alert.pk}/acknowledge", comment="On my way")
    assert (answer.json()["status"], answer.json()["acknowledged_by"]) == ("acknowledged", "anna")
    assert [event["action"] for event in answer.json()["events"]] == ["opened", "acknowledged"]
    assert send(anna, "post", f"alerts/{alert.pk}/acknowledge").status_code == 200
    assert send(as_user(site.other), "post", f"alerts/{alert.pk}/acknowledge").status_code == 404
    Alert.objects.update(status="closed")
    assert send(anna, "post", f"alerts/{alert.pk}/acknowledge").status_code == 409


def test_a_manager_sets_corrects_and_ends_a_target_of_their_plant(site: Site, as_user: LogIn) -> None:
    anna = as_user(site.manager)
    made = send(anna, "post", "targets", **OEE, plant=site.lyon.pk)
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert (made.json()["set_by"], made.json()["ended_on"]) == ("anna", None)
    assert send(anna, "patch", f"targets/{pk}", value=0.7).json()["value"] == 0.7
    assert send(anna, "patch", f"targets/{pk}", ended_on="2026-12-01").json()["ended_on"] == "2026-12-01"
    changes = changes_of(Target.objects.filter(pk=pk))
    assert {(one.by, one.field) for one in changes} == {
        ("anna", "created"), ("anna", "Value"), ("anna", "Ended on"),
    }  # fmt: skip


def test_a_machine_keeps_its_plant_and_not_its_line(site: Site, as_user: LogIn) -> None:
    site.press.line = Line.objects.create(plant=site.lyon, name="A")
    site.press.save()
    row = send(as_user(site.manager), "post", "targets", **OEE, equipment=site.press.pk).json()
    assert (row["plant_id"], row["line_id"], row["equipment_id"]) == (site.lyon.pk, None, site.press.pk)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 403),
        ({"plant": "pune"}, 404),
        ({"plant": "lyon", "equipment": 1}, 400),
        ({"plant": "lyon", "kpi": "downtime"}, 400),
        ({"plant": "lyon", "value": -1}, 400),
        ({"plant": "lyon", "valid_from": "soon"}, 400),
    ],
)
def test_what_may_not_be_set_is_refused(
    site: Site, as_user: LogIn, change: dict[str, Any], status: int
) -> None:
    plants = {"lyon": site.lyon.pk, "pune": site.pune.pk}
    given = OEE | change | ({"plant": plants[change["plant"]]} if "plant" in change else {})
    assert send(as_user(site.manager), "post", "targets", **given).status_code == status
    assert not Target.objects.exists()


def test_the_enterprise_is_for_administrators_and_all_read_it(site: Site, as_user: LogIn) -> None:
    admin = User.objects.create_user("root", role=Role.ADMIN)
    pk = send(as_user(admin), "post", "targets", **OEE).json()["id"]
    anna = as_user(site.manager)
    assert [row["id"] for row in anna.get("/api/v1/targets?kpi=oee").json()["results"]] == [pk]
    assert anna.get("/api/v1/targets?day=2026-10-31").json()["results"] == []
    assert send(anna, "patch", f"targets/{pk}", value=0.1).status_code == 403
    assert send(as_user(site.boss), "patch", f"targets/{pk}", value=0.1).status_code == 403
