"""Nor is the audit trail emptied at a stroke: TRUNCATE asks no trigger that looks at rows."""

from django.db import migrations

GUARD = """
CREATE TRIGGER never_emptied BEFORE TRUNCATE ON auditlog_logentry
FOR EACH STATEMENT EXECUTE FUNCTION audit_trail_is_append_only();
"""
OPEN = "DROP TRIGGER never_emptied ON auditlog_logentry;"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_append_only_trail")]
    operations = [migrations.RunSQL(GUARD, OPEN)]
