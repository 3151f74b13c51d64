"""The defects of real life that the sandbox plants on purpose, all listed here with their counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING

from sync.sandbox.machine import Machine, Span
from sync.sandbox.odoo_events import working_seconds
from sync.sandbox.odoo_masters import IN_PROGRESS, REPAIRED, add_reason
from sync.sandbox.spec import OPERATOR, Reason
from sync.sandbox.store import day_of

if TYPE_CHECKING:
    from sync.sandbox.factory import Factory

Keys = tuple[str, ...]
LINE = "mrp.workcenter.productivity"
LOST_PIECES, OVERCHARGED = 3.0, 90.0
DAY_S = 86400


@dataclass(frozen=True, slots=True)
class Defect:
    """`count` is how many records (or record pairs) are affected on the full-size factory."""

    kind: str
    count: int
    description: str


CATALOGUE = (
    Defect(
        "asset_named_three_ways", 3, "work center, Odoo equipment and CMMS asset share neither name nor code"
    ),
    Defect("missing_ideal_cycle", 2, "operation with a cycle time of 0"),
    Defect("work_order_without_operation", 12, "finished manufacturing work order without operation"),
    Defect("unknown_part", 2, "CMMS part whose barcode is no Odoo product code"),
    Defect("unknown_reason", 36, "stop with a loss reason outside of the standard list"),
    Defect("end_before_start", 5, "productivity line that ends before it starts"),
    Defect("overlapping_stops", 8, "second stop recorded over a breakdown and the run after it"),
    Defect(
        "same_breakdown_differs", 10, "CMMS downtime that starts and ends later than the same stop in Odoo"
    ),
    Defect("duplicate_line", 7, "the same stop recorded twice in Odoo, under two ids"),
    Defect("delivered_twice", 4, "CMMS work order that comes twice within one page"),
    Defect("time_zone_mistake", 6, "stop of Pune written in local time as if it were UTC"),
    Defect("closed_in_cmms_only", 3, "CMMS work order COMPLETE, its Odoo request still open"),
    Defect("closed_in_odoo_only", 2, "Odoo request repaired, its CMMS work order still in progress"),
    Defect("stock_differs", 1, "Odoo has fewer pieces of a spare part than the CMMS"),
    Defect("cost_differs", 1, "Odoo has a higher labour cost of a work order than the CMMS"),
)
COUNT = {defect.kind: defect.count for defect in CATALOGUE}
UNKNOWN_REASONS = (
    Reason(101, "E42 Zuführung", "availability", "unknown"),
    Reason(102, "Jam type B", "availability", "unknown"),
    Reason(103, "Sonstiges", "availability", "unknown"),
)
THREE_WAYS = (  # work center, Odoo equipment, CMMS asset; (name, code) each
    (("Schuler 400 t", "SCH400"), ("Hydraulic press, hall 2", "HP-2217"), ("Presse Nord", "A-10442")),
    (("IMM Engel big", "ENGEL-B"), ("Injection unit 310", "EQ-0831"), ("Molder east bay", "GV-7781")),
    (("Hammer shop H", "HSH"), ("Lasco drop forge", "LSC/315/9"), ("Forge press old", "P-55-F")),
)


def spell_codes_differently(factory: Factory) -> None:
    """Not a defect: codes that agree once case, separators and leading zeros are out of the way."""
    for machine in factory.machines:
        spaced = f"{machine.code[:7].replace('-', ' ').lower()}{machine.number}"
        if machine.index % 5 == 1:
            factory.odoo["maintenance.equipment"].set(machine.equipment_id, factory.now, serial_no=spaced)
        if machine.index % 5 == 2:
            factory.atlas.set("assets", machine.asset_id, factory.now, barCode=machine.code.replace("-", "_"))


def plant_masters(factory: Factory) -> dict[str, Keys]:
    """Defects of reference data, there from the first day."""
    odoo, at = factory.odoo, factory.now
    for reason in UNKNOWN_REASONS:
        add_reason(odoo, at, reason)
    return {
        "asset_named_three_ways": tuple(_name_three_ways(factory)),
        "missing_ideal_cycle": tuple(_forget_cycles(factory)),
        "unknown_part": tuple(_unknown_parts(factory)),
    }


def _name_three_ways(factory: Factory) -> Iterable[str]:
    firsts = [next(iter(shop.machines), None) for shop in factory.workshops]
    for machine, names in zip([each for each in firsts if each], THREE_WAYS, strict=False):
        (center, code), (equipment, serial), (asset, bar_code) = names
        factory.touch("mrp.workcenter", machine.workcenter_id, name=center, code=code)
        factory.touch("maintenance.equipment", machine.equipment_id, name=equipment, serial_no=serial)
        factory.touch("assets", machine.asset_id, name=asset, barCode=bar_code)
        yield f"mrp.workcenter/{machine.workcenter_id}"
        yield f"maintenance.equipment/{machine.equipment_id}"
        yield f"asset/{machine.asset_id}"


def _forget_cycles(factory: Factory) -> Iterable[str]:
    for machine in factory.machines[1 :: max(1, len(factory.machines) // 2)][: COUNT["missing_ideal_cycle"]]:
        operation = machine.operations[0]
        factory.touch("mrp.routing.workcenter", operation, time_cycle_manual=0.0, time_cycle=0.0)
        yield f"mrp.routing.workcenter/{operation}"


def _unknown_parts(factory: Factory) -> Iterable[str]:
    for number, part in enumerate(sorted(factory.atlas["parts"])[3 : 3 + COUNT["unknown_part"]]):
        factory.touch("parts", part, barcode=f"XP-{77 + number}-OLD")
        yield f"part/{part}"


def plant_history(factory: Factory) -> dict[str, Keys]:
    """Defects of what happened. Planted over the finished history, no record twice."""
    rng = Random(f"{factory.seed}:defects")  # noqa: S311
    pick = _Picker(factory, rng)
    return {
        "unknown_reason": tuple(
            _each(pick.lines("unknown_reason", ("external", "breakdown")), _unknown_reason, factory)
        ),
        "time_zone_mistake": tuple(_each(pick.latest_in_pune(), _write_local_time, factory)),
        "end_before_start": tuple(
            _each(pick.lines("end_before_start", ("micro_stop",)), _end_before_start, factory)
        ),
        "duplicate_line": tuple(
            _each(pick.lines("duplicate_line", ("external", "setup")), _duplicate, factory)
        ),
        "overlapping_stops": tuple(_each(pick.lines("overlapping_stops", ("breakdown",)), _overlap, factory)),
        "same_breakdown_differs": tuple(_shift_downtimes(factory, rng)),
        "work_order_without_operation": tuple(_forget_operations(factory, rng)),
        **_contradict(factory, rng),
        **_differ(factory),
    }


def _differ(factory: Factory) -> dict[str, Keys]:
    """Odoo's books of one part and of one work order; the keys of both sides, the CMMS's first."""
    part = max(factory.ledger.moved, key=lambda each: (factory.ledger.moved[each], -each), default=1)
    factory.books.lose(factory.now, part, LOST_PIECES)
    factory.ledger.stock_differs[part] = -LOST_PIECES
    planted: dict[str, Keys] = {"stock_differs": (f"part/{part}", f"product.product/{part}")}
    order = max(factory.ledger.spent, default="")
    if order:
        line = factory.books.overcharge(factory.now, order, OVERCHARGED)
        factory.ledger.cost_differs[order] = OVERCHARGED
        planted["cost_differs"] = (f"work-order/{int(order[2:])}", f"account.analytic.line/{line}")
    return planted


class _Picker:
    """Takes closed stops at random, each at most once, leaving out the machines that are named three ways."""

    def __init__(self, factory: Factory, rng: Random) -> None:
        self.rng = rng
        named = set(factory.planted["asset_named_three_ways"])
        self.machines = [each for each in factory.machines if f"asset/{each.asset_id}" not in named]
        self.now = factory.now
        self.taken: set[int] = set()

    def lines(self, kind: str, classes: tuple[str, ...], since_days: int = 60) -> list[tuple[Machine, Span]]:
        since = self.now - since_days * DAY_S
        found = [
            (machine, span) for machine in self.machines for span in machine.history
            if since < span.start and span.stop < self.now - 3600 and span.reason.loss_class in classes
            and span.stop - span.start > 40 and span.line_id not in self.taken
        ]  # fmt: skip
        return self._take(self.rng.sample(found, min(COUNT[kind], len(found))))

    def latest_in_pune(self) -> list[tuple[Machine, Span]]:
        """The latest ones, so that some lie in the future when they are written."""
        found = [
            (machine,
                span) for machine in self.machines if machine.plant.key == "PUN" for span in machine.history
            if span.stop < self.now and span.reason.loss_class in ("external", "breakdown", "setup")
            and span.line_id not in self.taken
        ]  # fmt: skip
        return self._take(sorted(found, key=lambda each: each[1].stop)[-COUNT["time_zone_mistake"] :])

    def _take(self, chosen: list[tuple[Machine, Span]]) -> list[tuple[Machine, Span]]:
        self.taken |= {span.line_id for _, span in chosen}
        return chosen


Change = Callable[["Factory", Machine, Span], int]


def _each(stops: list[tuple[Machine, Span]], change: Change, factory: Factory) -> Iterable[str]:
    return [f"{LINE}/{change(factory, machine, span)}" for machine, span in stops]


def _unknown_reason(factory: Factory, machine: Machine, span: Span) -> int:
    losses = factory.odoo["mrp.workcenter.productivity.loss"]
    unknown = losses.ids[-len(UNKNOWN_REASONS) :]
    factory.odoo[LINE].set(span.line_id, span.stop, loss_id=unknown[span.start % len(unknown)])
    return span.line_id


def _write_local_time(factory: Factory, machine: Machine, span: Span) -> int:
    offset = datetime.fromtimestamp(span.start, UTC).astimezone(machine.plant.zone).utcoffset()
    seconds = int(offset.total_seconds()) if offset else 0
    factory.odoo[LINE].set(
        span.line_id, span.stop, date_start=span.start + seconds, date_end=span.stop + seconds
    )
    return span.line_id


def _end_before_start(factory: Factory, machine: Machine, span: Span) -> int:
    factory.odoo[LINE].set(span.line_id, span.stop, date_end=span.start - 240, duration=0.0)
    return span.line_id


def _duplicate(factory: Factory, machine: Machine, span: Span) -> int:
    row = factory.odoo[LINE].row(span.line_id)
    values = {name: row[name] for name in row if name not in ("id", "create_date", "write_date")}
    return factory.odoo[LINE].add(span.stop + 95, **values)


def _overlap(factory: Factory, machine: Machine, span: Span) -> int:
    length = span.stop - span.start
    start, stop = span.start + length // 2, span.stop + length // 4 + 120
    row = factory.odoo[LINE].row(span.line_id)
    values = {name: row[name] for name in ("workcenter_id", "workorder_id", "user_id", "company_id")}
    minutes = round(working_seconds(machine, Span(start, stop, OPERATOR, None)) / 60, 2)
    return factory.odoo[LINE].add(
        stop, **values, loss_id=OPERATOR.id, date_start=start, date_end=stop, duration=minutes
    )


def _shift_downtimes(factory: Factory, rng: Random) -> Iterable[str]:
    """Machines' own rows only: the parents' keep the true span."""
    downtimes = factory.atlas["asset-downtimes"]
    machines = {machine.asset_id for machine in factory.machines}
    closed = [row for row in downtimes.values() if row["duration"] > 1500 and row["asset"] in machines]
    recent = [row for row in closed if row["startsOn"] > factory.now - 60 * DAY_S]
    for row in rng.sample(recent, min(COUNT["same_breakdown_differs"], len(recent))):
        late, longer = rng.randrange(120, 420), rng.randrange(0, 600)
        stamp = row["updatedAt"] + longer
        duration = row["duration"] - late + longer
        factory.atlas.set(
            "asset-downtimes", row["id"], stamp, startsOn=row["startsOn"] + late, duration=duration
        )
        yield f"asset-downtime/{row['id']}"


def _forget_operations(factory: Factory, rng: Random) -> Iterable[str]:
    orders = factory.odoo["mrp.workorder"]
    done = [row_id for row_id in orders.ids[-2500:] if orders.get(row_id, "state") == "done"]
    for row_id in rng.sample(done, min(COUNT["work_order_without_operation"], len(done))):
        orders.set(row_id, orders.get(row_id, "write_date"), operation_id=None)
        yield f"mrp.workorder/{row_id}"


def _contradict(factory: Factory, rng: Random) -> dict[str, Keys]:
    """Both keys of each contradicting pair, the CMMS's first; and the work orders delivered twice."""
    open_here, open_there = COUNT["closed_in_cmms_only"], COUNT["closed_in_odoo_only"]
    pairs = list(_closed_pairs(factory))[-120:]
    chosen = rng.sample(pairs, min(open_here + open_there, len(pairs)))
    for order, request in chosen[:open_here]:
        done = factory.atlas["work-orders"][order]["completedOn"]
        factory.odoo["maintenance.request"].set(request, done - 60, stage_id=IN_PROGRESS, close_date=None)
    for order, request in chosen[open_here:]:
        row = factory.atlas["work-orders"][order]
        factory.odoo["maintenance.request"].set(
            request, row["completedOn"], stage_id=REPAIRED, close_date=day_of(row["completedOn"])
        )
        begun = factory.atlas.of("labors", order)[0]["startedAt"]
        factory.atlas.set("work-orders", order, begun, status="IN_PROGRESS",
                          completedOn=None,
                          completedBy=None)  # fmt: skip
    orders = sorted(factory.atlas["work-orders"])[-200:]
    twice = rng.sample(orders, min(COUNT["delivered_twice"], len(orders)))
    factory.twice_delivered.update(twice)
    return {
        "closed_in_cmms_only": tuple(key for pair in chosen[:open_here] for key in _keys(pair)),
        "closed_in_odoo_only": tuple(key for pair in chosen[open_here:] for key in _keys(pair)),
        "delivered_twice": tuple(f"work-order/{order}" for order in twice),
    }


def _keys(pair: tuple[int, int]) -> Keys:
    return f"work-order/{pair[0]}", f"maintenance.request/{pair[1]}"


def _closed_pairs(factory: Factory) -> Iterable[tuple[int, int]]:
    """Finished CMMS work orders with their finished Odoo request."""
    requests = factory.odoo["maintenance.request"]
    mirrors = {name[1:9]: row_id for row_id, name in zip(requests.ids, requests.columns["name"], strict=True)
               if name.startswith("[WO")}  # fmt: skip
    for order in factory.atlas["work-orders"].values():
        request = mirrors.get(order["customId"])
        if order["status"] == "COMPLETE" and request and requests.get(request, "stage_id") == REPAIRED:
            yield order["id"], request
