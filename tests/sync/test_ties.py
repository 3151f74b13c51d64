"""What facts refer to without a constraint is looked after by the load."""

from threading import Thread

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from kpis.models import Downtime, Equipment, Plant, Production, Run
from sync.load.facts import SPECS
from sync.load.ties import hold
from sync.records import DowntimeRecord, ProductionRecord, RunRecord


@pytest.fixture
def machine(db: None) -> Equipment:
    return Equipment.objects.create(name="Press", plant=Plant.objects.create(name="North"))


def test_what_does_not_exist_is_refused(machine: Equipment) -> None:
    hold("kpis_equipment", {machine.pk})
    with pytest.raises(IntegrityError, match="kpis_equipment has no row"):
        hold("kpis_equipment", {machine.pk, machine.pk + 1})


@pytest.mark.parametrize(
    ("record", "model"), [(DowntimeRecord, Downtime), (RunRecord, Run), (ProductionRecord, Production)]
)
def test_every_reference_without_a_constraint_is_held(record: type, model: type) -> None:
    loose = {
        field.column: field.related_model._meta.db_table
        for field in model._meta.fields  # type: ignore[attr-defined]
        if field.is_relation and not field.db_constraint
    }
    assert SPECS[record].ties == loose


@pytest.mark.django_db(transaction=True)
def test_what_is_held_cannot_be_deleted_meanwhile() -> None:
    machine = Equipment.objects.create(name="Press", plant=Plant.objects.create(name="North"))
    errors: list[Exception] = []

    def delete() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '50ms'")
                cursor.execute("DELETE FROM kpis_equipment WHERE id = %s", [machine.pk])
        except OperationalError as error:
            errors.append(error)
        finally:
            connection.close()

    with transaction.atomic():
        hold("kpis_equipment", {machine.pk})
        other = Thread(target=delete)
        other.start()
        other.join()
    assert len(errors) == 1
    assert Equipment.objects.filter(pk=machine.pk).exists()
