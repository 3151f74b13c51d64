"""The simulated factory: repeatable, alive, complete, and realistic."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import process_time

import pytest

from sync.sandbox import Factory
from sync.sandbox.shifts import attendances, local_epoch, planned_spans, shifts_of
from sync.sandbox.spec import PLANTS
from sync.sandbox.truth import TruthRow
from tests.sync.sandbox.conftest import NOW

LINE = "mrp.workcenter.productivity"
FRIDAY = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def clean() -> Factory:
    return Factory(seed=7, days=25, machines=10, now=NOW, defects=False)


@pytest.fixture(scope="module")
def rows(clean: Factory) -> list[TruthRow]:
    return list(clean.truth())


def test_same_seed_same_history() -> None:
    first, second = (Factory(seed=11, days=4, machines=5, now=NOW) for _ in range(2))
    assert first.digest() == second.digest()
    assert Factory(seed=12, days=4, machines=5, now=NOW).digest() != first.digest()


def test_history_does_not_depend_on_how_the_clock_advanced() -> None:
    """Living up to a moment in small steps ends in the same books as being born at that moment."""
    stepped = Factory(seed=2, days=5, machines=6, now=FRIDAY, defects=False)
    for _ in range(4 * 24):
        stepped.advance(stepped.now + 3601)
    end = datetime.fromtimestamp(stepped.now, UTC)
    days = (end.date() - stepped.first_day).days
    assert Factory(seed=2, days=days, machines=6, now=end, defects=False).digest() == stepped.digest()


def test_small_factory_starts_fast() -> None:
    begin = process_time()
    Factory(seed=1, days=3, machines=4, now=NOW)
    assert process_time() - begin < 0.5


def test_few_machines_still_cover_the_plants() -> None:
    factory = Factory(seed=1, days=1, machines=4, now=NOW)
    assert {machine.plant.key for machine in factory.machines} == {"LYO", "GRV", "PUN"}


def test_it_keeps_living() -> None:
    factory = Factory(seed=4, days=2, machines=6, now=FRIDAY, defects=False)
    lines, before = factory.odoo[LINE], factory.odoo[LINE].columns["write_date"][:]
    open_before = [line for line in lines.ids if lines.get(line, "date_end") is None]
    assert open_before
    factory.advance(FRIDAY + timedelta(hours=2))
    assert len(lines) > len(before)
    closed = [line for line in open_before if lines.get(line, "date_end")]
    assert closed
    assert all(lines.get(line, "write_date") > FRIDAY.timestamp() for line in closed)
    assert max(lines.columns["write_date"]) <= factory.now
    assert (
        max(factory.atlas["work-orders"].values(), key=lambda row: row["updatedAt"])["updatedAt"]
        <= factory.now
    )


def test_clock_stands_still_when_given_and_runs_when_not() -> None:
    frozen, running = Factory(days=1, machines=1, now=NOW), Factory(days=1, machines=1)
    frozen.tick()
    assert frozen.now == int(NOW.timestamp())
    running.tick()
    assert abs(running.now - datetime.now(UTC).timestamp()) < 5


def test_stamps_follow_the_happening(clean: Factory) -> None:
    columns = clean.odoo[LINE].columns
    for start, stop, created, written in zip(
        *(columns[name] for name in ("date_start", "date_end", "create_date", "write_date")), strict=True
    ):
        assert created == start
        assert written == (stop or start)
    assert columns["date_start"] == sorted(columns["date_start"])


def test_lines_of_a_machine_never_overlap_without_defects(clean: Factory) -> None:
    for machine in clean.machines:
        spans = sorted((span.start, span.stop) for span in machine.history)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_planned_time_is_fully_covered(clean: Factory, rows: list[TruthRow]) -> None:
    assert sum(row.planned_s for row in rows) > 10 * 25 * 3600
    for row in rows:
        assert row.seconds["unknown"] == 0, row
        assert sum(row.seconds.values()) == row.planned_s


def test_truth_equals_the_lines_that_are_served(clean: Factory, rows: list[TruthRow]) -> None:
    """Recomputed from the Odoo rows alone: planned run time of each work center."""
    lines, losses = clean.odoo[LINE], clean.odoo["mrp.workcenter.productivity.loss"]
    running = {loss for loss in losses.ids if losses.get(loss, "loss_id") in (2, 4)}
    served: dict[int, int] = defaultdict(int)
    for center, loss, start, stop in zip(
        *(lines.columns[name] for name in ("workcenter_id", "loss_id", "date_start", "date_end")), strict=True
    ):
        if loss in running:
            served[center] += (stop or clean.now) - start
    true: dict[str, int] = defaultdict(int)
    for row in rows:
        true[row.machine] += row.seconds["running"] + row.seconds["speed"]
    assert {machine.code: served[machine.workcenter_id] for machine in clean.machines} == true


def test_truth_counts_equal_the_orders(clean: Factory, rows: list[TruthRow]) -> None:
    orders, scraps = clean.odoo["mrp.workorder"], clean.odoo["stock.scrap"]
    for machine in clean.machines:
        mine = [order for order in orders.ids if orders.get(order, "workcenter_id") == machine.workcenter_id]
        made = sum(orders.get(order, "qty_produced") for order in mine)
        assert made == pytest.approx(sum(row.made for row in rows if row.machine == machine.code))
        scrap = sum(quantity for order, quantity in zip(scraps.columns["workorder_id"],
                                                        scraps.columns["scrap_qty"],
                                                        strict=True) if order in mine)  # fmt: skip
        assert scrap == sum(row.scrap for row in rows if row.machine == machine.code)


def test_no_window_has_more_scrap_than_pieces(rows: list[TruthRow]) -> None:
    assert all(row.ideal_good_s > -1e-6 for row in rows)


def test_numbers_are_realistic(rows: list[TruthRow]) -> None:
    by_machine: dict[str, list[TruthRow]] = defaultdict(list)
    for row in rows:
        by_machine[row.machine].append(row)
    for machine, mine in by_machine.items():
        loading, run = sum(row.loading_s for row in mine), sum(row.run_s for row in mine)
        ideal, good = sum(row.ideal_s for row in mine), sum(row.ideal_good_s for row in mine)
        assert 0.74 < run / loading < 0.97, machine
        assert 0.62 < ideal / run < 0.99, machine
        assert 0.93 < good / ideal < 0.999, machine
        assert 0.42 < good / loading < 0.9, machine
        assert run / 3600 / max(1, sum(row.failures for row in mine)) > 8, machine


def test_breakdown_is_the_same_in_both_systems_without_defects(clean: Factory) -> None:
    spans = {(machine.asset_id,
        span.start): span.stop for machine in clean.machines for span in machine.history
             if span.reason.loss_class == "breakdown"}  # fmt: skip
    machines = {machine.asset_id for machine in clean.machines}
    downtimes = [row for row in clean.atlas["asset-downtimes"].values() if row["asset"] in machines]
    assert len(downtimes) > 20
    for row in downtimes:
        stop = spans[(row["asset"], row["startsOn"])]
        assert row["duration"] == (stop - row["startsOn"] if stop <= clean.now else 0)


def test_mirrored_requests_name_their_work_order(clean: Factory) -> None:
    orders = {row["customId"]: row for row in clean.atlas["work-orders"].values()}
    requests = clean.odoo["maintenance.request"]
    mirrored = [row_id for row_id in requests.ids if requests.get(row_id, "name").startswith("[WO")]
    assert len(mirrored) > 20
    for row_id in mirrored:
        order = orders[requests.get(row_id, "name")[1:9]]
        done = clean.odoo.follow("maintenance.stage", requests.get(row_id, "stage_id"), "done")
        assert done is (order["status"] == "COMPLETE")


def test_codes_agree_across_systems(clean: Factory) -> None:
    def plain(code: str) -> str:
        return "-".join(
            part.lstrip("0") for part in code.lower().replace("_", "-").replace(" ", "-").split("-")
        )

    for machine in clean.machines:
        codes = {
            plain(clean.odoo["mrp.workcenter"].get(machine.workcenter_id, "code")),
            plain(clean.odoo["maintenance.equipment"].get(machine.equipment_id, "serial_no")),
            plain(clean.atlas["assets"][machine.asset_id]["barCode"]),
        }
        assert codes == {plain(machine.code)}
    known = set(clean.odoo["product.product"].columns["default_code"])
    assert {part["barcode"] for part in clean.atlas["parts"].values()} <= known


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_attendances_tell_the_same_plan_as_the_shifts(plant: object) -> None:
    """Worked hours of the week's rows equal the planned spans of a week without holiday."""
    found = next(each for each in PLANTS if each is plant)
    monday = datetime(2026, 10, 5, tzinfo=UTC).date()
    planned = sum(b - a for day in range(7) for a, b in planned_spans(found, monday + timedelta(days=day)))
    rows = attendances(found)
    assert sum(row.stop - row.start for row in rows if row.period != "lunch") * 3600 == planned
    assert all(0 <= row.start < row.stop <= 24 for row in rows)
    assert all(a.stop <= b.start or a.weekday != b.weekday for a, b in pairwise(rows))


def test_night_shift_and_holiday() -> None:
    lyon = PLANTS[0]
    night = shifts_of(lyon, datetime(2026, 11, 9, tzinfo=UTC).date())[2]
    assert (night.stop - night.start, len(night.planned)) == (8 * 3600, 2)
    armistice = datetime(2026, 11, 11, tzinfo=UTC).date()
    assert shifts_of(lyon, armistice) == ()
    assert local_epoch(lyon, armistice, 30) - local_epoch(lyon, armistice, 6) == 86400


def test_a_restart_days_later_tells_the_same_history() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    kept, restarted = (Factory(days=3, machines=4, now=now - timedelta(days=2, hours=5)) for _ in range(2))
    for hours in range(53):
        kept.advance(now - timedelta(hours=53 - hours))
    restarted.live_on()
    for factory in (kept, restarted):
        factory.advance(now + timedelta(minutes=1))
    assert restarted.digest() == kept.digest()
