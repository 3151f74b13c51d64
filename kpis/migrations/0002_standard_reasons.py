from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils.text import slugify

STANDARD = {
    "planned_stop": ("Planned maintenance", "Cleaning", "No orders", "Meeting"),
    "breakdown": ("Equipment failure", "Tool failure", "Electrical failure", "Unspecified failure"),
    "setup": ("Setup and adjustments", "Changeover", "Warm-up"),
    "external": ("Material availability", "Waiting for operator", "Blocked downstream"),
    "quality": ("Process defect", "Reduced yield"),
    "speed": ("Reduced speed",),
    "micro_stop": ("Minor stop",),
    "running": ("Fully productive time",),
}


def seed(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    reason = apps.get_model("kpis", "Reason")
    for loss_class, names in STANDARD.items():
        for name in names:
            reason.objects.get_or_create(
                code=slugify(name), defaults={"name": name, "loss_class": loss_class}
            )


class Migration(migrations.Migration):
    """The standard loss tree, so that the reasons a source ships match without anybody's doing."""

    dependencies = [("kpis", "0001_initial")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
