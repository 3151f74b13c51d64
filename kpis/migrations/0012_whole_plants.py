import django.db.models.deletion
from django.db import migrations, models

# Sums of the machines' days that are there.
SUMS = (
    "calendar_s planned_s planned_stop_s unknown_s loading_s run_s speed_s micro_stop_s breakdown_s setup_s"
    " external_s quality_s overtime_run_s operating_s oee_loading_s oee_run_s run_without_ideal_s quantity"
    " scrap ideal_s ideal_good_s failures failure_down_s stops micro_stops open_events facts"
)
SHIFT_SUMS = SUMS.split()
COUNTED_IN = """
    UPDATE kpis_shiftmonths m SET plant_id = e.plant_id FROM kpis_equipment e WHERE e.id = m.equipment_id
"""
PLANT_DAYS = f"""
    INSERT INTO kpis_plantdays (plant_id, work_unit, day, shift_name, shift, {", ".join(SHIFT_SUMS)})
    SELECT e.plant_id, e.work_unit, c.day, c.shift_name, min(c.shift),
        {", ".join(f"sum(c.{column})" for column in SHIFT_SUMS)}
    FROM kpis_shiftcomponents c JOIN kpis_equipment e ON e.id = c.equipment_id GROUP BY 1, 2, 3, 4
"""  # noqa: S608 our own constants
PLANT_REASONS = """
    INSERT INTO kpis_plantreasons (plant_id, work_unit, day, reason_id, loss_class, seconds, events)
    SELECT e.plant_id, e.work_unit, c.day, c.reason_id, c.loss_class, sum(c.seconds), sum(c.events)
    FROM kpis_reasoncomponents c JOIN kpis_equipment e ON e.id = c.equipment_id GROUP BY 1, 2, 3, 4, 5
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0011_downtime_cost"),
    ]

    operations = [
        migrations.AddField(
            model_name="shiftmonths",
            name="plant",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="kpis.plant",
            ),
        ),
        migrations.CreateModel(
            name="PlantDays",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("calendar_s", models.FloatField(default=0)),
                ("planned_s", models.FloatField(default=0)),
                ("planned_stop_s", models.FloatField(default=0)),
                ("unknown_s", models.FloatField(default=0)),
                ("loading_s", models.FloatField(default=0)),
                ("run_s", models.FloatField(default=0)),
                ("speed_s", models.FloatField(default=0)),
                ("micro_stop_s", models.FloatField(default=0)),
                ("breakdown_s", models.FloatField(default=0)),
                ("setup_s", models.FloatField(default=0)),
                ("external_s", models.FloatField(default=0)),
                ("quality_s", models.FloatField(default=0)),
                ("overtime_run_s", models.FloatField(default=0)),
                ("operating_s", models.FloatField(default=0)),
                ("oee_loading_s", models.FloatField(default=0)),
                ("oee_run_s", models.FloatField(default=0)),
                ("run_without_ideal_s", models.FloatField(default=0)),
                ("quantity", models.FloatField(default=0)),
                ("scrap", models.FloatField(default=0)),
                ("ideal_s", models.FloatField(default=0)),
                ("ideal_good_s", models.FloatField(default=0)),
                ("failures", models.IntegerField(default=0)),
                ("failure_down_s", models.FloatField(default=0)),
                ("stops", models.IntegerField(default=0)),
                ("micro_stops", models.IntegerField(default=0)),
                ("open_events", models.IntegerField(default=0)),
                ("facts", models.IntegerField(default=0)),
                ("work_unit", models.BooleanField()),
                ("day", models.DateField()),
                ("shift", models.PositiveSmallIntegerField()),
                ("shift_name", models.CharField(blank=True, default="", max_length=60)),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kpis.plant",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plant", "day", "work_unit", "shift_name"), name="one_row_per_plant_and_shift"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlantReasons",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("work_unit", models.BooleanField()),
                ("day", models.DateField()),
                ("loss_class", models.CharField(max_length=20)),
                ("seconds", models.FloatField(default=0)),
                ("events", models.IntegerField(default=0)),
                (
                    "plant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kpis.plant",
                    ),
                ),
                (
                    "reason",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kpis.reason",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("plant", "day", "work_unit", "reason", "loss_class"),
                        name="one_row_per_plant_and_reason",
                    )
                ],
            },
        ),
        migrations.RunSQL([COUNTED_IN, PLANT_DAYS, PLANT_REASONS], reverse_sql=migrations.RunSQL.noop),
    ]
