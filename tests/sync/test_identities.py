import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpis.models import Equipment, Plant, Reason
from sync.exceptions import map_key
from sync.identities import normalise, resolve
from sync.models import Identity, Source, SyncException
from sync.records import Kind, Ref
from sync.suggest import suggest
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World

PlantOf = tuple[Source, World]


@pytest.mark.parametrize(
    ("code", "normal"),
    [
        ("LYO-PR-03", "LYOPR3"),
        ("lyo pr 3", "LYOPR3"),
        ("LYO_PR_0003", "LYOPR3"),
        ("A-1-3", "A1.3"),
        ("A13", "A13"),
        ("000", "0"),
        ("  ", ""),
        ("Presse №2", "PRESSENO2"),
    ],
)
def test_codes_are_compared_without_what_people_vary(code: str, normal: str) -> None:
    assert normalise(code) == normal


@given(st.text())
def test_normalising_twice_changes_nothing(code: str) -> None:
    assert normalise(normalise(code)) == normalise(code)


@given(st.lists(st.sampled_from(["A", "PR", "7", "12"]), min_size=1), st.sampled_from(["-", "_", "/", " "]))
def test_the_kind_of_separator_does_not_matter(words: list[str], separator: str) -> None:
    assert normalise(separator.join(words)) == normalise("-".join(words))


def test_the_system_of_record_creates_and_another_source_finds_by_code(
    plant: PlantOf, make_source: MakeSource
) -> None:
    other, world = make_source("b")
    world.put("machines", "center/7", name="Presse eins", codes=["pr 1"], work_unit=True)
    good(other, "machines")
    machine = Equipment.objects.get(code="PR-01")
    assert (machine.name, machine.source) == ("Press 1", "a")
    assert resolve(other, [Ref(kind=Kind.EQUIPMENT, key="center/7")]).popitem()[1] == machine.pk
    assert Identity.objects.get(source=other, kind="equipment").method == Identity.Method.NORMALISED


def test_a_code_that_means_two_things_decides_nothing(plant: PlantOf, make_source: MakeSource) -> None:
    source, world = plant
    world.put("machines", "machine/3", name="Spare", codes=["PR-01"], plant="plant/1")
    good(source, "machines")
    assert Equipment.objects.filter(code="PR-01").count() == 2
    other, theirs = make_source("b")
    theirs.put("machines", "center/7", name="Press", codes=["PR-01"])
    good(other, "machines")
    assert not Identity.objects.filter(source=other).exists()
    assert SyncException.objects.get(source=other).kind == "unmapped_key"


def test_two_rows_of_one_list_stay_two_things(plant: PlantOf) -> None:
    source, world = plant
    world.put("machines", "machine/9", name="Another", codes=["PR-02"], plant="plant/1")
    good(source, "machines")
    assert Equipment.objects.count() == 3


def test_another_list_of_the_same_source_is_matched(plant: PlantOf) -> None:
    source, world = plant
    world.put("machines", "asset/9", name="Press one", codes=["PR01"], plant="plant/1")
    good(source, "machines")
    assert Equipment.objects.count() == 2
    assert Equipment.objects.get(code="PR-01").name == "Press 1"


def test_reasons_match_the_standard_ones_by_name(plant: PlantOf) -> None:
    identity = Identity.objects.get(kind="reason")
    assert identity.method == Identity.Method.SEEDED
    assert Reason.objects.get(pk=identity.canonical_id).code == "equipment-failure"


def test_a_running_loss_needs_no_known_name(plant: PlantOf) -> None:
    source, world = plant
    world.put("reasons", "reason/8", name="Temps productif", loss_class="running")
    world.put("reasons", "reason/9", name="Sonstiges")
    good(source, "reasons")
    running = Identity.objects.get(external_key="reason/8")
    assert Reason.objects.get(pk=running.canonical_id).loss_class == "running"
    assert SyncException.objects.get().external_key == "reason/9"


def test_names_and_codes_that_are_alike_are_only_suggested(plant: PlantOf) -> None:
    found = suggest(Ref(kind=Kind.EQUIPMENT, codes=("PR-011",), label="Pres 1"))
    assert found[0].name == "Press 1"
    assert 45 <= found[0].score <= 100
    assert "is like" in found[0].reason


def test_a_machine_without_plant_stands_where_its_parent_does(plant: PlantOf) -> None:
    source, world = plant
    world.put("machines", "machine/5", name="Feeder", codes=["F1"], parent="machine/6")
    world.put("machines", "machine/6", name="Cell", codes=["C1"], plant="plant/1")
    good(source, "machines")
    feeder = Equipment.objects.get(code="F1")
    assert feeder.plant == Plant.objects.get()
    assert feeder.parent == Equipment.objects.get(code="C1")


def test_a_machine_without_any_place_is_in_the_only_plant(plant: PlantOf) -> None:
    source, world = plant
    world.put("machines", "machine/5", name="Feeder", codes=["F1"])
    good(source, "machines")
    assert Equipment.objects.get(code="F1").plant == Plant.objects.get()
    assert not SyncException.objects.exists()


def test_a_system_of_record_without_plants_gets_one(make_source: MakeSource) -> None:
    source, world = make_source("a")
    world.put("machines", "machine/5", name="Feeder", codes=["F1"])
    world.put("machines", "machine/6", name="Belt", codes=["F2"], parent="machine/5")
    good(source, "plants", "machines")
    assert set(Equipment.objects.values_list("code", "plant__name")) == {("F1", "A"), ("F2", "A")}
    assert not SyncException.objects.exists()


def test_machines_without_any_place_are_asked_for_together(plant: PlantOf) -> None:
    source, world = plant
    world.put("plants", "plant/2", name="South", codes=["S"])
    world.put("machines", "machine/5", name="Feeder", codes=["F1"])
    world.put("machines", "machine/4", name="Belt", codes=["F2"], parent="machine/5")
    world.put("machines", "machine/6", name="Mixer", codes=["M1"])
    good(source, "plants", "machines")
    exception = SyncException.objects.get()
    assert (exception.kind, exception.title) == ("unmapped_key", "Unknown plant: machines without a place")
    assert exception.held_records.count() == 3
    map_key(exception, canonical_id=Plant.objects.get(code="S").pk, by="lead")
    assert set(Equipment.objects.filter(plant__code="S").values_list("code", flat=True)) == {"F1", "F2", "M1"}
    world.put("machines", "machine/7", name="Dryer", codes=["D1"])
    good(source, "machines")
    assert Equipment.objects.get(code="D1").plant.code == "S"
    assert not SyncException.objects.exclude(status="resolved").exists()


def test_the_first_source_owns_what_it_offers_and_a_second_does_not_rename(
    plant: PlantOf, make_source: MakeSource
) -> None:
    other, world = make_source("b")
    world.put("plants", "site/1", name="North", timezone="Asia/Tokyo")
    world.put("machines", "center/1", name="Renamed", codes=["PR-01"], active=False, work_unit=True)
    good(other, "plants", "machines")
    assert Plant.objects.get().timezone == "Europe/Berlin"
    machine = Equipment.objects.get(code="PR-01")
    assert (machine.name, machine.active) == ("Press 1", True)
