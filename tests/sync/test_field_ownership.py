"""Each field comes from its own system of record; what others say differently is told, and closes itself."""

from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from kpis.models import Equipment, Line, Part, Plant, Product, StaleDay, WorkOrder
from kpis.rollup import refresh
from sync.assigning import assign
from sync.exceptions import NotAllowed, own, take
from sync.models import Correction, Counterpart, Ownership, RawRecord, Source, SyncException
from sync.records import Kind
from sync.replay import replay_rows
from sync.settling import recheck
from sync.sweep import sweep_stream
from tests.sync.conftest import MakeSource, good
from tests.sync.fake import World

PlantOf = tuple[Source, World]
Two = tuple[Source, World, Source, World]


@pytest.fixture
def two(plant: PlantOf, make_source: MakeSource) -> Two:
    """Source ``a`` owns all; ``b`` has some of the same things by their codes."""
    return (*plant, *make_source("b"))


def put_part(world: World, cost: float | None, minimum: float | None = None, name: str = "Bearing") -> None:
    world.put("parts", "part/1", name=name, codes=["B-1"], cost=cost, minimum=minimum)


def parts(two: Two, ours: float | None, theirs: float | None) -> None:
    put_part(two[1], ours)
    good(two[0], "parts")
    put_part(two[3], theirs, name="Kugellager")
    good(two[2], "parts")


def open_fields() -> set[tuple[str, str]]:
    rows = SyncException.objects.filter(kind="ownership_mismatch", status="open")
    return {(row.context["row"]["kind"], row.context["field"]) for row in rows}


def mismatch() -> SyncException:
    return SyncException.objects.get(kind="ownership_mismatch")


def test_a_value_that_differs_is_told_with_both_sides(two: Two) -> None:
    parts(two, 12.5, 13.0)
    found = mismatch()
    assert found.title == "Part Bearing: unit cost differs"
    assert found.message == "“12.5” in A, “13.0” in B."
    assert (found.context["owner"], found.source.name, found.external_key) == ("a", "b", "part/1")
    assert [(side["source"], side["value"]) for side in found.context["sides"]] == [("a", 12.5), ("b", 13.0)]
    assert Part.objects.get().unit_cost == 12.5
    assert Counterpart.objects.filter(kind="part").count() == 2


def test_names_rounding_and_empty_values_are_no_disagreement(two: Two) -> None:
    parts(two, 12.5, 12.51)
    parts(two, 12.5, None)
    assert not SyncException.objects.exists()


def test_what_only_one_source_names_is_not_kept(two: Two) -> None:
    put_part(two[1], 12.5)
    good(two[0], "parts")
    assert not Counterpart.objects.exists()


@pytest.mark.parametrize("side", [0, 1])
def test_it_closes_when_the_sources_agree_and_opens_again(two: Two, side: int) -> None:
    parts(two, 12.5, 13.0)
    costs = [12.5, 13.0]
    costs[side] = costs[1 - side]
    parts(two, *costs)
    assert mismatch().status == "resolved"
    parts(two, 12.5, 13.0)
    assert (mismatch().status, mismatch().count) == ("open", 2)


def test_it_counts_once_however_often_it_is_seen(two: Two) -> None:
    parts(two, 12.5, 13.0)
    replay_rows(list(RawRecord.objects.values_list("id", flat=True)))
    recheck()
    assert mismatch().count == 1


def test_it_closes_when_one_record_is_gone(two: Two) -> None:
    parts(two, 12.5, 13.0)
    _, _, other, theirs = two
    theirs.drop("parts", "part/1")
    sweep_stream(other.streams.get(name="parts").pk)
    found = mismatch()
    assert (found.status, found.resolution) == ("resolved", "One of the records is gone.")
    assert not Counterpart.objects.exists()
    put_part(theirs, 13.0)
    sweep_stream(other.streams.get(name="parts").pk)
    good(other, "parts")
    assert mismatch().status == "open"


def test_units_and_places_are_compared_by_what_they_mean(two: Two) -> None:
    source, world, other, theirs = two
    world.put("lines", "line/1", name="Line 1", codes=["L1"], plant="plant/1")
    world.put("lines", "line/2", name="Line 2", codes=["L2"], plant="plant/1")
    world.put("products", "product/1", name="Cap", codes=["CAP"], uom="Units")
    world.put("products", "product/2", name="Lid", codes=["LID"], uom="kg")
    world.put(
        "machines",
        "machine/1",
        name="Press 1",
        codes=["PR-01"],
        plant="plant/1",
        line="line/1",
        work_unit=True,
    )
    good(source, "lines", "machines", "products")
    theirs.put("plants", "site/1", name="Nord", codes=["n"])
    theirs.put("lines", "row/2", name="Row 2", codes=["l-2"], plant="site/1")
    theirs.put("products", "p/1", name="Kappe", codes=["cap"], uom="Stück")
    theirs.put("products", "p/2", name="Deckel", codes=["lid"], uom="Stk")
    theirs.put("machines", "m/1", name="Presse", codes=["pr 1"], plant="site/1", line="row/2")
    theirs.put("machines", "m/2", name="Presse 2", codes=["pr 2"], plant="unknown", active=False)
    good(other, "plants", "lines", "products", "machines")
    assert open_fields() == {("equipment", "line"), ("product", "uom"), ("equipment", "active")}
    line = SyncException.objects.get(context__field="line")
    assert [side["value"] for side in line.context["sides"]] == ["Line 1 (L1)", "Line 2 (L2)"]
    assert line.equipment == Equipment.objects.get(code="PR-01")
    assert not SyncException.objects.filter(kind="unmapped_key").exists()


def test_a_field_follows_its_own_system_of_record(two: Two) -> None:
    parts(two, 12.5, 13.0)
    assert assign(Kind.PART, "unit_cost", two[2]) == 1
    part = Part.objects.get()
    assert (part.unit_cost, part.name, part.source) == (Decimal(13), "Bearing", "a")
    assert mismatch().status == "resolved"
    parts(two, 14.0, 15.0)
    assert Part.objects.get().unit_cost == 15
    assert (mismatch().status, mismatch().context["owner"]) == ("open", "b")
    parts(two, 14.0, None)  # says nothing any more, so the part's own source counts again
    assert Part.objects.get().unit_cost == 14
    assign(Kind.PART, "unit_cost", None)
    assert not Ownership.objects.exclude(field="").exists()


def test_what_was_decided_opens_again_only_when_a_value_changes(two: Two) -> None:
    parts(two, 12.5, 13.0)
    assign(Kind.PART, "unit_cost", two[2])
    replay_rows(list(RawRecord.objects.values_list("id", flat=True)))
    recheck()
    assert mismatch().status == "resolved"
    parts(two, 12.0, 13.0)
    assert mismatch().status == "open"


def test_a_kind_goes_over_with_all_its_fields(two: Two) -> None:
    parts(two, 12.5, 13.0)
    assign(Kind.PART, "", two[2])
    part = Part.objects.get()
    assert (part.name, part.unit_cost, part.source) == ("Kugellager", Decimal(13), "b")
    rows = SyncException.objects.filter(kind="ownership_mismatch", status="open")
    assert [row.context["owner"] for row in rows] == ["b"]
    assign(Kind.PART, "", two[0])
    assert Part.objects.get().name == "Bearing"
    assert SyncException.objects.filter(kind="ownership_mismatch", status="open").count() == 1


@pytest.mark.parametrize(("right", "cost"), [("a", 12.5), ("b", 13.0)])
def test_either_value_may_be_taken(two: Two, right: str, cost: float) -> None:
    parts(two, 12.5, 13.0)
    take(mismatch(), source=right, reason="Seen on the invoice.", by="ann")
    assert Part.objects.get().unit_cost == cost
    assert (mismatch().status, mismatch().resolved_by) == ("resolved", "ann")
    assert Correction.objects.get().source.name == ("b" if right == "a" else "a")
    parts(two, 12.5, 13.0)
    put_part(two[3], 13.0, minimum=2)
    good(two[2], "parts")
    assert mismatch().status == "resolved"


def test_a_reference_is_taken_by_the_other_sources_own_name(two: Two) -> None:
    source, world, other, theirs = two
    for number in (1, 2):
        world.put("lines", f"line/{number}", name=f"Line {number}", codes=[f"L{number}"], plant="plant/1")
    world.put(
        "machines",
        "machine/1",
        name="Press 1",
        codes=["PR-01"],
        plant="plant/1",
        line="line/1",
        work_unit=True,
    )
    good(source, "lines", "machines")
    theirs.put("lines", "row/2", name="Row 2", codes=["L2"], plant="plant/1")
    theirs.put("machines", "m/1", name="Presse", codes=["PR-01"], line="row/2")
    good(other, "lines", "machines")
    found = SyncException.objects.get(context__field="line")
    with pytest.raises(NotAllowed, match="does not know the line"):
        take(found, source="a", reason="So it is.", by="ann")
    take(found, source="b", reason="It was moved.", by="ann")
    assert Equipment.objects.get(code="PR-01").line == Line.objects.get(code="L2")


def test_the_other_system_may_decide_from_now_on(two: Two) -> None:
    for number in (1, 2):
        two[1].put("parts", f"part/{number}", name=f"Part {number}", codes=[f"B-{number}"], cost=10.0)
        two[3].put("parts", f"item/{number}", name=f"Teil {number}", codes=[f"B-{number}"], cost=11.0)
    good(two[0], "parts")
    good(two[2], "parts")
    first, second = SyncException.objects.filter(kind="ownership_mismatch").order_by("id")
    with pytest.raises(NotAllowed, match="already"):
        own(first, source="a", reason="Why not.", by="ann")
    assert own(first, source="b", reason="Prices come from the ERP.", by="ann") == 2
    assert {part.unit_cost for part in Part.objects.all()} == {11}
    for each in (first, second):
        each.refresh_from_db()
        assert (each.status, each.resolved_by) == ("resolved", "ann")
        assert "Prices come from the ERP." in each.resolution


def test_a_calendar_from_another_owner_marks_the_machines_days(two: Two) -> None:
    source, world, other, theirs = two
    Ownership.objects.filter(kind="calendar").update(source=other)
    theirs.put("calendars", "cal/1", name="Two shifts")
    theirs.put("machines", "m/1", name="Presse", codes=["PR-01"], calendar="cal/1")
    world.put("events", "stop/1", machine="machine/1", reason="reason/1",
              start="2026-03-02T08:00:00+00:00", end="2026-03-02T09:00:00+00:00")  # fmt: skip
    good(source, "events")
    drain()
    good(other, "calendars", "machines")
    press = Equipment.objects.select_related("calendar").get(code="PR-01")
    assert press.calendar is not None
    assert press.calendar.name == "Two shifts"
    assert press.source == "a"
    assert StaleDay.objects.filter(equipment=press).exists()


def test_a_cycle_from_another_owner_counts_and_marks(two: Two) -> None:
    source, world, other, theirs = two
    theirs.put("machines", "m/1", name="Presse", codes=["PR-01"])
    world.put("operations", "operation/2", name="Bend", codes=["OP2"], machine="machine/1", cycle=None)
    good(source, "operations")
    world.put("counts", "count/1", machine="machine/1", operation="operation/2", quantity=5,
              start="2026-03-02T08:00:00+00:00", end="2026-03-02T09:00:00+00:00")  # fmt: skip
    good(source, "counts")
    theirs.put("operations", "op/2", name="Biegen", codes=["OP2"], machine="m/1", cycle=20.0)
    good(other, "machines", "operations")
    drain()
    assign(Kind.OPERATION, "ideal_cycle_s", other)
    press = Equipment.objects.get(code="PR-01")
    assert press.operations.get(name="Bend").ideal_cycle_s == 20
    assert press.production.get().ideal_cycle_s == 20
    assert StaleDay.objects.filter(equipment=press).exists()


def drain() -> None:
    while refresh(timezone.now(), 1000):
        pass
    assert not StaleDay.objects.exists()


def put_orders(two: Two, ours: str, theirs: str, **values: object) -> None:
    two[1].put("orders", "work-order/1", number="WO1", title="Fix", status=ours, machine="machine/1")
    two[3].put("orders", "request/1", title="[WO1] Fix", status=theirs, counterpart="WO1", **values)
    good(two[0], "orders")
    good(two[2], "orders")


def test_a_work_order_takes_its_status_from_its_owner(two: Two) -> None:
    put_orders(two, "open", "completed", completed_on="2026-03-03", work_type="preventive")
    assert open_fields() == {("work_order", "work_type")}
    found = SyncException.objects.get(kind="status_mismatch")
    own(found, source="b", reason="The ERP closes.", by="ann")
    order = WorkOrder.objects.get()
    assert (order.status, str(order.completed_on), order.title) == ("completed", "2026-03-03", "Fix")
    put_orders(two, "in_progress", "completed", completed_on="2026-03-03", work_type="preventive")
    assert WorkOrder.objects.get().status == "completed"
    put_orders(two, "on_hold", "in_progress", work_type="preventive")
    order = WorkOrder.objects.get()
    assert (order.status, order.completed_on) == ("in_progress", None)
    found.refresh_from_db()
    assert found.status == "resolved"
    assign(Kind.WORK_ORDER, "status", None)
    assert WorkOrder.objects.get().status == "on_hold"


def test_machines_of_work_orders_are_compared(two: Two) -> None:
    two[3].put("machines", "m/2", name="Presse 2", codes=["PR-02"])
    good(two[2], "machines")
    put_orders(two, "open", "open", machine="m/2")
    assert open_fields() == {("work_order", "equipment")}
    put_orders(two, "open", "open", machine="m/9")  # nobody knows it, so it says nothing
    assert open_fields() == set()


def test_a_plants_zone_comes_from_the_owner_of_calendars(two: Two) -> None:
    _, _, other, theirs = two
    theirs.put("plants", "site/1", name="North", codes=["N"], timezone="Europe/Lisbon")
    good(other, "plants")
    assert Plant.objects.get().timezone == "Europe/Berlin"
    assert open_fields() == {("plant", "timezone")}
    assign(Kind.CALENDAR, "", other)
    assert Plant.objects.get().timezone == "Europe/Lisbon"


def test_many_shared_rows_ask_no_more_than_a_few(
    two: Two, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    source, world, other, theirs = two
    world.page = theirs.page = 1000
    for number in range(300):
        world.put("products", f"p/{number}", name=f"P {number}", codes=[f"X-{number}"], uom="kg")
        theirs.put("products", f"q/{number}", name=f"Q {number}", codes=[f"X-{number}"], uom="kg")
    good(source, "products")
    with django_assert_max_num_queries(90):
        good(other, "products")
    assert Product.objects.count() == 300
    assert Counterpart.objects.count() == 600
