import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0020_scheduled_hours"),
    ]

    operations = [
        migrations.AlterField(
            model_name="staleday",
            name="equipment",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="kpis.equipment",
            ),
        ),
        # Read only when a reason changes its class.
        migrations.RemoveIndex(model_name="downtime", name="kpis_downti_reason__d20a36_idx"),
    ]
