"""Streams of before the flow registry take the policy their connector suggests; nobody could decide otherwise."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from sync.connectors import REGISTRY, connector_class

POLICY = ("mode", "criticality", "refresh_every_s", "reconciliation")


def take_standard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    untouched = {"mode": "poll", "criticality": "normal", "refresh_every_s": None, "reconciliation": ""}
    for stream in apps.get_model("sync", "Stream").objects.filter(**untouched).select_related("source"):
        connector = connector_class(stream.source.connector) if stream.source.connector in REGISTRY else None
        spec = getattr(connector, "streams", {}).get(stream.name)
        if spec is not None:
            for name in POLICY:
                setattr(stream, name, getattr(spec, name))
            stream.save(update_fields=POLICY)


class Migration(migrations.Migration):
    dependencies = [("sync", "0009_reconciliation")]

    operations = [migrations.RunPython(take_standard, migrations.RunPython.noop)]
