from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sync", "0004_raw_history")]

    operations = [
        migrations.RemoveConstraint(model_name="rawrecord", name="one_current_content"),
        migrations.RemoveField(model_name="rawrecord", name="current"),
        migrations.AddConstraint(
            model_name="rawrecord",
            constraint=models.UniqueConstraint(fields=("stream", "external_key"), name="one_row_per_key"),
        ),
    ]
