"""Stock and costs of both systems, against what the simulated factory really used and spent."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import pytest_django
from django.db import transaction
from django.db.models import Sum

from kpis.models import CostEntry, Equipment, Labour, Part, PartUse, Plant, StockLevel
from sync import demo
from sync.load.spending import recount
from sync.models import HeldRecord, Ownership, Source, Stream
from sync.records import Kind
from sync.run import run_stream
from sync.sandbox import Factory, serve
from sync.schedule import take_due

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 3, 12, 30, tzinfo=UTC)
CENT = 0.011


@pytest.fixture(scope="module")
def factory(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[Factory]:
    """A factory with all its defects, read by the portal."""
    made = Factory(seed=11, days=21, machines=9, now=NOW)
    with serve(made) as sandbox, django_db_blocker.unblock(), transaction.atomic():
        demo.seed(sandbox.odoo_url, sandbox.atlas_url)
        while due := take_due():
            for stream in due:
                run_stream(stream)
        yield made
        transaction.set_rollback(True)


def costs_of(source: str) -> dict[str, float]:
    """What a source says each work order took, by number."""
    total: dict[str, float] = defaultdict(float)
    for number, seconds, rate in Labour.objects.filter(source=source).values_list(
        "work_order__number", "seconds", "hourly_rate"
    ):
        total[number] += seconds / 3600 * float(rate or 0)
    for number, quantity, cost in PartUse.objects.filter(source=source).values_list(
        "work_order__number", "quantity", "unit_cost"
    ):
        total[number] += quantity * float(cost or 0)
    for number, amount in CostEntry.objects.filter(source=source).values_list("work_order__number", "amount"):
        total[number] += float(amount)
    return total


def test_all_of_it_is_loaded(factory: Factory) -> None:
    names = ("maintenance_costs", "part_consumption", "stock_quants", "additional_costs")
    assert Stream.objects.filter(name__in=names, read_through=None).count() == 0
    assert not HeldRecord.objects.filter(raw__stream__name__in=names).exists()


def test_stock_in_odoo_is_the_truth_but_for_the_part_that_differs(factory: Factory) -> None:
    rows = StockLevel.objects.filter(deleted_at=None).values_list("product__code").annotate(Sum("quantity"))
    said = dict(rows)
    truth = {row.product: row for row in factory.stock()}
    assert {code: said[code] for code in truth} == {
        code: row.quantity + row.erp_differs for code, row in truth.items()
    }
    assert [row.erp_differs for row in truth.values() if row.erp_differs] == [-3.0]


def test_stock_in_the_cmms_is_the_truth_and_linked_by_code(factory: Factory) -> None:
    truth = {row.product: row.quantity for row in factory.stock()}
    linked = Part.objects.exclude(product=None).values_list("product__code", "quantity_on_hand")
    assert len(linked) == len(truth) - 2  # two parts have codes that are no product's
    assert dict(linked).items() <= truth.items()


def test_what_counts_is_the_cmms_s_and_equals_the_truth(factory: Factory) -> None:
    truth = {row.order: row.total for row in factory.costs()}
    assert costs_of("atlas") == pytest.approx(truth, abs=CENT)
    for model in (Labour, PartUse, CostEntry):
        assert set(model._default_manager.filter(counts=True).values_list("source", flat=True)) <= {"atlas"}
        assert not model._default_manager.filter(source="atlas", counts=False).exists()


def test_odoo_says_the_same_but_for_the_work_order_that_differs(factory: Factory) -> None:
    truth = {row.order: row.total + row.erp_differs for row in factory.costs()}
    assert costs_of("odoo") == pytest.approx(truth, abs=5 * CENT)  # a cent per line it rounds
    assert [row.erp_differs for row in factory.costs() if row.erp_differs] == [90.0]


def test_categories_are_told_apart(factory: Factory) -> None:
    truth = {row.order: row.contractor for row in factory.costs() if row.contractor}
    for source in ("atlas", "odoo"):
        rows = CostEntry.objects.filter(source=source, category="contractor")
        said = {number: float(amount) for number, amount in rows.values_list("work_order__number", "amount")}
        assert said == pytest.approx(truth, abs=CENT)


def test_another_system_of_record_counts_after_a_recount(factory: Factory) -> None:
    with transaction.atomic():
        Ownership.objects.filter(kind=Kind.COST, field="").update(source=Source.objects.get(name="odoo"))
        assert recount(Kind.COST) == CostEntry.objects.count()
        assert set(CostEntry.objects.filter(counts=True).values_list("source", flat=True)) == {"odoo"}
        assert recount(Kind.COST) == 0
        Ownership.objects.filter(kind=Kind.COST).delete()
        recount(Kind.COST)
        assert not CostEntry.objects.filter(counts=False).exists()
        assert recount(Kind.DOWNTIME) == 0
        transaction.set_rollback(True)


def test_money_of_plants_and_machines(factory: Factory) -> None:
    assert dict(Plant.objects.values_list("name", "currency")) == {
        "Lyon": "EUR",
        "Greenville": "USD",
        "Pune": "INR",
    }
    machines = Equipment.objects.filter(work_unit=True)
    assert all(
        value and value >= Decimal(40_000) for value in machines.values_list("replacement_value", flat=True)
    )
    assert None not in set(machines.values_list("in_service_on", flat=True))


def test_a_level_that_is_gone_is_taken_back(factory: Factory) -> None:
    level = StockLevel.objects.filter(quantity__gt=0, deleted_at=None).order_by("id")[0]
    product, _, location = level.external_key.rpartition("/")[2].partition(".")
    quants = factory.odoo["stock.quant"]
    (quant,) = (
        row_id
        for row_id in factory.odoo.where("stock.quant", "product_id", int(product))
        if quants.get(row_id, "location_id") == int(location)
    )
    with transaction.atomic():
        row = {name: value for name, value in quants.row(quant).items() if name != "id"}
        factory.delete("stock.quant", quant)
        run_stream(Stream.objects.get(name="stock_quants").pk)
        live = StockLevel.objects.filter(pk=level.pk, deleted_at=None)
        assert not live.exists()
        quants.add(factory.now, **row)
        run_stream(Stream.objects.get(name="stock_quants").pk)
        assert live.exists()
        transaction.set_rollback(True)
