from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0008_products_and_months"),
    ]

    operations = [
        migrations.RemoveField(model_name="workcomponents", name="parts_short"),
        migrations.RemoveField(model_name="workmonths", name="parts_short"),
    ]
