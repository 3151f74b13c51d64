from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("sync", "0017_unfinished_decisions"),
    ]

    # A key is looked for in the streams of a source, by the key's own constraint.
    operations = [
        migrations.RemoveIndex(model_name="rawrecord", name="sync_rawrec_externa_ed630e_idx"),
    ]
