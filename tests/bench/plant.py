"""An empty database with the masters that the rows name."""

from collections.abc import Sequence

from django.core.management import call_command

from kpis.cycles import begin
from kpis.models import Equipment, Operation, Plant, Product
from kpis.models.base import Master
from sync.connectors import REGISTRY
from sync.load.facts import Ids
from sync.models import Identity, Source
from sync.records import Kind, Ref
from sync.sources import add_source
from tests.bench.rows import IDEAL_CYCLE_S, MACHINES, PRODUCTS, SOURCE

CONNECTOR = "tests.bench.connector.BenchConnector"


def afresh(count: int) -> tuple[Source, Ids]:
    """``build`` in a database emptied first, and the connector registered."""
    call_command("flush", interactive=False, verbosity=0)
    REGISTRY["bench"] = CONNECTOR
    return build(count)


def build(count: int) -> tuple[Source, Ids]:
    """The source, which offers ``count`` rows, and the canonical ids of what these refer to."""
    source = add_source(
        name=SOURCE, title="Bench", connector="bench", url="http://bench.test", options={"rows": count}
    )
    plant = Plant.objects.create(name="Bench", timezone="Europe/Paris")
    machines = Equipment.objects.bulk_create(
        Equipment(name=f"Press {number}", plant=plant, work_unit=True) for number in range(MACHINES)
    )
    products = Product.objects.bulk_create(Product(name=f"Housing {number}") for number in range(PRODUCTS))
    operations = Operation.objects.bulk_create(
        Operation(name="Stamping", equipment=machine, ideal_cycle_s=IDEAL_CYCLE_S) for machine in machines
    )
    begin(operations)
    return source, {
        **_named(source, Kind.EQUIPMENT, "mrp.workcenter", machines),
        **_named(source, Kind.PRODUCT, "product.product", products),
        **_named(source, Kind.OPERATION, "mrp.routing.workcenter", operations),
    }


def _named(source: Source, kind: Kind, model: str, masters: Sequence[Master]) -> dict[Ref, int]:
    names = {Ref(kind=kind, key=f"{model}/{number}"): row.pk for number, row in enumerate(masters)}
    Identity.objects.bulk_create(
        Identity(source=source, kind=kind, external_key=ref.key, canonical_id=pk, method="created")
        for ref, pk in names.items()
    )
    return names
