"""The demo's targets and rules can be judged, and starting again leaves alone what people changed."""

from kpis.models import Target
from mfgportal.alerts.demo import RULES, TARGETS, seed_alerts
from mfgportal.alerts.judging import judge_due
from mfgportal.alerts.models import AlertRule
from tests.mfgportal.alerts.conftest import Site
from tests.mfgportal.queue import LogIn


def test_it_is_seeded_once_and_each_rule_can_look(site: Site, as_user: LogIn) -> None:
    seed_alerts()
    AlertRule.objects.filter(name="Data is late").update(longer_than_s=60)
    seed_alerts()
    assert (AlertRule.objects.count(), Target.objects.count()) == (len(RULES), len(TARGETS))
    assert AlertRule.objects.get(name="Data is late").longer_than_s == 60
    assert judge_due() == len(RULES)
    assert set(AlertRule.objects.values_list("cannot_judge", flat=True)) == {""}
    page = as_user(site.manager).get("/targets/").content.decode()
    assert "65.0 %" in page
