import django.db.models.deletion
from django.db import migrations, models

# What is known when dating begins holds for what was not produced under another cycle before: rows keep theirs.
KNOWN = """
    INSERT INTO kpis_idealcycle (operation_id, valid_from, seconds, source, by, set_at)
    SELECT id, '1970-01-01T00:00Z', ideal_cycle_s, source, '', now()
    FROM kpis_operation WHERE ideal_cycle_s > 0
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0012_whole_plants"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="production",
            name="no_ideal_cycle",
        ),
        migrations.CreateModel(
            name="IdealCycle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateTimeField()),
                ("seconds", models.FloatField(blank=True, null=True)),
                ("source", models.CharField(blank=True, default="", max_length=40)),
                ("by", models.CharField(blank=True, default="", max_length=150)),
                ("set_at", models.DateTimeField(auto_now=True)),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ideal_cycles",
                        to="kpis.operation",
                    ),
                ),
            ],
            options={
                "ordering": ["operation", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("operation", "valid_from"), name="one_cycle_per_instant"),
                    models.CheckConstraint(condition=models.Q(("seconds__gt", 0)), name="cycle_above_zero"),
                ],
            },
        ),
        migrations.RunSQL(KNOWN, reverse_sql=migrations.RunSQL.noop),
    ]
