from django.db import migrations, models

TABLES = ("workcomponents", "workmonths", "plantwork")
COLUMNS = (
    ("scheduled_s", models.FloatField),
    ("scheduled_done_s", models.FloatField),
    ("scheduled_without_estimate", models.IntegerField),
)
AGAIN = """
    INSERT INTO kpis_stalework (plant_id, equipment_id, month)
    SELECT DISTINCT plant_id, equipment_id, month FROM kpis_workmonths WHERE scheduled > 0
"""
"""What was summed before is to be summed again, with the hours."""


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0019_overlay_order"),
    ]

    operations = [
        *(
            migrations.AddField(model_name=table, name=name, field=field(default=0))
            for table in TABLES
            for name, field in COLUMNS
        ),
        migrations.RunSQL(AGAIN, migrations.RunSQL.noop),
    ]
