from datetime import timedelta

import pytest

from kpis.models import Downtime, Equipment, Part, Product, Production, Reason, StaleDay
from sync.exceptions import (
    KINDS,
    AlreadyResolved,
    NotAllowed,
    correct,
    dismiss,
    fields_to_correct,
    map_key,
    retry,
    suggestions,
)
from sync.models import Correction, HeldRecord, Identity, Ownership, Source, SyncException
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World
from tests.sync.test_run import T, put_stop

PlantOf = tuple[Source, World]


def the(kind: str) -> SyncException:
    return SyncException.objects.get(kind=kind)


def put_unknown(world: World, *numbers: int) -> None:
    for number in numbers:
        put_stop(world, number, machine="machine/77")


def test_every_kind_says_what_it_means_and_what_cures_it() -> None:
    for kind in KINDS.values():
        assert kind.meaning.endswith(".")
        assert kind.cure.endswith(".")
        assert kind.severity in {"error", "warning", "info"}
        assert kind.resolutions


def test_all_that_wait_for_one_key_fold_into_one_exception(plant: PlantOf) -> None:
    source, world = plant
    put_unknown(world, 1, 2, 3)
    put_stop(world, 4)
    (run,) = good(source, "events")
    exception = the("unmapped_key")
    assert (exception.count, exception.held_records.count(), run.held, run.loaded) == (3, 3, 3, 1)
    put_unknown(world, 5)
    good(source, "events")
    exception.refresh_from_db()
    assert (exception.count, exception.held_records.count()) == (4, 4)
    held = exception.held_records.get(raw__external_key="stop/1")
    assert (held.kind, held.start, held.end) == (
        "downtime",
        T + timedelta(hours=1),
        T + timedelta(minutes=80),
    )


def test_what_waits_goes_on_by_itself_when_its_master_comes(plant: PlantOf) -> None:
    source, world = plant
    put_unknown(world, 1, 2)
    good(source, "events")
    world.put("machines", "machine/77", name="Press 77", codes=["PR-77"], plant="plant/1")
    good(source, "machines")
    assert Downtime.objects.count() == 2
    assert the("unmapped_key").status == "resolved"
    assert not HeldRecord.objects.exists()


def test_mapping_a_key_loads_what_waited_and_marks_its_days(plant: PlantOf) -> None:
    source, world = plant
    put_unknown(world, 1, 2)
    good(source, "events")
    StaleDay.objects.all().delete()
    machine = Equipment.objects.get(code="PR-02")
    exception = the("unmapped_key")
    assert map_key(exception, canonical_id=machine.pk, by="ann") == 2
    assert Downtime.objects.filter(equipment=machine).count() == 2
    assert StaleDay.objects.filter(equipment=machine, day=T.date()).exists()
    exception.refresh_from_db()
    assert (exception.status, exception.resolved_by) == ("resolved", "ann")
    assert [event.action for event in exception.events.all()] == ["raised", "resolved"]
    put_unknown(world, 3)
    good(source, "events")
    assert Downtime.objects.count() == 3
    assert Identity.objects.get(external_key="machine/77").method == Identity.Method.MANUAL


def test_mapping_a_reason(plant: PlantOf) -> None:
    source, world = plant
    world.put("reasons", "reason/9", name="Sonstiges")
    put_stop(world, 1, reason="reason/9")
    good(source, "reasons", "events")
    exception = the("unmapped_key")
    assert exception.held_records.count() == 2
    reason = Reason.objects.get(code="changeover")
    map_key(exception, canonical_id=reason.pk, by="ann")
    assert Downtime.objects.get().reason == reason


def test_a_fact_waits_for_what_its_master_waits_for(plant: PlantOf, make_source: MakeSource) -> None:
    other, world = make_source("b")
    Ownership.objects.filter(kind="operation").update(source=other)
    world.put("machines", "center/1", name="Unknown", codes=["X-1"], work_unit=True)
    world.put("operations", "step/1", name="Stamp", machine="center/1", cycle=None)
    world.put("counts", "count/1", machine="center/1", operation="step/1", quantity=5.0, start=T.isoformat())
    good(other, "machines", "operations", "counts")
    exception = the("unmapped_key")
    waiting = exception.held_records.values_list("raw__external_key", flat=True)
    assert sorted(waiting) == ["center/1", "count/1", "step/1"]
    map_key(exception, canonical_id=Equipment.objects.get(code="PR-01").pk, by="ann")
    production = Production.objects.get()
    assert production.operation is not None
    assert (production.equipment.code, production.operation.source) == ("PR-01", "b")


def test_create_new_makes_a_row_from_the_sources_own_record(plant: PlantOf, make_source: MakeSource) -> None:
    other, world = make_source("b")
    world.put("plants", "site/1", name="North")
    world.put("machines", "center/5", name="Robot", codes=["RB-5"], plant="site/1", work_unit=True)
    world.put("reasons", "cause/1", name="Changeover")
    put_stop(world, 1, machine="center/5", reason="cause/1")
    good(other, "plants", "machines", "reasons", "events")
    exception = the("unmapped_key")
    assert map_key(exception, canonical_id=None, by="ann") == 2
    robot = Equipment.objects.get(code="RB-5")
    assert (robot.name, robot.work_unit, robot.source) == ("Robot", True, "b")
    assert Downtime.objects.get().equipment == robot
    exception.refresh_from_db()
    assert exception.status == "resolved"
    world.put("machines", "center/5", name="Robot 5", codes=["RB-5"], plant="site/1", work_unit=True)
    good(other, "machines")
    robot.refresh_from_db()
    assert robot.name == "Robot 5"


def test_create_new_needs_a_record_to_create_from(plant: PlantOf) -> None:
    source, world = plant
    put_unknown(world, 1)
    good(source, "events")
    for exception in SyncException.objects.all():
        with pytest.raises(NotAllowed):
            map_key(exception, canonical_id=None, by="ann")
        exception.refresh_from_db()
        assert exception.status == "open"


def test_a_new_reason_gets_its_place_in_the_loss_tree_from_a_person(plant: PlantOf) -> None:
    source, world = plant
    world.put("reasons", "reason/9", name="Set-up: große Rüstung")
    put_stop(world, 1, reason="reason/9")
    good(source, "reasons", "events")
    exception = the("unmapped_key")
    for given in ("", "running", "unknown", "nonsense"):
        with pytest.raises(NotAllowed, match="loss tree"):
            map_key(exception, canonical_id=None, by="ann", loss_class=given)
    assert map_key(exception, canonical_id=None, by="ann", loss_class="setup") == 2
    reason = Downtime.objects.get().reason
    assert (reason.name, reason.code, reason.loss_class) == (
        "Set-up: große Rüstung",
        "set-up-groe-rustung",
        "setup",
    )
    exception.refresh_from_db()
    assert (exception.status, exception.resolution) == ("resolved", "Created a new reason.")


def test_codes_of_new_reasons_are_unique(plant: PlantOf) -> None:
    source, world = plant
    for number, name in enumerate(("Störung", "Stórung", "Stôrung", "工具")):
        world.put("reasons", f"reason/9{number}", name=name)
        put_stop(world, number, reason=f"reason/9{number}")
    good(source, "events", "reasons")
    for exception in SyncException.objects.order_by("external_key"):
        map_key(exception, canonical_id=None, by="ann", loss_class="external")
    codes = Reason.objects.filter(source="a").order_by("id").values_list("code", flat=True)
    assert list(codes) == ["storung", "storung-2", "storung-3", "reason"]


def test_a_part_is_there_though_its_product_is_unknown(plant: PlantOf) -> None:
    source, world = plant
    world.put("parts", "part/1", name="Seal", codes=["S-1"], cost=2.5, product="XP-OLD")
    good(source, "parts")
    assert Part.objects.get().product is None
    exception = the("unmapped_key")
    assert map_key(exception, canonical_id=None, by="ann") == 1
    part = Part.objects.get()
    assert part.product == Product.objects.get(code="XP-OLD")
    assert str(part.unit_cost) == "2.5000"


def test_suggestions_name_the_likely_row(plant: PlantOf, make_source: MakeSource) -> None:
    other, world = make_source("b")
    world.put("machines", "center/1", name="Press one", codes=["PRS-1"])
    good(other, "machines")
    assert {found.name for found in suggestions(the("unmapped_key"))} == {"Press 1", "Press 2"}


def test_two_people_resolve_the_same(plant: PlantOf) -> None:
    source, world = plant
    put_unknown(world, 1)
    good(source, "events")
    exception = the("unmapped_key")
    machine = Equipment.objects.get(code="PR-02")
    map_key(exception, canonical_id=machine.pk, by="ann")
    with pytest.raises(AlreadyResolved, match="ann"):
        map_key(exception, canonical_id=machine.pk, by="bob")
    with pytest.raises(AlreadyResolved):
        dismiss(exception, reason="no", by="bob")


def test_a_rejected_row_is_held_and_comes_right_at_the_source(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, minutes=-5)
    good(source, "events")
    exception = the("rejected_value")
    assert "must not be before the start" in exception.message
    assert exception.context["field"] == "end"
    assert exception.equipment == Equipment.objects.get(code="PR-01")
    assert not Downtime.objects.exists()
    put_stop(world, 1)
    good(source, "events")
    exception.refresh_from_db()
    assert (exception.status, Downtime.objects.count()) == ("resolved", 1)
    put_stop(world, 1, minutes=-6)
    good(source, "events")
    exception.refresh_from_db()
    assert (exception.status, exception.count) == ("open", 2)
    assert Downtime.objects.get().deleted_at is not None


def test_a_row_that_cannot_be_read_is_held_and_its_raw_field_corrected(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, start="soon")
    good(source, "events")
    exception = the("rejected_value")
    first = fields_to_correct(exception)[0]
    assert (first["field"], first["value"]) == ("payload.start", "soon")
    start = (T + timedelta(hours=1)).isoformat()
    correct(
        exception, external_key="stop/1", field="payload.start", value=start, reason="Log book.", by="ann"
    )
    assert Downtime.objects.get().start == T + timedelta(hours=1)


def test_a_correction_loads_the_row_and_survives_later_syncs(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, minutes=-5)
    good(source, "events")
    exception = the("rejected_value")
    assert fields_to_correct(exception)[0]["field"] == "end"
    end = T + timedelta(minutes=90)
    correct(
        exception, external_key="stop/1", field="end", value=end.isoformat(), reason="Log book.", by="ann"
    )
    assert Downtime.objects.get().end == end
    exception.refresh_from_db()
    assert (exception.status, exception.resolved_by) == ("resolved", "ann")
    put_stop(world, 1, minutes=-5, note="touched")
    good(source, "events")
    assert Downtime.objects.get().end == end
    correction = Correction.objects.get()
    assert (correction.original, correction.author) == ((T + timedelta(minutes=55)).isoformat(), "ann")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("end", "2026-03-02T07:00:00+00:00", "still before the start"),
        ("end", "tomorrow", "no time"),
        ("end", "2026-03-02T10:00:00", "no offset"),
        ("equipment", "machine/2", "no plain field"),
        ("end", "2026-03-02T10:00:00+00:00", "  "),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    plant: PlantOf, field: str, value: str, reason: str
) -> None:
    source, world = plant
    put_stop(world, 1, minutes=-5)
    good(source, "events")
    exception = the("rejected_value")
    with pytest.raises(NotAllowed):
        correct(exception, external_key="stop/1", field=field, value=value, reason=reason, by="ann")
    exception.refresh_from_db()
    assert exception.status == "open"
    assert not Correction.objects.exists()


def test_a_dismissed_row_stays_left_out_and_says_so(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, minutes=-5)
    good(source, "events")
    exception = the("rejected_value")
    with pytest.raises(NotAllowed):
        dismiss(exception, reason=" ", by="ann")
    dismiss(exception, reason="Test entry.", by="ann")
    put_stop(world, 1, minutes=-7)
    good(source, "events")
    exception.refresh_from_db()
    assert (exception.status, exception.count) == ("dismissed", 2)
    assert "1 source records stay left out" in exception.resolution
    assert not Downtime.objects.exists()


def test_kinds_are_resolved_only_in_their_ways(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, minutes=-5)
    good(source, "events")
    with pytest.raises(NotAllowed):
        map_key(the("rejected_value"), canonical_id=1, by="ann")


def test_a_retry_that_finds_nothing_new_leaves_it_open_and_counts_nothing(plant: PlantOf) -> None:
    source, world = plant
    put_stop(world, 1, minutes=-5)
    good(source, "events")
    exception = the("rejected_value")
    assert retry(exception, by="ann") == 0
    exception.refresh_from_db()
    assert (exception.status, exception.count) == ("open", 1)
