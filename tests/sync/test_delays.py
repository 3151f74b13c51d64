from datetime import UTC, datetime, timedelta
from uuid import uuid4

from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from sync.delays import LIMITS_S, added, percentile
from sync.landing import Landed
from sync.models import Source
from tests.sync.conftest import good
from tests.sync.fake import World

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def row(delay_s: float | None) -> Landed:
    at = None if delay_s is None else NOW - timedelta(seconds=delay_s)
    return Landed(raw_id=1, external_key="x/1", payload={}, trace_id=uuid4(), updated_at=at)


def test_rows_are_counted_by_how_long_they_were_under_way() -> None:
    counts = added(None, [row(3), row(5), row(6), row(10**9)], NOW)
    assert counts is not None
    assert (counts[0], counts[1], counts[-1], sum(counts)) == (2, 1, 1, 4)
    assert added(counts, [row(None)], NOW) == counts
    assert added(None, [row(None)], NOW) is None


def test_a_clock_ahead_of_ours_counts_as_no_delay() -> None:
    counts = added(None, [row(-30)], NOW)
    assert counts is not None
    assert counts[0] == 1


def test_a_percentile_lies_within_its_size() -> None:
    counts = added(None, [row(15)] * 90 + [row(500)] * 10, NOW)
    assert counts is not None
    assert 10 < (percentile(counts, 0.5) or 0) <= 20
    assert 300 < (percentile(counts, 0.95) or 0) <= 600
    assert percentile([0] * len(counts), 0.5) is None


@given(st.lists(st.floats(0, 10**6), min_size=1, max_size=50))
def test_percentiles_grow_and_stay_within_the_limits(delays: list[float]) -> None:
    counts = added(None, [row(delay) for delay in delays], NOW)
    assert counts is not None
    found = [percentile(counts, share / 10) or 0.0 for share in range(1, 11)]
    assert found == sorted(found)
    assert found[-1] <= LIMITS_S[-1]


def test_a_run_counts_them_but_not_on_a_first_load(plant: tuple[Source, World]) -> None:
    source, world = plant
    world.put("products", "product/1", NOW - timedelta(days=900), name="Lid")
    assert [run.delays for run in good(source, "products")] == [None]
    world.put("products", "product/2", timezone.now() - timedelta(seconds=40), name="Cup")
    (run,) = good(source, "products")
    run.refresh_from_db()
    assert run.delays == [0, 0, 0, 0, 1, *[0] * 9]
