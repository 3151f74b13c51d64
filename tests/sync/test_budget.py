"""The budget that all workers share: counted in PostgreSQL, whoever asks."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection, transaction

from sync.budget import SharedBudget
from sync.connectors.budget import Allowance, BudgetSpent, Limit
from sync.models import RequestSlot, Source
from sync.sources import config_of
from tests.sync.test_kill import environment

ROOT = Path(__file__).parents[2]
ASKS = """
import sys, time, django
django.setup()
from sync.budget import SharedBudget
from sync.connectors.budget import Allowance, Limit
budget = SharedBudget(Allowance(key=sys.argv[1], title="X", limits=(Limit(10, 1.0),), max_wait_s=60))
for _ in range(15):
    budget.take()
    print(time.time(), flush=True)
budget.close()
"""


@pytest.fixture
def made(transactional_db: None) -> Iterator[list[SharedBudget]]:
    """Budgets that are closed at the end: they have connections of their own."""
    RequestSlot.objects.all().delete()  # of tests that asked for real, on connections of their own
    budgets: list[SharedBudget] = []
    yield budgets
    for budget in budgets:
        budget.close()


def budget(made: list[SharedBudget], *limits: Limit, key: str = "", max_wait_s: float = 0.0) -> SharedBudget:
    allowance = Allowance(key=key or uuid4().hex, title="Atlas", limits=limits, max_wait_s=max_wait_s)
    made.append(SharedBudget(allowance))
    return made[-1]


def asked() -> int:
    return sum(RequestSlot.objects.values_list("spent", flat=True))


def test_what_one_asks_the_other_cannot(made: list[SharedBudget]) -> None:
    mine = budget(made, Limit(3, 60), key="one")
    yours = budget(made, Limit(3, 60), key="one")
    mine.take()
    yours.take()
    mine.take()
    with pytest.raises(BudgetSpent, match="Atlas is used up") as spent:
        yours.take()
    assert spent.value.retry_after is not None
    assert 55 < spent.value.retry_after <= 62
    assert asked() == 3
    budget(made, Limit(3, 60), key="two").take()


def test_the_less_urgent_leave_a_part_of_the_longest_window(made: list[SharedBudget]) -> None:
    limited = budget(made, Limit(100, 60), Limit(10, 3600))
    for _ in range(6):
        limited.take(0.6)
    with pytest.raises(BudgetSpent):
        limited.take(0.6)
    limited.take()


def test_it_waits_a_little(made: list[SharedBudget]) -> None:
    limited = budget(made, Limit(2, 0.3), max_wait_s=5)
    began = time.monotonic()
    for _ in range(5):
        limited.take()
    assert 0.6 <= time.monotonic() - began < 3


def test_a_page_that_is_rolled_back_has_asked_all_the_same(made: list[SharedBudget]) -> None:
    limited = budget(made, Limit(10, 60))
    with transaction.atomic():
        limited.take()
        transaction.set_rollback(True)
    assert asked() == 1


def test_old_slots_are_forgotten(made: list[SharedBudget]) -> None:
    limited = budget(made, Limit(10, 60))
    limited.take()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sync_requestslot SET at = at - interval '70 s'")
    limited.take()
    assert asked() == 1


def test_a_secret_is_not_stored(made: list[SharedBudget]) -> None:
    budget(made, Limit(10, 60), key="http://atlas geheim").take()
    assert "geheim" not in RequestSlot.objects.get().account


def test_what_has_no_limits_is_not_counted(made: list[SharedBudget]) -> None:
    budget(made).take()
    assert not RequestSlot.objects.exists()


def test_the_engine_gives_it_to_its_connectors(db: None) -> None:
    source = Source(name="x", connector="atlas", url="http://x.test")
    found = config_of(source).budgets(Allowance(key="k", title="X", limits=()))
    assert isinstance(found, SharedBudget)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_processes_never_ask_more_than_is_allowed() -> None:
    """Fifteen requests each, ten allowed per second: together they take two windows and more."""
    key = uuid4().hex
    command = [sys.executable, "-c", ASKS, key]
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [worker.communicate(timeout=60)[0].split() for worker in workers]
    times = sorted(float(at) for lines in said for at in lines)
    assert [len(lines) for lines in said] == [15, 15]
    # Requests are told a moment after they are counted; hence the few hundredths.
    assert all(late - early > 0.95 for early, late in zip(times, times[10:], strict=False))
