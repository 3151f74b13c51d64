import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0005_unchecked_ties"),
    ]

    operations = [
        migrations.CreateModel(
            name="CurrencyRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("valid_from", models.DateField()),
                ("per_enterprise_unit", models.DecimalField(decimal_places=8, max_digits=20)),
            ],
            options={
                "ordering": ["currency", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="PlantRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("valid_from", models.DateField()),
                ("per_hour", models.DecimalField(decimal_places=2, max_digits=14)),
            ],
            options={
                "ordering": ["plant", "line", "equipment", "valid_from"],
            },
        ),
        migrations.CreateModel(
            name="StaleWork",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="WorkComponents",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("work_type", models.CharField(blank=True, default="", max_length=20)),
                ("priority", models.CharField(blank=True, default="", max_length=20)),
                ("team", models.CharField(blank=True, default="", max_length=120)),
                ("created", models.IntegerField(default=0)),
                ("completed", models.IntegerField(default=0)),
                ("cancelled", models.IntegerField(default=0)),
                ("completed_day_only", models.IntegerField(default=0)),
                ("response_day_only", models.IntegerField(default=0)),
                ("pm_due", models.IntegerField(default=0)),
                ("pm_on_time", models.IntegerField(default=0)),
                ("pm_within_day", models.IntegerField(default=0)),
                ("pm_within_fifth", models.IntegerField(default=0)),
                ("scheduled", models.IntegerField(default=0)),
                ("scheduled_done", models.IntegerField(default=0)),
                ("responded", models.IntegerField(default=0)),
                ("repaired", models.IntegerField(default=0)),
                ("cycled", models.IntegerField(default=0)),
                ("corrective_completed", models.IntegerField(default=0)),
                ("first_time_fixed", models.IntegerField(default=0)),
                ("repeat_failures", models.IntegerField(default=0)),
                ("parts_requested", models.IntegerField(default=0)),
                ("parts_short", models.IntegerField(default=0)),
                ("parts_without_cost", models.IntegerField(default=0)),
                ("without_rate", models.IntegerField(default=0)),
                ("without_base_rate", models.IntegerField(default=0)),
                ("labour_s", models.FloatField(default=0)),
                ("labour_preventive_s", models.FloatField(default=0)),
                ("labour_corrective_s", models.FloatField(default=0)),
                ("labour_planned_s", models.FloatField(default=0)),
                ("labour_reactive_s", models.FloatField(default=0)),
                ("labour_rework_s", models.FloatField(default=0)),
                ("labour_without_rate_s", models.FloatField(default=0)),
                ("response_s", models.FloatField(default=0)),
                ("repair_s", models.FloatField(default=0)),
                ("cycle_s", models.FloatField(default=0)),
                ("labour_cost", models.FloatField(default=0)),
                ("part_cost", models.FloatField(default=0)),
                ("contractor_cost", models.FloatField(default=0)),
                ("other_cost", models.FloatField(default=0)),
                ("preventive_cost", models.FloatField(default=0)),
                ("corrective_cost", models.FloatField(default=0)),
                ("parts_used", models.FloatField(default=0)),
                ("labour_cost_base", models.FloatField(default=0)),
                ("part_cost_base", models.FloatField(default=0)),
                ("contractor_cost_base", models.FloatField(default=0)),
                ("other_cost_base", models.FloatField(default=0)),
                ("preventive_cost_base", models.FloatField(default=0)),
                ("corrective_cost_base", models.FloatField(default=0)),
                ("parts_used_base", models.FloatField(default=0)),
                ("day", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="WorkMonths",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("work_type", models.CharField(blank=True, default="", max_length=20)),
                ("priority", models.CharField(blank=True, default="", max_length=20)),
                ("team", models.CharField(blank=True, default="", max_length=120)),
                ("created", models.IntegerField(default=0)),
                ("completed", models.IntegerField(default=0)),
                ("cancelled", models.IntegerField(default=0)),
                ("completed_day_only", models.IntegerField(default=0)),
                ("response_day_only", models.IntegerField(default=0)),
                ("pm_due", models.IntegerField(default=0)),
                ("pm_on_time", models.IntegerField(default=0)),
                ("pm_within_day", models.IntegerField(default=0)),
                ("pm_within_fifth", models.IntegerField(default=0)),
                ("scheduled", models.IntegerField(default=0)),
                ("scheduled_done", models.IntegerField(default=0)),
                ("responded", models.IntegerField(default=0)),
                ("repaired", models.IntegerField(default=0)),
                ("cycled", models.IntegerField(default=0)),
                ("corrective_completed", models.IntegerField(default=0)),
                ("first_time_fixed", models.IntegerField(default=0)),
                ("repeat_failures", models.IntegerField(default=0)),
                ("parts_requested", models.IntegerField(default=0)),
                ("parts_short", models.IntegerField(default=0)),
                ("parts_without_cost", models.IntegerField(default=0)),
                ("without_rate", models.IntegerField(default=0)),
                ("without_base_rate", models.IntegerField(default=0)),
                ("labour_s", models.FloatField(default=0)),
                ("labour_preventive_s", models.FloatField(default=0)),
                ("labour_corrective_s", models.FloatField(default=0)),
                ("labour_planned_s", models.FloatField(default=0)),
                ("labour_reactive_s", models.FloatField(default=0)),
                ("labour_rework_s", models.FloatField(default=0)),
                ("labour_without_rate_s", models.FloatField(default=0)),
                ("response_s", models.FloatField(default=0)),
                ("repair_s", models.FloatField(default=0)),
                ("cycle_s", models.FloatField(default=0)),
                ("labour_cost", models.FloatField(default=0)),
                ("part_cost", models.FloatField(default=0)),
                ("contractor_cost", models.FloatField(default=0)),
                ("other_cost", models.FloatField(default=0)),
                ("preventive_cost", models.FloatField(default=0)),
                ("corrective_cost", models.FloatField(default=0)),
                ("parts_used", models.FloatField(default=0)),
                ("labour_cost_base", models.FloatField(default=0)),
                ("part_cost_base", models.FloatField(default=0)),
                ("contractor_cost_base", models.FloatField(default=0)),
                ("other_cost_base", models.FloatField(default=0)),
                ("preventive_cost_base", models.FloatField(default=0)),
                ("corrective_cost_base", models.FloatField(default=0)),
                ("parts_used_base", models.FloatField(default=0)),
                ("month", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="WorkOrderSchedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scheduled_at", models.DateTimeField(blank=True, null=True)),
                ("known_at", models.DateTimeField()),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddField(
            model_name="plant",
            name="capacity_s_per_week",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="plant",
            name="labour_rate",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name="plant",
            name="repeat_window_days",
            field=models.PositiveSmallIntegerField(default=7),
        ),
        migrations.AddField(
            model_name="workorder",
            name="created_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="workorder",
            name="estimated_s",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="workorder",
            name="plan_interval_days",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="workorder",
            name="plan_key",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="workorder",
            name="plant",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="work_orders",
                to="kpis.plant",
            ),
        ),
        migrations.AddField(
            model_name="workorder",
            name="requested_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="workorder",
            name="scheduled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="workorder",
            name="started_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="workorder",
            name="team",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddIndex(
            model_name="workorder",
            index=models.Index(
                condition=models.Q(
                    ("deleted_at", None), models.Q(("status__in", ("completed", "cancelled")), _negated=True)
                ),
                fields=["equipment"],
                name="work_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="currencyrate",
            constraint=models.UniqueConstraint(fields=("currency", "valid_from"), name="one_rate_per_day"),
        ),
        migrations.AddConstraint(
            model_name="currencyrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_enterprise_unit__gt", 0)), name="rate_above_zero"
            ),
        ),
        migrations.AddField(
            model_name="plantrate",
            name="equipment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rates",
                to="kpis.equipment",
            ),
        ),
        migrations.AddField(
            model_name="plantrate",
            name="line",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rates",
                to="kpis.line",
            ),
        ),
        migrations.AddField(
            model_name="plantrate",
            name="plant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="rates", to="kpis.plant"
            ),
        ),
        migrations.AddField(
            model_name="stalework",
            name="equipment",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="kpis.equipment",
            ),
        ),
        migrations.AddField(
            model_name="stalework",
            name="plant",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="kpis.plant"
            ),
        ),
        migrations.AddField(
            model_name="workcomponents",
            name="equipment",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="kpis.equipment",
            ),
        ),
        migrations.AddField(
            model_name="workcomponents",
            name="plant",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="kpis.plant"
            ),
        ),
        migrations.AddField(
            model_name="workcomponents",
            name="technician",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="kpis.technician",
            ),
        ),
        migrations.AddField(
            model_name="workmonths",
            name="equipment",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="kpis.equipment",
            ),
        ),
        migrations.AddField(
            model_name="workmonths",
            name="plant",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="kpis.plant"
            ),
        ),
        migrations.AddField(
            model_name="workmonths",
            name="technician",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="kpis.technician",
            ),
        ),
        migrations.AddField(
            model_name="workorderschedule",
            name="work_order",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="schedules", to="kpis.workorder"
            ),
        ),
        migrations.AddConstraint(
            model_name="plantrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_hour__gte", 0)), name="rate_not_below_zero"
            ),
        ),
        migrations.AddConstraint(
            model_name="plantrate",
            constraint=models.CheckConstraint(
                condition=models.Q(("line", None), ("equipment", None), _connector="OR"),
                name="rate_of_one_place",
            ),
        ),
        migrations.AddIndex(
            model_name="stalework",
            index=models.Index(fields=["plant", "equipment", "month"], name="kpis_stalew_plant_i_4a94b4_idx"),
        ),
        migrations.AddIndex(
            model_name="workcomponents",
            index=models.Index(fields=["plant", "day"], name="kpis_workco_plant_i_13d7c5_idx"),
        ),
        migrations.AddIndex(
            model_name="workcomponents",
            index=models.Index(fields=["equipment", "day"], name="kpis_workco_equipme_97536c_idx"),
        ),
        migrations.AddIndex(
            model_name="workmonths",
            index=models.Index(fields=["plant", "month"], name="kpis_workmo_plant_i_26a93c_idx"),
        ),
        migrations.AddIndex(
            model_name="workmonths",
            index=models.Index(fields=["equipment", "month"], name="kpis_workmo_equipme_f27a57_idx"),
        ),
    ]
