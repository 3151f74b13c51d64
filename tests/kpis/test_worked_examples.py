"""Published and definition-derived examples, from facts through roll-up and engine."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kpis.engine import Value, evaluate
from kpis.models import Equipment, Labour, WorkOrder
from kpis.work.rollup import rebuild as rebuild_work
from tests.kpis.factory import (
    KEYS,
    SOURCE,
    WEEKDAYS,
    make_machine,
    make_plant,
    produce,
    run,
    scope_of,
    stop,
    utc,
    values,
)

pytestmark = pytest.mark.django_db

VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for vector in json.loads((Path(__file__).parents[1] / "worked_examples/vectors.json").read_text())[
        "vectors"
    ]
}
DAY = date(2026, 6, 1)
SIX = utc(2026, 6, 1, 6)
JANUARY = utc(2026, 1, 1)
FACTORS = ["availability", "performance", "quality", "oee"]


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def check(vector: dict[str, Any], **found: float | None) -> None:
    tolerance = vector["tolerance_abs"]
    for name, expected in vector["expected"].items():
        near = tolerance.get(name, tolerance.get("*")) or 1e-9
        wanted = expected if expected is None else pytest.approx(expected, abs=near, rel=0)
        assert found[name] == wanted, name


def check_values(vector: dict[str, Any], names: list[str]) -> None:
    check(vector, **{name: found.value for name, found in values(names, DAY).items()})


def eight_hours(**breaks: tuple[float, float]) -> Equipment:
    return make_machine(make_plant([(6, 14)], list(breaks.values())))


def test_oee_01_a_shift_with_breaks_and_down_time() -> None:
    vector = VECTORS["OEE-01"]
    given = vector["inputs"]
    machine = eight_hours(first=(8, 8.25), meal=(10, 10.5), last=(12, 12.25))
    run(machine, SIX, SIX + minutes(480), "o")
    stop(machine, SIX, SIX + minutes(given["downtime_min"]))
    produce(
        machine,
        SIX,
        SIX + minutes(480),
        given["total_count"],
        given["ideal_cycle_s"],
        scrap=given["reject_count"],
        order="o",
    )
    check_values(vector, [*FACTORS, "good"])


def test_oee_04_an_hour_lost_of_eight() -> None:
    vector = VECTORS["OEE-04"]
    given = vector["inputs"]
    machine = eight_hours()
    run(machine, SIX, SIX + minutes(given["run_min"]), "o")
    stop(
        machine, SIX + minutes(given["run_min"]), SIX + minutes(given["planned_min"]), "setup-and-adjustments"
    )
    scrap = given["total_count"] - given["good_count"]
    produce(machine, SIX, SIX + minutes(480), given["total_count"], 60, scrap=scrap, order="o")
    check_values(vector, FACTORS)


def test_oee_06_good_count_over_planned_time_alone() -> None:
    given = VECTORS["OEE-06"]["inputs"]
    machine = eight_hours()
    produce(
        machine, SIX, SIX + timedelta(seconds=given["planned_s"]), given["good_count"], given["ideal_cycle_s"]
    )
    check_values(VECTORS["OEE-06"], ["oee"])


def test_oee_07_teep_is_oee_by_utilisation() -> None:
    given = VECTORS["OEE-07"]["inputs"]
    planned_h = 24 * given["utilisation"]
    machine = make_machine(make_plant([(6, 6 + planned_h)]))
    run(machine, SIX, SIX + timedelta(hours=planned_h), "o")
    good_s = given["oee"] * planned_h * 3600
    produce(machine, SIX, SIX + timedelta(hours=planned_h), 1, good_s, order="o")
    check_values(VECTORS["OEE-07"], ["teep"])


def test_agg_04_performance_above_one_is_not_cut() -> None:
    given = VECTORS["AGG-04"]["inputs"]
    machine = make_machine(make_plant([(6, 7)]))
    run(machine, SIX, SIX + minutes(given["run_min"]), "o")
    produce(machine, SIX, SIX + minutes(60), given["total_count"], given["ideal_cycle_s"], order="o")
    check_values(VECTORS["AGG-04"], ["performance", "oee"])


def failing_machine(hours: float, failures: int, down_h: float = 1) -> date:
    """A machine that ran ``hours`` with stops of ``down_h`` between; returns its last day."""
    machine = make_machine(make_plant())
    leg = timedelta(hours=hours / (failures + 1))
    now = JANUARY
    for n in range(failures + 1):
        run(machine, now, now + leg)
        now += leg
        if n < failures:
            stop(machine, now, now + timedelta(hours=down_h))
            now += timedelta(hours=down_h)
    return now.date()


def mtbf_of(hours: float, failures: int, confidence: float = 0.9) -> dict[str, float | None]:
    found = values(["mtbf"], JANUARY.date(), failing_machine(hours, failures), confidence=confidence)["mtbf"]
    in_hours = [seconds and seconds / 3600 for seconds in (found.value, found.lower, found.upper)]
    return dict(zip(("mtbf", "lower", "upper"), in_hours, strict=True))


def test_mtbf_01() -> None:
    given = VECTORS["MTBF-01"]["inputs"]
    check(VECTORS["MTBF-01"], mtbf_h=mtbf_of(given["hours"], given["failures"])["mtbf"])


@pytest.mark.parametrize("name", ["CHI-01", "CHI-Z60", "CHI-Z95", "CHI-02"])
def test_bounds(name: str) -> None:
    given = VECTORS[name]["inputs"]
    check(VECTORS[name], **mtbf_of(given["hours"], given["failures"], given["confidence"]))


@pytest.mark.parametrize("name", ["CHI-K60", "CHI-K95"])
@pytest.mark.parametrize("n", range(6))
def test_interval_factors(name: str, n: int) -> None:
    vector = VECTORS[name]
    found = mtbf_of(100, vector["inputs"]["failures"][n], vector["inputs"]["confidence"])
    for bound in ("lower", "upper"):
        factor = (found[bound] or 0) / (found["mtbf"] or 1)
        assert factor == pytest.approx(vector["expected"][bound][n], abs=vector["tolerance_abs"]["*"])


def test_av_01_availability_from_mtbf_and_mttr() -> None:
    given = VECTORS["AV-01"]["inputs"]
    last = failing_machine(2 * given["mtbf_h"], 2, given["mttr_h"])
    found = values(["inherent_availability", "mtbf", "mttr"], JANUARY.date(), last)
    assert found["mtbf"].value == given["mtbf_h"] * 3600
    assert found["mttr"].value == given["mttr_h"] * 3600
    check(VECTORS["AV-01"], availability=found["inherent_availability"].value)


def test_cen_04_three_bases_of_one_mtbf() -> None:
    given = VECTORS["CEN-04"]["inputs"]
    machine = make_machine(make_plant([(6, 22)], weekdays=WEEKDAYS))  # June 2026: 22 × 16 h of 30 × 24 h
    fill(machine, given["run_h"], given["down_h"], given["failures"])
    names = {
        "mtbf": "mtbf_operating",
        "mtbf_calendar": "mtbf_calendar",
        "mtbf_scheduled_up": "mtbf_scheduled_up",
    }
    found = values(list(names), DAY, date(2026, 6, 30))
    check(VECTORS["CEN-04"], **{name: (found[kpi].value or 0) / 3600 for kpi, name in names.items()})


def fill(machine: Equipment, run_h: float, down_h: float, failures: int) -> None:
    """Runs of 15 h on working days, each failure's down time at 6:00 of its own day, the rest idle."""
    each = timedelta(hours=down_h / failures)
    days = (utc(2026, 6, day, 6) for day in range(1, 31))
    for n, start in enumerate(day for day in days if day.weekday() < 5):
        length = min(timedelta(hours=15), timedelta(hours=run_h))
        run_h -= length / timedelta(hours=1)
        if n >= failures:
            run(machine, start, start + length)
        else:
            stop(machine, start, start + each)
            run(machine, start + each, start + each + length)


@pytest.mark.parametrize("name", ["PMP-01", "PMP-02"])
def test_planned_maintenance_percentage(name: str) -> None:
    given = VECTORS[name]["inputs"]
    machine = make_machine(make_plant())
    work(machine, given["planned_h"], estimated_s=3600)
    work(machine, given["total_h"] - given["planned_h"])
    check(VECTORS[name], pmp=worked("planned_work").value)


def test_pmc_01_preventive_orders_done_by_their_due_day() -> None:
    given = VECTORS["PMC-01"]["inputs"]
    machine = make_machine(make_plant())
    for n in range(given["due"]):
        late = timedelta(days=n >= given["on_time"])
        work(
            machine,
            1,
            work_type="preventive",
            due_at=SIX + minutes(600),
            completed_at=SIX + minutes(60) + late,
        )
    found = worked("pm_compliance")
    check(VECTORS["PMC-01"], compliance=found.value)
    assert (found.numerator, found.denominator, found.sample_size) == (318, 384, 384)


def work(machine: Equipment, hours: float, work_type: str = "corrective", **more: Any) -> None:
    """An order of last week with labour booked on the day."""
    key = f"work-order/{next(KEYS)}"
    order = WorkOrder.objects.create(
        source=SOURCE,
        external_key=key,
        number=key,
        title=key,
        equipment=machine,
        work_type=work_type,
        created_at=SIX - timedelta(days=7),
        **{"completed_at": SIX + minutes(60), **more},
        status="completed",
    )
    Labour.objects.create(
        source=SOURCE, external_key=f"labour/{key}", work_order=order, start=SIX, seconds=hours * 3600
    )


def worked(name: str) -> Value:
    rebuild_work()
    (found,) = evaluate([name], scope_of(DAY))
    return found


def test_every_example_is_tested() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.rglob("test_*.py"))
    named = set(re.findall(r"test_(\w+?_\d+)_", tests))
    tested = {name for name in VECTORS if f'"{name}"' in tests or name.lower().replace("-", "_") in named}
    assert set(VECTORS) - tested == set()
