"""How a comparison is kept, told, forgotten and scheduled; with a rule that says what a test wants."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from pytest_django import Settings

from sync import tasks
from sync.errors import SourceUnavailable
from sync.locks import only_one
from sync.models import (
    HeldRecord,
    ReconciliationDue,
    ReconciliationLine,
    ReconciliationRun,
    Stream,
    SyncException,
)
from sync.reconcile import engine, schedule
from sync.reconcile.base import (
    Explanation,
    Measure,
    NotReady,
    Row,
    Rule,
    Subject,
    Tolerance,
    Window,
    following,
    latest_months,
)
from sync.reconcile.engine import reconcile
from sync.reconcile.outcomes import open_differences
from sync.reconcile.rules import RULES
from tests.mfgportal.queue import a_machine, a_plant, a_source, a_stream, an_exception

pytestmark = pytest.mark.django_db
Told = dict[tuple[str, str], tuple[float, float]]
Make = Callable[..., Rule]


@pytest.fixture
def stream() -> Stream:
    return a_stream(a_source(), read_through=timezone.now())


@pytest.fixture
def rule(stream: Stream) -> Make:
    """A rule whose sides are given as (subject, period) → (left, right)."""

    def make(told: Told, **fields: Any) -> Rule:
        def measure(window: Window) -> Iterator[Measure]:
            for (subject, period), (left, right) in told.items():
                yield Measure(
                    subject=Subject(key=subject, title=subject.upper(), stream=stream),
                    period=period,
                    unit="pcs",
                    sides={"left": left, "right": right, "aside": 1.0},
                    explain=lambda: Explanation(note="Because.", rows=[Row(where="left", text="it")] * 60),
                )

        given: dict[str, Any] = {
            "key": "test",
            "title": "Test",
            "meaning": "",
            "subject": "thing",
            "sides": {"left": "Left", "right": "Right"},
            "parts": {"aside": "Aside"},
            "tolerance": Tolerance(absolute=1, relative=0.1),
            "measure": measure,
        }
        return Rule(**given | fields)

    return make


def compare(rule: Rule, **limits: Any) -> ReconciliationRun:
    run = reconcile(rule, **limits)
    assert run is not None
    return run


def told() -> SyncException:
    return SyncException.objects.get(kind="reconciliation_difference")


def test_the_larger_tolerance_holds_and_only_a_difference_is_explained(rule: Make) -> None:
    run = compare(rule({("a", ""): (100, 91), ("b", ""): (2, 1), ("c", ""): (100, 80)}))
    found = {row.subject: (row.agrees, row.note, len(row.rows), row.row_count) for row in run.lines.all()}
    assert found == {"a": (True, "", 0, 0), "b": (True, "", 0, 0), "c": (False, "Because.", 50, 60)}
    assert (run.status, run.compared, run.differing) == ("done", 3, 1)


def test_one_exception_per_subject_folds_its_periods_and_closes_itself(rule: Make) -> None:
    compare(rule({("a", "2026-01"): (9, 1), ("a", "2026-02"): (9, 5), ("b", "2026-01"): (1, 1)}))
    exception = told()
    assert exception.title == "Test: A"
    assert exception.message == "Left 9, Right 1, Aside 1 pcs in 2026-01. Because."
    differences = exception.context["differences"]
    assert [one["period"] for one in differences] == ["2026-02", "2026-01"] or len(differences) == 2
    assert differences[0]["sides"][0][0] == "Left"
    assert open_differences() == {"test": 1}
    compare(rule({("a", "2026-01"): (1, 1), ("a", "2026-02"): (9, 5)}))
    exception.refresh_from_db()
    assert [one["period"] for one in exception.context["differences"]] == ["2026-02"]
    compare(rule({("a", "2026-01"): (1, 1), ("a", "2026-02"): (5, 5)}))
    exception.refresh_from_db()
    assert exception.status == "resolved"
    compare(rule({("a", "2026-01"): (9, 1)}))
    exception.refresh_from_db()
    assert exception.status == "open", "the same case opens it again"


def test_a_month_by_hand_leaves_the_other_months_told(rule: Make) -> None:
    compare(rule({("a", "2026-01"): (9, 1), ("a", "2026-02"): (9, 5)}))
    compare(rule({("a", "2026-01"): (1, 1)}), month=date(2026, 1, 1))
    assert told().status == "open"
    compare(rule({("a", "2026-02"): (5, 5), ("a", "2026-01"): (1, 1)}))
    assert told().status == "resolved"


def test_what_could_not_be_compared_stays_told(rule: Make) -> None:
    compare(rule({("a", ""): (9, 1)}))

    def partly(window: Window) -> Iterator[Measure]:
        window.left_out.append("“A” is late.")
        return iter(())

    run = compare(rule({}, measure=partly))
    assert (run.status, run.reason) == ("skipped", "“A” is late.")
    assert told().status == "open"


def test_a_subject_that_is_no_more_closes_it(rule: Make) -> None:
    compare(rule({("a", ""): (9, 1)}))
    compare(rule({("b", ""): (1, 1)}))
    assert told().status == "resolved"


def test_a_dismissed_difference_stays_dismissed_until_it_has_agreed(rule: Make) -> None:
    compare(rule({("a", ""): (9, 1)}))
    SyncException.objects.update(status="dismissed")
    compare(rule({("a", ""): (9, 1)}))
    assert told().status == "dismissed"
    compare(rule({("a", ""): (1, 1)}))
    assert told().status == "resolved"


def test_what_only_informs_raises_nothing_but_is_explained(rule: Make) -> None:
    run = compare(rule({("a", ""): (9, 1)}, raises=False))
    assert run.lines.get().note == "Because."
    assert not SyncException.objects.exists()


def test_a_second_look_may_find_that_the_sides_agree(rule: Make, stream: Stream) -> None:
    def measure(window: Window) -> Iterator[Measure]:
        yield Measure(
            subject=Subject(key="a", title="A", stream=stream),
            unit="rows",
            sides={"left": 5, "right": 3},
            explain=lambda: Explanation(note="", sides={"left": 5, "right": 5}),
        )

    row = compare(rule({}, measure=measure)).lines.get()
    assert (row.agrees, row.difference, row.sides) == (True, 0.0, {"left": 5, "right": 5})


def test_place_and_machine_go_into_the_queue(rule: Make, stream: Stream) -> None:
    plant = a_plant()
    press = a_machine(plant)
    subject = Subject(key="1", title="P", stream=stream, plant_id=plant.pk, equipment_id=press.pk)

    def measure(window: Window) -> Iterator[Measure]:
        explain = lambda: Explanation(note="")  # noqa: E731
        yield Measure(subject=subject, unit="min", sides={"left": 9, "right": 1}, explain=explain)

    compare(rule({}, measure=measure))
    assert (told().plant, told().equipment) == (plant, press)


def test_not_ready_is_skipped_and_a_silent_source_fails(rule: Make) -> None:
    for error, status in ((NotReady("It is late."), "skipped"), (SourceUnavailable("No answer."), "failed")):

        def measure(window: Window, error: Exception = error) -> Iterator[Measure]:
            raise error

        run = compare(rule({}, measure=measure))
        assert (run.status, run.reason) == (status, str(error))


def test_a_backlog_is_waited_for(rule: Make, stream: Stream) -> None:
    an_exception(stream, holds=1, status="resolved")
    run = compare(rule({("a", ""): (9, 1)}))
    assert run.status == "skipped"
    assert "still being loaded" in run.reason
    HeldRecord.objects.all().delete()
    assert compare(rule({("a", ""): (9, 1)})).status == "done"


def test_a_dead_worker_s_comparison_is_buried(rule: Make) -> None:
    dead = ReconciliationRun.objects.create(rule="test")
    compare(rule({}))
    dead.refresh_from_db()
    assert (dead.status, dead.reason) == ("failed", "The worker was ended in the middle.")


def test_old_results_are_forgotten_but_the_latest(rule: Make, settings: Settings) -> None:
    settings.RECONCILIATION_RETENTION_DAYS = 30
    long_ago = timezone.now() - timedelta(days=31)
    kept = ReconciliationRun.objects.create(rule="other", status="done")
    old = ReconciliationRun.objects.create(rule="test", status="done")
    ReconciliationRun.objects.update(started_at=long_ago)
    compare(rule({("a", ""): (1, 1)}))
    assert set(ReconciliationRun.objects.values_list("rule", flat=True)) == {"other", "test"}
    assert ReconciliationRun.objects.filter(pk=kept.pk).exists()
    assert not ReconciliationRun.objects.filter(pk=old.pk).exists()
    settings.RECONCILIATION_RETENTION_DAYS = 0
    ReconciliationRun.objects.update(started_at=long_ago)
    compare(rule({}))
    assert ReconciliationRun.objects.count() == 3
    assert ReconciliationLine.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_comparison_at_a_time(rule: Make) -> None:
    other = connections.create_connection("default")
    with patch("sync.locks.connection", other), only_one(engine.LOCK, 0) as theirs:
        assert theirs
        with patch("sync.locks.connection", connections["default"]):
            assert reconcile(rule({})) is None
    other.close()
    assert reconcile(rule({})) is not None


def test_months() -> None:
    now = datetime(2026, 2, 3, tzinfo=UTC)
    assert latest_months(now, 3) == (date(2026, 2, 1), date(2026, 1, 1), date(2025, 12, 1))
    assert following(date(2026, 12, 1)) == date(2027, 1, 1)
    window = Window(months=(), now=now)
    start, end = window.edges(date(2026, 3, 1), "Europe/Paris")
    assert (end - start) == timedelta(days=31, hours=-1), "the clock moves in March"


# --- schedule


def test_each_rule_comes_due_once_a_day_one_at_a_time(stream: Stream) -> None:
    taken = [schedule.take_due() for _ in range(len(RULES) + 1)]
    assert sorted(taken) == ["", *sorted(RULES)]
    key = taken[0]
    with patch.object(schedule, "reconcile", return_value=ReconciliationRun(rule=key, status="done")):
        schedule.compare_due(RULES[key])
    pause = ReconciliationDue.objects.get(rule=key).at - timezone.now()
    assert timedelta(hours=23) < pause <= timedelta(days=1)


@pytest.mark.parametrize(("status", "longest"), [("skipped", 31), ("failed", 31), ("", 3)])
def test_what_did_not_take_place_is_tried_again_soon(status: str, longest: int) -> None:
    ReconciliationDue.objects.create(rule="rows", at=timezone.now() + timedelta(hours=1))
    run = ReconciliationRun(rule="rows", status=status) if status else None
    with patch.object(schedule, "reconcile", return_value=run):
        schedule.compare_due(RULES["rows"])
    assert ReconciliationDue.objects.get().at < timezone.now() + timedelta(minutes=longest)


def test_nothing_is_compared_during_a_first_load_or_a_large_read(stream: Stream) -> None:
    Stream.objects.update(read_through=None)
    assert schedule.take_due() == ""
    Stream.objects.update(read_through=timezone.now())
    run = stream.runs.create(total=100_000)
    assert schedule.take_due() == ""
    run.delete()
    assert schedule.take_due() != ""


def test_a_forgotten_rule_is_not_due(stream: Stream) -> None:
    ReconciliationDue.objects.create(rule="gone", at=timezone.now() - timedelta(days=9))
    assert all(schedule.take_due() != "gone" for _ in range(len(RULES) + 1))


def test_the_tick_wakes_a_worker_for_it(stream: Stream) -> None:
    with patch.object(tasks.compare, "delay") as delay, patch.object(tasks.run_stream, "delay"):
        tasks.wake_streams()
    assert delay.call_args.args[0] in RULES


def test_a_person_s_comparison_bears_the_name() -> None:
    tasks.compare("stock", by="ann")
    run = ReconciliationRun.objects.get()
    assert (run.rule, run.trigger, run.started_by) == ("stock", "manual", "ann")


# --- by hand


def run_command(*words: str, **rules: Rule) -> tuple[str, int]:
    out = StringIO()
    with patch.dict(RULES, rules, clear=True):
        try:
            call_command("reconcile", *words, stdout=out)
        except CommandError as error:
            return out.getvalue() + str(error), error.returncode
    return out.getvalue(), 0


def test_the_command_prints_what_differs_and_says_so_by_its_end(rule: Make) -> None:
    text, code = run_command("test", test=rule({("a", "2026-01"): (1234.5, 1), ("b", "2026-01"): (1, 1)}))
    assert code == 1
    assert "Test: done, 2 compared, 1 differ" in text
    (row,) = (one for one in text.splitlines() if one.startswith("  A"))
    assert row.split() == ["A", "2026-01", "1,234.50", "1", "1", "1,233.50", "pcs"]
    assert "Because." in text
    assert "1 differences." in text


def test_the_command_is_content_when_all_agrees_or_nothing_is_raised(rule: Make) -> None:
    text, code = run_command(
        "--all", test=rule({("a", ""): (1, 1)}), other=rule({("b", ""): (9, 1)}, key="other", raises=False)
    )
    assert code == 0
    assert "  A " in text


def test_the_command_tells_what_could_not_be_compared(rule: Make) -> None:
    def measure(window: Window) -> Iterator[Measure]:
        assert window.months == (date(2026, 1, 1),)
        raise NotReady("“A” is late.")

    text, code = run_command("--month", "2026-01", test=rule({}, measure=measure))
    assert code == 2
    assert "“A” is late." in text


def test_the_command_knows_its_sources() -> None:
    text, code = run_command("--source", "sap")
    assert code == 1
    assert "There is no source “sap”." in text


def test_rules_are_well_formed() -> None:
    for key, one in RULES.items():
        assert key == one.key
        assert len(key) <= 40
        assert one.sides
        assert not set(one.sides) & set(one.parts)
