"""What opens, follows and closes an alert; when a rule holds; what two workers do."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, connections, transaction

from kpis.definitions import CATALOGUE
from kpis.models import ShiftComponents, Target
from kpis.months import month_of, replace_months, replace_plants
from mfgportal.accounts.models import Role
from mfgportal.alerts.age import kinds_of
from mfgportal.alerts.escalation import escalate_due
from mfgportal.alerts.judging import JUDGING_LOCK, judge, judge_due, switch
from mfgportal.alerts.models import Alert, AlertEvent, AlertRule, Notification, Severity, Signal
from mfgportal.workbench.acts import snooze
from mfgportal.workbench.models import Care
from sync.locks import only_one
from sync.models import HeldRecord, Identity, RawRecord, Source, Stream, SyncException
from sync.records import Kind
from tests.factories import run, stop
from tests.mfgportal.alerts.conftest import NOW, MakeRule, Site

MONDAY = date(2026, 11, 23)
HOUR = timedelta(hours=1)


def look(rule: AlertRule) -> None:
    judge(rule, datetime.now(UTC))
    rule.refresh_from_db()


def story(alert: Alert) -> list[str]:
    return list(alert.events.values_list("action", flat=True))


def shift(site: Site, day: date, share: float, number: int = 1, **fields: Any) -> None:
    """A shift of eight hours on the press with that availability."""
    start = datetime(day.year, day.month, day.day, 5 + 8 * (number - 1), tzinfo=UTC)
    given: dict[str, Any] = {
        "shift_name": ("Early", "Late")[number - 1],
        "start": start,
        "end": start + 8 * HOUR,
        "computed_at": NOW,
        "oee_loading_s": 1000.0,
        "oee_run_s": 1000.0 * share,
        "loading_s": 1000.0,
        "run_s": 1000.0 * share,
    }
    ShiftComponents.objects.update_or_create(
        equipment=site.press, day=day, shift=number, defaults=given | fields
    )
    replace_months([(site.press.pk, month_of(day))])
    replace_plants([(site.press.plant_id, day)])


@pytest.fixture
def availability(make_rule: MakeRule) -> AlertRule:
    """Below 80 % for two shifts; over at 85 %."""
    return make_rule(
        signal=Signal.LIMIT, kpi="availability", limit=0.8, close_limit=0.85, open_after=2, each="equipment",
        severity=Severity.CRITICAL,
    )  # fmt: skip


def test_a_stop_opens_follows_and_closes(
    site: Site, make_rule: MakeRule, clock: time_machine.Traveller
) -> None:
    rule = make_rule()
    began = stop(site.press, NOW - timedelta(minutes=20), None)
    look(rule)
    assert not Alert.objects.exists()
    clock.shift(15 * 60)
    Stream.objects.update(read_through=datetime.now(UTC))
    look(rule)
    alert = Alert.objects.get()
    assert (alert.subject, alert.plant, alert.value_opened) == (f"stop/{began.pk}", site.lyon, 35 * 60)
    assert alert.title == "Press 1 has stood for more than 30 min: Equipment failure"
    clock.shift(5 * 60)
    look(rule)
    began.end = datetime.now(UTC)
    began.save()
    look(rule)
    alert.refresh_from_db()
    assert (alert.status, alert.value_worst) == ("closed", 40 * 60)
    assert story(alert) == ["opened", "closed"]


def test_planned_stops_copies_and_other_plants_open_nothing(site: Site, make_rule: MakeRule) -> None:
    stop(site.press, NOW - HOUR, None, "planned-maintenance")
    stop(site.press, NOW - HOUR, None, inherited=True)
    stop(site.press, NOW - HOUR, None, deleted_at=NOW)
    stop(site.press, NOW - 3 * HOUR, 60)
    stop(site.lathe, NOW - HOUR, None)
    look(make_rule())
    assert not Alert.objects.exists()


def test_two_bad_shifts_open_and_a_shift_under_way_does_not_count(
    site: Site, availability: AlertRule
) -> None:
    shift(site, MONDAY, 0.7, 1)
    shift(site, MONDAY, 0.75, 2)
    shift(site, NOW.date(), 0.1, 1)
    look(availability)
    alert = Alert.objects.get()
    assert alert.title == "Availability of Press 1 is below 80.0 %: 75.0 %"
    assert (alert.value_opened, alert.limit, alert.severity) == (0.75, 0.8, "critical")


def test_one_that_may_judges_the_shift_under_way(site: Site, availability: AlertRule) -> None:
    AlertRule.objects.update(running=True)
    availability.refresh_from_db()
    shift(site, MONDAY, 0.7, 2)
    shift(site, NOW.date(), 0.1, 1)
    look(availability)
    assert Alert.objects.get().value_opened == 0.1


def test_it_closes_inside_the_closing_limit_and_not_in_the_band(
    site: Site, availability: AlertRule, clock: time_machine.Traveller
) -> None:
    shift(site, MONDAY, 0.7, 1)
    shift(site, MONDAY, 0.6, 2)
    look(availability)
    for hours, number, share, status in ((4, 1, 0.83, "open"), (8, 2, 0.86, "closed")):
        shift(site, NOW.date(), share, number)
        clock.shift(hours * 3600)
        Stream.objects.update(read_through=datetime.now(UTC))
        look(availability)
        assert Alert.objects.get().status == status
    assert Alert.objects.get().value_worst == 0.6
    assert Alert.objects.get().value_closed == 0.86


def test_the_same_again_opens_nothing_twice(site: Site, availability: AlertRule) -> None:
    shift(site, MONDAY, 0.7, 1)
    shift(site, MONDAY, 0.7, 2)
    look(availability)
    look(availability)
    assert Alert.objects.count() == 1
    assert Notification.objects.count() == 2  # anna, by both ways


def test_a_target_opens_when_off_and_closes_when_on(site: Site, make_rule: MakeRule) -> None:
    Target.objects.create(kpi="availability", value=0.85, band=0.05, valid_from=date(2026, 1, 1))
    rule = make_rule(signal=Signal.TARGET, kpi="availability", each="equipment")
    for share, statuses in ((0.82, []), (0.79, ["open"]), (0.82, ["open"]), (0.85, ["closed"])):
        shift(site, MONDAY, share, 1)
        look(rule)
        assert [alert.status for alert in Alert.objects.all()] == statuses
    assert Alert.objects.get().title == "Availability of Press 1 is off target: 79.0 % (target 85.0 %)"


def test_without_a_target_there_is_nothing_to_judge(site: Site, make_rule: MakeRule) -> None:
    shift(site, MONDAY, 0.1, 1)
    look(make_rule(signal=Signal.TARGET, kpi="availability"))
    assert not Alert.objects.exists()


@pytest.mark.parametrize("grain", ["day", "week"])
def test_only_whole_buckets_count(site: Site, make_rule: MakeRule, grain: str) -> None:
    rule = make_rule(signal=Signal.LIMIT, kpi="availability", limit=0.8, grain=grain)
    shift(site, NOW.date(), 0.1, 1)
    look(rule)
    assert not Alert.objects.exists()
    last = {"day": MONDAY, "week": date(2026, 11, 20)}[grain]
    shift(site, last, 0.1, 1)
    look(rule)
    assert Alert.objects.get().subject == f"plant/{site.lyon.pk}"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"read_through": NOW - 2 * HOUR}, "data late (Productivity)"),
        ({"read_through": None}, "the first load of the data goes on"),
    ],
)
def test_it_holds_while_the_data_is_not_there(
    site: Site, make_rule: MakeRule, change: dict[str, Any], words: str
) -> None:
    stop(site.press, NOW - HOUR, None)
    Stream.objects.update(**change)
    rule = make_rule()
    look(rule)
    assert rule.cannot_judge == words
    assert not Alert.objects.exists()
    Stream.objects.update(read_through=NOW)
    look(rule)
    assert rule.cannot_judge == ""
    assert Alert.objects.count() == 1


def test_late_data_holds_the_places_and_kpis_it_is_about_alone(site: Site, make_rule: MakeRule) -> None:
    """Pune's own system is late, and the CMMS: Lyon's machines are judged by what is there."""
    theirs = Source.objects.create(name="mes", title="MES", connector="odoo", url="https://mes.example")
    for source, machine in ((site.stream.source, site.press), (theirs, site.lathe)):
        identity = {"kind": "equipment", "external_key": "1", "method": "created"}
        Identity.objects.create(source=source, canonical_id=machine.pk, **identity)
    Stream.objects.create(
        source=theirs, name="productivity", title="Stops of Pune", read_through=NOW - 2 * HOUR
    )
    stop(site.press, NOW - HOUR, None)
    stop(site.lathe, NOW - HOUR, None)
    ours, everyones, pune = make_rule(), make_rule(plant=None), make_rule(plant=site.pune)
    for rule in (ours, everyones, pune):
        look(rule)
    assert (ours.cannot_judge, ours.alerts.count()) == ("", 1)
    assert (everyones.cannot_judge, everyones.alerts.get().equipment_id) == (
        "data late (Stops of Pune)",
        site.press.pk,
    )
    assert (pune.cannot_judge, pune.alerts.count()) == ("data late (Stops of Pune)", 0)


def test_of_work_orders_only_their_streams_count(site: Site) -> None:
    assert Kind.DOWNTIME not in kinds_of(CATALOGUE["pm_compliance"])
    assert kinds_of(CATALOGUE["maintenance_cost_per_unit"]) >= {Kind.COST, Kind.PRODUCTION}
    assert kinds_of(CATALOGUE["replacement_value"]) == set()


def test_it_holds_where_too_much_is_held_back(site: Site, availability: AlertRule) -> None:
    shift(site, MONDAY, 0.7, 1)
    shift(site, MONDAY, 0.7, 2)
    run(site.press, datetime(2026, 11, 23, 6, tzinfo=UTC), 60)
    cause = SyncException.objects.create(
        kind="unmapped_key", fingerprint="x", title="x", message="", source=site.stream.source
    )
    raw = RawRecord.objects.create(stream=site.stream, external_key="x/1", digest=b"0" * 16, payload={},
                                   trace_id="00000000-0000-0000-0000-000000000001")  # fmt: skip
    HeldRecord.objects.create(
        exception=cause, raw=raw, kind="run", start=datetime(2026, 11, 23, 7, tzinfo=UTC),
        end=datetime(2026, 11, 23, 8, tzinfo=UTC), plant=site.lyon, equipment=site.press,
    )  # fmt: skip
    look(availability)
    assert availability.cannot_judge.startswith("only 50 % of the source records are in the numbers")
    assert not Alert.objects.exists()
    cause.status = "resolved"
    cause.save()
    look(availability)
    assert Alert.objects.count() == 1


def test_a_kpi_that_is_gone_or_cannot_be_split_is_said(site: Site, make_rule: MakeRule) -> None:
    rule = make_rule(signal=Signal.LIMIT, kpi="happiness", limit=1)
    look(rule)
    assert rule.cannot_judge == "there is no KPI 'happiness' any more"


def test_late_streams_and_old_exceptions(site: Site, make_rule: MakeRule) -> None:
    for kind, severity, plant, age in (
        ("late_stream", "warning", None, 2), ("unmapped_key", "error", site.lyon, 9),
        ("unmapped_key", "error", site.lyon, 1), ("unmapped_key", "warning", site.lyon, 9),
    ):  # fmt: skip
        found = SyncException.objects.create(
            kind=kind, severity=severity, plant=plant, fingerprint=f"{kind}{severity}{age}",
            title=f"{kind} {severity}", message="", source=site.stream.source,
        )  # fmt: skip
        SyncException.objects.filter(pk=found.pk).update(first_seen=NOW - age * HOUR)
    look(make_rule(signal=Signal.LATE_STREAM, plant=None, longer_than_s=0))
    look(make_rule(signal=Signal.EXCEPTION, longer_than_s=8 * 3600))
    assert sorted(Alert.objects.values_list("title", flat=True)) == [
        "late_stream warning", "unmapped_key error",
    ]  # fmt: skip
    SyncException.objects.update(status="resolved")
    for rule in AlertRule.objects.all():
        look(rule)
    assert not Alert.objects.exclude(status="closed").exists()


def test_what_is_put_off_calls_nobody_until_it_wakes(site: Site, make_rule: MakeRule) -> None:
    found = SyncException.objects.create(
        kind="unmapped_key", severity="error", plant=site.lyon, fingerprint="x", title="Unknown", message="",
        source=site.stream.source,
    )  # fmt: skip
    rule = make_rule(
        signal=Signal.EXCEPTION,
        longer_than_s=0,
        escalate_after_s=60,
        escalate_roles=[Role.EXECUTIVE],
    )
    snooze(found, NOW + HOUR, by=site.manager)
    look(rule)
    assert not Alert.objects.exists()
    Care.objects.update(snoozed_until=NOW)
    look(rule)
    snooze(found, NOW + HOUR, by=site.manager)
    look(rule)
    assert Alert.objects.get().status == Alert.Status.OPEN
    assert escalate_due(NOW + 2 * timedelta(minutes=1)) == 0
    assert (escalate_due(NOW + 2 * HOUR), escalate_due(NOW + 3 * HOUR)) == (1, 0)  # each step once


def test_a_persons_name_stays_in_the_portal(site: Site, make_rule: MakeRule) -> None:
    SyncException.objects.create(
        kind="unmapped_key", severity="error", plant=site.lyon, fingerprint="t", title="Unknown: Jo Fitter",
        message="", source=site.stream.source, context={"ref": {"kind": "technician"}},
    )  # fmt: skip
    look(make_rule(signal=Signal.EXCEPTION, longer_than_s=0))
    assert "Jo Fitter" not in Alert.objects.get().title


def test_a_rising_intensity_opens(site: Site, make_rule: MakeRule) -> None:
    """Failures that come closer and closer over a month of shifts."""
    times = [NOW - timedelta(days=days) for days in (30, 18, 12, 8, 6, 5, 4, 3, 2.5, 2, 1.5, 1)]
    failed = Counter(at.date() for at in times)
    for back in range(60, 0, -1):
        day = NOW.date() - timedelta(days=back)
        shift(site, day, 1.0, 1, operating_s=28800.0, failures=failed[day])
    for at in times:
        stop(site.press, at, 10)
    look(make_rule(signal=Signal.TREND, plant=None))
    alert = Alert.objects.get()
    assert alert.title.startswith("Failure intensity of Press 1 rises: p = ")
    assert alert.unit == "p"
    assert alert.value_opened is not None
    assert alert.value_opened < 0.05


def test_people_of_the_plant_are_told_and_others_not(site: Site, make_rule: MakeRule) -> None:
    rule = make_rule(roles=[Role.PLANT_MANAGER, Role.EXECUTIVE])
    rule.users.add(site.other)
    stop(site.press, NOW - HOUR, None)
    look(rule)
    told = Notification.objects.filter(channel="mail").values_list("user__username", flat=True)
    assert sorted(told) == ["anna", "boss"]


def test_quiet_hours_delay_mails_and_critical_ones_may_break_through(site: Site, make_rule: MakeRule) -> None:
    quiet: dict[str, Any] = {"quiet_from": "10:00", "quiet_to": "13:00"}  # it is 11:00 in Lyon
    stop(site.press, NOW - HOUR, None)
    look(AlertRule.objects.get(pk=make_rule(**quiet).pk))
    look(AlertRule.objects.get(pk=make_rule(**quiet, severity="critical", breaks_quiet=True).pk))
    calm, loud = Alert.objects.order_by("pk")
    assert (calm.tell_at, loud.tell_at) == (NOW + 2 * HOUR, NOW)
    due = dict(Notification.objects.filter(event__alert=calm).values_list("channel", "not_before"))
    assert due == {"portal": NOW, "mail": NOW + 2 * HOUR}


def test_those_who_were_told_hear_when_it_is_over(site: Site, make_rule: MakeRule) -> None:
    began = stop(site.press, NOW - HOUR, None)
    rule = make_rule()
    look(rule)
    began.delete()
    look(rule)
    rows = Notification.objects.filter(user=site.manager).values_list("event__action", "channel")
    assert sorted(rows) == [
        ("closed", "mail"),
        ("closed", "portal"),
        ("opened", "mail"),
        ("opened", "portal"),
    ]


def test_one_open_alert_per_subject_is_the_databases_word(site: Site, make_rule: MakeRule) -> None:
    stop(site.press, NOW - HOUR, None)
    look(make_rule())
    alert = Alert.objects.get()
    alert.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        alert.save()


def test_due_rules_take_their_turn(site: Site, make_rule: MakeRule, clock: time_machine.Traveller) -> None:
    make_rule()
    make_rule(enabled=False)
    assert [judge_due(), judge_due()] == [1, 0]
    clock.shift(31)
    assert judge_due() == 1


def test_switching_off_closes_what_is_open(site: Site, make_rule: MakeRule) -> None:
    rule = make_rule()
    stop(site.press, NOW - HOUR, None)
    look(rule)
    switch(rule, enabled=False, by="anna")
    assert Alert.objects.get().status == "closed"
    assert AlertEvent.objects.filter(action="closed").get().detail == "The rule was switched off by anna."
    switch(rule, enabled=True, by="anna")
    judge_due()
    assert Alert.objects.count() == 2


def test_queries_do_not_grow_with_machines(site: Site, availability: AlertRule) -> None:
    from django.test.utils import CaptureQueriesContext

    from tests.factories import make_machine

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            look(availability)
        return len(queries)

    shift(site, MONDAY, 0.9, 1)
    cost()
    few = cost()
    for number in range(2, 12):
        site.press = make_machine(site.lyon, f"Press {number}")
        shift(site, MONDAY, 0.9, 1)
    assert cost() == few


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_judges_others_leave(site: Site, make_rule: MakeRule) -> None:
    stop_of_an_hour(site)
    make_rule()
    done: list[int] = []

    def other() -> None:
        done.append(judge_due())
        connections.close_all()

    with only_one(JUDGING_LOCK, 0) as mine:
        assert mine
        worker = Thread(target=other)
        worker.start()
        worker.join()
    assert done == [0]
    assert judge_due() == 1


def stop_of_an_hour(site: Site) -> None:
    from tests.factories import standard_reasons

    standard_reasons()
    stop(site.press, NOW - HOUR, None)
