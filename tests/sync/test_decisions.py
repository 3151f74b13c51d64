"""What people decide about the queue, and what comes of it: rules, splits, merges, overrides, effects."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kpis.models import ClosedPeriod, Downtime, Equipment, PlantRate, PublishedValue, Reason, StaleDay, Target
from kpis.rollup import refresh
from mfgportal.alerts.models import AlertRule
from sync import twins
from sync.exceptions import (
    AlreadyResolved,
    NotAllowed,
    Wanted,
    correct,
    decide,
    dismiss,
    followers,
    kept_instead,
    make_rule,
    map_key,
    merge,
    preview,
    revoke,
    revoke_rule,
    split,
    split_groups,
    suggestions,
    undo_merge,
)
from sync.exceptions.effects import finish_decisions
from sync.exceptions.impact import weigh
from sync.models import Correction, Identity, Rule, Source, SyncException
from sync.records import Kind
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World
from tests.sync.test_run import T, put_stop

PlantOf = tuple[Source, World]


def machine(code: str = "PR-02") -> Equipment:
    return Equipment.objects.get(code=code)


def unknown(label: str = "") -> SyncException:
    return SyncException.objects.get(kind="unmapped_key", title__contains=label)


def test_a_rule_about_keys_maps_all_of_a_pattern_until_it_is_revoked(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, machine="cell/7")
    put_stop(world, 2, machine="cell/8")
    good(source, "events")
    first = unknown("cell/7")
    wanted = Wanted(what="key", pattern="cell/*", canonical_id=machine().pk)
    found = preview(first, wanted)
    assert (found.settles, found.rows, found.against) == (2, 2, 0)
    assert Downtime.objects.count() == 0
    rule = make_rule(first, wanted, reason="one cell", by="ann")
    assert Downtime.objects.filter(equipment=machine()).count() == 2
    assert not SyncException.objects.filter(status="open").exists()
    put_stop(world, 3, machine="cell/9")
    good(source, "events")
    assert Downtime.objects.filter(equipment=machine(), deleted_at=None).count() == 3
    revoke_rule(rule.pk, by="bob")
    assert not Downtime.objects.filter(equipment=machine(), deleted_at=None).exists()
    assert SyncException.objects.filter(status="open", kind="unmapped_key").count() == 3
    with pytest.raises(AlreadyResolved, match="bob"):
        revoke_rule(rule.pk, by="eve")


def test_a_rule_about_values_translates_them_from_then_on(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, start="gestern")
    good(source, "events")
    rejected = SyncException.objects.get(kind="rejected_value")
    wanted = Wanted(what="value", pattern="gestern", field="payload.start", value=T.isoformat())
    assert preview(rejected, wanted).history == 1
    rule = make_rule(rejected, wanted, reason="they write words", by="ann")
    assert Downtime.objects.get().start == T
    rejected.refresh_from_db()
    assert (rejected.status, rejected.resolved_by) == ("resolved", "ann")
    revoke_rule(rule.pk, by="ann")
    rejected.refresh_from_db()
    assert (rejected.status, Downtime.objects.filter(deleted_at=None).count()) == ("open", 0)


def test_a_rule_dismisses_what_is_like_it_and_revoked_opens_it_again(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, machine="test/1")
    good(source, "events")
    first = unknown("test/1")
    rule = make_rule(first, Wanted(what="dismiss", pattern="Unknown machine: test/*"), reason="rig", by="ann")
    put_stop(world, 2, machine="test/2")
    good(source, "events")
    assert set(SyncException.objects.values_list("status", flat=True)) == {"dismissed"}
    revoke_rule(rule.pk, by="ann")
    assert set(SyncException.objects.values_list("status", flat=True)) == {"open"}


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        (Wanted(what="key", pattern="*", canonical_id=1), "letters"),
        (Wanted(what="key", pattern="other/*", canonical_id=0), "There is no"),
        (Wanted(what="value", pattern="x", field="start"), "rejected value"),
        (Wanted(what="dismiss", pattern="Something else*"), "title"),
        (Wanted(what="magic", pattern="x"), "no kind of rule"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(plant: PlantOf, wanted: Wanted, why: str) -> None:
    source, world = plant
    put_stop(world, 1, machine="cell/7")
    good(source, "events")
    with pytest.raises(NotAllowed, match=why):
        preview(unknown(), wanted)
    assert not Rule.objects.exists()


def test_a_key_that_means_two_things_is_split(plant: PlantOf) -> None:
    source, world = plant
    for number in (1, 2, 3):
        put_stop(world, number, machine="cell/7")
    good(source, "events")
    whole = unknown()
    assert split_groups(whole) == []
    with pytest.raises(NotAllowed, match="not all"):
        split(whole, keys=["stop/1", "stop/2", "stop/3"], reason="x", by="ann")
    part = split(whole, keys=["stop/2"], reason="the other cell", by="ann")
    assert (part.split_from, part.held_records.count(), whole.held_records.count()) == (whole, 1, 2)
    map_key(whole, canonical_id=machine("PR-01").pk, by="ann")
    part.refresh_from_db()
    assert part.status == "open"
    map_key(part, canonical_id=machine("PR-02").pk, by="ann")
    good(source, "events")
    assert Downtime.objects.get(external_key="stop/2").equipment == machine("PR-02")
    assert Downtime.objects.filter(equipment=machine("PR-01")).count() == 2


def test_two_rows_for_one_machine_are_merged_and_parted_again(plant: PlantOf) -> None:
    source, world = plant
    world.put("machines", "machine/50", name="Press 2", codes=["PR-02"], plant="plant/1", work_unit=False)
    world.put("machines", "machine/51", name="Pump", plant="plant/1")
    world.put("machines", "machine/52", name="pump ", plant="plant/1")
    put_stop(world, 1, machine="machine/52")
    good(source, "machines", "events")
    twins.check()
    double = SyncException.objects.get(kind="duplicate_master", title__contains="ump")
    kept, dropped = double.context["rows"]
    done = merge(double, keep=kept, reason="one pump", by="ann")
    assert Downtime.objects.get().equipment_id == kept
    assert Equipment.objects.get(pk=dropped).gone_at is not None
    put_stop(world, 2, machine="machine/52")
    good(source, "machines", "events")
    assert Downtime.objects.filter(equipment=kept).count() == 2
    twins.check()
    double.refresh_from_db()
    assert double.status == "resolved"
    undo_merge(done.pk, by="bob")
    assert Downtime.objects.filter(equipment=dropped, deleted_at=None).count() == 2
    assert StaleDay.objects.filter(equipment=dropped).exists()
    with pytest.raises(AlreadyResolved):
        undo_merge(done.pk, by="eve")


def test_what_people_gave_a_dropped_row_follows_it_and_comes_back(plant: PlantOf) -> None:
    kept, dropped = machine("PR-01"), machine("PR-02")
    place = {"plant": kept.plant, "valid_from": T.date()}
    for name, value in (("oee", 0.8), ("availability", 0.9)):
        Target.objects.create(**place, kpi=name, equipment=dropped, value=value)
    Target.objects.create(**place, kpi="oee", equipment=kept, value=0.7)
    rate = PlantRate.objects.create(**place, equipment=dropped, per_hour=600)
    rule = AlertRule.objects.create(name="Long stop", signal="stop", plant=kept.plant, equipment=dropped)
    month = ClosedPeriod.objects.create(
        plant=kept.plant, month=T.date().replace(day=1), closed_at=T, by="ann", completeness=1
    )
    published = PublishedValue.objects.create(period=month, kpi="oee", equipment=dropped, value=0.5)
    double = SyncException.objects.create(
        kind="duplicate_master", fingerprint="double", title="Two rows", source=plant[0], severity="warning",
        context={"row": {"kind": "equipment", "id": dropped.pk}, "rows": [kept.pk, dropped.pk]},
    )  # fmt: skip
    double_rows = {each.label: each for each in followers(Kind.EQUIPMENT, dropped.pk, kept.pk)}
    assert [row.value for row in double_rows["kpis.Target"].stay] == [0.8]
    done = merge(double, keep=kept.pk, reason="one press", by="ann")
    assert kept_instead(Kind.EQUIPMENT, dropped.pk) == kept.pk
    for row in (rate, rule, published):
        row.refresh_from_db()
        assert row.equipment_id == kept.pk
    values = dict(Target.objects.filter(equipment=kept).values_list("kpi", "value"))
    assert values == {"oee": 0.7, "availability": 0.9}
    undo_merge(done.pk, by="bob")
    assert kept_instead(Kind.EQUIPMENT, dropped.pk) is None
    for row in (rate, rule, published):
        row.refresh_from_db()
        assert row.equipment_id == dropped.pk
    assert Target.objects.filter(equipment=dropped).count() == 2


def test_a_revoked_correction_gives_the_sources_value_back(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, end=(T - timedelta(hours=3)).isoformat())
    good(source, "events")
    rejected = SyncException.objects.get(kind="rejected_value")
    end = (T + timedelta(hours=2)).isoformat()
    correct(rejected, external_key="stop/1", field="end", value=end, reason="typo", by="ann")
    assert Downtime.objects.filter(deleted_at=None).count() == 1
    revoke(Correction.objects.get().pk, by="bob")
    assert Downtime.objects.filter(deleted_at=None).count() == 0
    rejected.refresh_from_db()
    assert rejected.status == "open"
    assert [event.action for event in rejected.events.all()][-2:] == ["revoked", "reopened"]
    assert "resolved" in rejected.events.last().detail  # type: ignore[union-attr]  # there is one
    with pytest.raises(AlreadyResolved, match="bob"):
        revoke(Correction.objects.get().pk, by="eve")


def test_suggestions_learn_from_what_people_took_and_turned_down(
    plant: PlantOf, make_source: MakeSource
) -> None:
    source, world = plant
    put_stop(world, 1, codes=["Kaffee"], reason="")
    good(source, "events")
    exception = SyncException.objects.get(kind="unmapped_key")
    cleaning = Reason.objects.get(code="cleaning")
    map_key(exception, canonical_id=cleaning.pk, by="ann")
    other, elsewhere = make_source("b")
    elsewhere.put("machines", "press", name="Press 1", codes=["PR-01"])
    put_stop(elsewhere, 1, machine="press", codes=["kaffee"], reason="")
    Identity.objects.filter(codes__contains=["KAFFEE"]).update(codes=[])
    good(other, "machines", "events")
    best = suggestions(SyncException.objects.get(source=other, kind="unmapped_key"))[0]
    assert best.canonical_id == cleaning.pk
    assert best.reason.startswith("ann mapped this name of")


def test_suggestions_follow_how_a_source_names_things(plant: PlantOf, make_source: MakeSource) -> None:
    other, world = make_source("b")
    for number, code in ((1, "PR-01"), (2, "PR-02")):
        Identity.objects.create(
            source=other, kind="equipment", external_key=f"m/{number}", codes=[f"MACHINE{number}"],
            canonical_id=machine(code).pk, method="manual",
        )  # fmt: skip
    third = Equipment.objects.create(plant=machine().plant, name="Third", code="PR-03")
    world.put("machines", "m/3", name="Machine 3", codes=["MACHINE-03"])
    good(other, "machines")
    best = suggestions(SyncException.objects.get(source=other, kind="unmapped_key"))[0]
    assert (best.canonical_id, "PR…" in best.reason) == (third.pk, True)


def test_what_an_exception_holds_back_is_weighed(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, codes=["odd"], reason="")
    put_stop(world, 2, codes=["odd"], reason="")
    good(source, "events")
    press = machine("PR-01")
    PlantRate.objects.create(plant=press.plant, valid_from=T.date(), per_hour=600)
    PlantRate.objects.create(plant=press.plant, equipment=press, valid_from=T.date(), per_hour=1200)
    SyncException.objects.update(plant=press.plant)
    assert weigh() == 1
    found = SyncException.objects.get()
    assert (found.held_rows, found.kpi_minutes) == (2, 40)
    assert (float(found.money or 0), found.currency) == (800, "EUR")
    assert weigh() == 0


def test_a_decision_keeps_the_kpis_before_and_after(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, machine="cell/7")
    good(source, "events")
    exception, press = unknown(), machine("PR-01")
    while refresh(timezone.now()):
        pass
    decision = decide(
        exception, way="map", by="ann", equipment_id=press.pk,
        action=lambda: map_key(exception, canonical_id=press.pk, by="ann"),
    )  # fmt: skip
    assert (decision.waited, decision.released, decision.after) == (1, 1, None)
    assert finish_decisions() == 0
    while refresh(timezone.now()):
        pass
    assert finish_decisions() == 1
    decision.refresh_from_db()
    assert decision.after is not None
    assert decision.after["downtime"] == pytest.approx((decision.before["downtime"] or 0.0) + 1200.0)
    with pytest.raises(AlreadyResolved, match="by ann"):
        decide(exception, way="dismiss", by="bob", action=lambda: _dismissed(exception))
    assert exception.decisions.count() == 1


def _dismissed(exception: SyncException) -> int:
    dismiss(exception, reason="x", by="bob")
    return 0
