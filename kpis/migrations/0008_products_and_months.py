import django.db.models.deletion
from django.db import migrations, models

# Sums of the days that are there. Products come with the next roll-up: only the facts tell them.
SUMS = (
    "calendar_s planned_s planned_stop_s unknown_s loading_s run_s speed_s micro_stop_s breakdown_s setup_s"
    " external_s quality_s overtime_run_s operating_s oee_loading_s oee_run_s run_without_ideal_s quantity"
    " scrap ideal_s ideal_good_s failures failure_down_s stops micro_stops open_events facts"
)
SHIFT_SUMS = SUMS.split()
SHIFT_MONTHS = f"""
    INSERT INTO kpis_shiftmonths (equipment_id, month, shift_name, shift, {", ".join(SHIFT_SUMS)})
    SELECT equipment_id, date_trunc('month', day)::date, shift_name, min(shift),
        {", ".join(f"sum({column})" for column in SHIFT_SUMS)}
    FROM (SELECT * FROM kpis_shiftcomponents ORDER BY equipment_id, day, shift) c GROUP BY 1, 2, 3
"""  # noqa: S608 our own constants
REASON_MONTHS = """
    INSERT INTO kpis_reasonmonths (equipment_id, month, reason_id, loss_class, seconds, events)
    SELECT equipment_id, date_trunc('month', day)::date, reason_id, loss_class, sum(seconds), sum(events)
    FROM (SELECT * FROM kpis_reasoncomponents ORDER BY equipment_id, day, shift) c GROUP BY 1, 2, 3, 4
"""
ALL_DAYS_STALE = """
    INSERT INTO kpis_staleday (equipment_id, day) SELECT DISTINCT equipment_id, day FROM kpis_shiftcomponents
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0007_targets"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProductComponents",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.FloatField(default=0)),
                ("scrap", models.FloatField(default=0)),
                ("ideal_s", models.FloatField(default=0)),
                ("ideal_good_s", models.FloatField(default=0)),
                ("oee_run_s", models.FloatField(default=0)),
                ("run_without_ideal_s", models.FloatField(default=0)),
                ("facts", models.IntegerField(default=0)),
                ("day", models.DateField()),
                ("shift", models.PositiveSmallIntegerField()),
                (
                    "equipment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kpis.equipment",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kpis.product",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["equipment", "day"], name="kpis_produc_equipme_dc6f72_idx"),
                    models.Index(fields=["day", "equipment"], name="kpis_produc_day_c13cbb_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProductMonths",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("quantity", models.FloatField(default=0)),
                ("scrap", models.FloatField(default=0)),
                ("ideal_s", models.FloatField(default=0)),
                ("ideal_good_s", models.FloatField(default=0)),
                ("oee_run_s", models.FloatField(default=0)),
                ("run_without_ideal_s", models.FloatField(default=0)),
                ("facts", models.IntegerField(default=0)),
                ("month", models.DateField()),
                (
                    "equipment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kpis.equipment",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kpis.product",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["equipment", "month"], name="kpis_produc_equipme_678ee5_idx"),
                    models.Index(fields=["month", "equipment"], name="kpis_produc_month_3f62a8_idx"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReasonMonths",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("loss_class", models.CharField(max_length=20)),
                ("seconds", models.FloatField(default=0)),
                ("events", models.IntegerField(default=0)),
                (
                    "equipment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kpis.equipment",
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
                "indexes": [models.Index(fields=["month", "equipment"], name="kpis_reason_month_aeeb55_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("equipment", "month", "reason", "loss_class"),
                        name="one_row_per_month_and_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShiftMonths",
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
                ("month", models.DateField()),
                ("shift", models.PositiveSmallIntegerField()),
                ("shift_name", models.CharField(blank=True, default="", max_length=60)),
                (
                    "equipment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="kpis.equipment",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["month", "equipment"], name="kpis_shiftm_month_cae231_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("equipment", "month", "shift_name"), name="one_row_per_month_and_shift"
                    )
                ],
            },
        ),
        migrations.RunSQL([SHIFT_MONTHS, REASON_MONTHS, ALL_DAYS_STALE], reverse_sql=migrations.RunSQL.noop),
    ]
