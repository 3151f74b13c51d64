from django.db import migrations

# By the expression of kpis.loading: facts that reach into days long after the one they begin in.
TABLES = ("downtime", "run", "production")
CREATE = """
    CREATE INDEX {0}_long ON kpis_{0} (equipment_id) WHERE "end" - start > interval '2 days'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kpis", "0016_unchecked_components"),
    ]

    operations = [migrations.RunSQL(CREATE.format(table), f"DROP INDEX {table}_long") for table in TABLES]
