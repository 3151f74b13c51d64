"""Costs computed against the sum of their records."""

from datetime import UTC, date, datetime

import pytest

from kpis.models import CurrencyRate, WorkMonths
from kpis.work import marks
from kpis.work.rollup import rebuild
from sync.models import Source
from sync.reconcile.base import NotReady, Window, latest_months
from sync.reconcile.work import RULE, measure
from tests.kpis.work.database import make_site, utc

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 30, tzinfo=UTC)
WINDOW = Window(months=latest_months(NOW, 2), now=NOW)


@pytest.fixture(autouse=True)
def connected(plant: tuple[Source, object]) -> None:
    """A source to file differences at."""
    site = make_site()
    ohio = site.machines[1]
    CurrencyRate.objects.create(currency="USD", valid_from=date(2026, 1, 1), per_enterprise_unit=1.25)
    repair = site.order(equipment=ohio, created_at=utc(2026, 6, 1), completed_at=utc(2026, 6, 2))
    site.labour(repair, utc(2026, 6, 1, 2), 3600, None)  # 31 May in Ohio, at the plant's rate
    site.labour(repair, None, 1800, 60)
    site.part(repair, utc(2026, 6, 2), 3, 7)
    site.cost(utc(2026, 6, 2), "EUR", 100, order=repair)
    site.cost(utc(2026, 6, 2), category="travel", amount=9, plant=site.plants[0])
    rebuild()


def found() -> dict[tuple[str, str], tuple[float | None, ...]]:
    return {(one.subject.title, one.period): tuple(one.sides.values()) for one in measure(WINDOW)}


def test_components_are_the_sums_of_the_records() -> None:
    assert found() == {
        ("Ohio: labour", "2026-05"): (40, 40),
        ("Ohio: labour", "2026-06"): (30, 30),
        ("Ohio: parts", "2026-06"): (21, 21),
        ("Ohio: contractor", "2026-06"): (125, 125),
        ("Lyon: other", "2026-06"): (9, 9),
    }


def test_a_difference_shows() -> None:
    WorkMonths.objects.filter(contractor_cost__gt=0).update(contractor_cost=5)
    assert found()["Ohio: contractor", "2026-06"] == (125, 5)
    assert not RULE.tolerance.allows(120, (125, 5))


def test_what_is_stale_is_computed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    WorkMonths.objects.filter(contractor_cost__gt=0).update(contractor_cost=5)
    marks.mark_all()
    assert found()["Ohio: contractor", "2026-06"] == (125, 125)
    marks.mark_all()
    monkeypatch.setattr("sync.reconcile.work.refresh", lambda most: 0)
    with pytest.raises(NotReady):
        list(measure(WINDOW))
