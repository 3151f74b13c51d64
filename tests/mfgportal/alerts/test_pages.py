"""The pages of alerts and their rules: who sees what, and what people do there."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from mfgportal.accounts.models import Role, User
from mfgportal.alerts.judging import judge
from mfgportal.alerts.models import Alert, AlertRule, Notification
from tests.factories import stop
from tests.mfgportal.alerts.conftest import NOW, MakeRule, Site
from tests.mfgportal.queue import LogIn


@pytest.fixture
def alert(site: Site, make_rule: MakeRule) -> Alert:
    stop(site.press, NOW - timedelta(hours=1), None)
    judge(make_rule(), NOW)
    return Alert.objects.get()


def body(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_shows_what_is_open_mine_and_over(site: Site, alert: Alert, as_user: LogIn) -> None:
    anna, boss = as_user(site.manager), as_user(site.boss)
    for client, view, shown in (
        (anna, "open", True), (anna, "mine", True), (boss, "mine", False), (anna, "history", False),
    ):  # fmt: skip
        assert (alert.title in body(client, f"/alerts/?view={view}")) == shown
    Alert.objects.update(status="closed", closed_at=NOW)
    assert alert.title in body(anna, "/alerts/?view=history")
    assert "All quiet" in body(anna, "/alerts/?view=nonsense")


def test_other_plants_alerts_are_not_there(site: Site, alert: Alert, as_user: LogIn) -> None:
    ravi = as_user(site.other)
    assert alert.title not in body(ravi, "/alerts/")
    assert ravi.get(f"/alerts/{alert.pk}/").status_code == 404
    assert ravi.post(f"/alerts/{alert.pk}/acknowledge/").status_code == 404
    assert ravi.post(f"/alerts/{alert.pk}/comment/", {"comment": "x"}).status_code == 404


def test_the_bell_counts_until_it_is_read(site: Site, alert: Alert, as_user: LogIn) -> None:
    anna = as_user(site.manager)
    assert 'aria-label="Alerts, 1 unread"' in body(anna, "/glossary/")
    assert 'aria-label="Alerts"' in body(as_user(site.other), "/glossary/")
    body(anna, f"/alerts/{alert.pk}/")
    assert 'aria-label="Alerts"' in body(anna, "/glossary/")
    Notification.objects.update(read_at=None)
    anna.post("/alerts/read/")
    assert not Notification.objects.filter(channel="portal", read_at=None).exists()


def test_one_acknowledges_once_and_says_why(site: Site, alert: Alert, as_user: LogIn) -> None:
    anna = as_user(site.manager)
    anna.post(f"/alerts/{alert.pk}/acknowledge/", {"comment": "Seal <b>is</b> changed"})
    as_user(site.boss).post(f"/alerts/{alert.pk}/acknowledge/", {"comment": "Thanks"})
    alert.refresh_from_db()
    assert (alert.status, alert.acknowledged_by) == ("acknowledged", "anna")
    found = list(alert.events.values_list("action", "by", "detail"))[1:]
    assert found == [("acknowledged", "anna", "Seal <b>is</b> changed"), ("comment", "boss", "Thanks")]
    assert "Seal &lt;b&gt;is&lt;/b&gt; changed" in body(anna, f"/alerts/{alert.pk}/")


def test_a_closed_one_takes_comments_only(site: Site, alert: Alert, as_user: LogIn) -> None:
    anna = as_user(site.manager)
    Alert.objects.update(status="closed", closed_at=NOW)
    answer = anna.post(f"/alerts/{alert.pk}/acknowledge/", follow=True)
    assert "has closed meanwhile" in answer.content.decode()
    anna.post(f"/alerts/{alert.pk}/comment/", {"comment": "It was the seal"})
    assert "It was the seal" in body(anna, f"/alerts/{alert.pk}/")


def test_a_rule_that_cannot_judge_says_so(site: Site, make_rule: MakeRule, as_user: LogIn) -> None:
    make_rule(cannot_judge="data late (Productivity)")
    for url in ("/alerts/", "/alerts/rules/"):
        assert "data late (Productivity)" in body(as_user(site.manager), url)


FILLED: dict[str, Any] = {
    "name": "OEE is low", "signal": "limit", "severity": "critical", "kpi": "oee", "side": "below",
    "opens_at": "60 %", "closes_at": "65 %", "grain": "shift", "open_after": "2", "close_after": "1",
    "each": "equipment", "least": "error", "complete": "90", "by_email": "on", "quiet_from": "22:00",
    "quiet_to": "06:00",
    "roles": ["plant_manager"], "escalate_after_s": "30 min", "escalate_roles": ["executive"],
}  # fmt: skip


def test_a_manager_makes_a_rule_for_their_plant(site: Site, as_user: LogIn) -> None:
    anna = as_user(site.manager)
    answer = anna.post("/alerts/rules/add/", FILLED | {"place": f"plant/{site.lyon.pk}"})
    assert answer.status_code == 302, answer.content.decode()
    rule = AlertRule.objects.get()
    assert (rule.plant, rule.limit, rule.close_limit, rule.min_completeness) == (site.lyon, 0.6, 0.65, 0.9)
    assert (rule.escalate_after_s, rule.roles) == (1800, ["plant_manager"])
    assert 'value="60 %"' in body(anna, f"/alerts/rules/{rule.pk}/")
    assert "OEE is low" in body(anna, "/alerts/rules/")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kpi": ""}, "kpi"),
        ({"opens_at": ""}, "opens_at"),
        ({"opens_at": "12 min"}, "opens_at"),
        ({"closes_at": "50 %"}, "closes_at"),
        ({"signal": "target", "kpi": "downtime"}, "kpi"),
        ({"signal": "stop"}, "longer_than_s"),
        ({"open_after": "0"}, "open_after"),
        ({"quiet_to": ""}, "quiet_to"),
        ({"escalate_roles": []}, "escalate_after_s"),
        ({"place": "enterprise"}, "place"),
        ({"place": "plant/999"}, "place"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(
    site: Site, as_user: LogIn, wrong: dict[str, Any], field: str
) -> None:
    given = FILLED | {"place": f"plant/{site.lyon.pk}"} | wrong
    answer = as_user(site.manager).post("/alerts/rules/add/", given)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_others_rules_and_the_enterprises_are_not_for_a_manager(
    site: Site, make_rule: MakeRule, as_user: LogIn
) -> None:
    theirs, whole = make_rule(plant=site.pune), make_rule(plant=None)
    anna = as_user(site.manager)
    assert anna.get(f"/alerts/rules/{theirs.pk}/").status_code == 404
    assert anna.get(f"/alerts/rules/{whole.pk}/").status_code == 403
    assert anna.post(f"/alerts/rules/{whole.pk}/switch/").status_code == 403
    assert as_user(site.boss).get("/alerts/rules/add/").status_code == 403
    admin = User.objects.create_user("root", role=Role.ADMIN)
    assert as_user(admin).get(f"/alerts/rules/{whole.pk}/").status_code == 200


def test_switching_a_rule_is_audited(site: Site, make_rule: MakeRule, as_user: LogIn) -> None:
    rule = make_rule()
    anna = as_user(site.manager)
    anna.post(f"/alerts/rules/{rule.pk}/switch/")
    rule.refresh_from_db()
    assert not rule.enabled
    (change,) = [one for one in anna.get("/alerts/rules/").context["changes"] if one.field != "created"]
    assert (change.by, change.before, change.after) == ("anna", "True", "False")
