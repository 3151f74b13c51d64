"""The audit trail can be added to, and no more: the database itself refuses to change or remove an entry.

One change is let through: the link to an account that is deleted. The name stays in the entry.
"""

from django.db import migrations

GUARD = """
CREATE FUNCTION audit_trail_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.actor_id IS NULL
     AND to_jsonb(NEW) - 'actor_id' = to_jsonb(OLD) - 'actor_id' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'The audit trail is append-only.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON auditlog_logentry
FOR EACH ROW EXECUTE FUNCTION audit_trail_is_append_only();
"""
OPEN = """
DROP TRIGGER append_only ON auditlog_logentry;
DROP FUNCTION audit_trail_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_api_keys"), ("auditlog", "0017_add_actor_email")]
    operations = [migrations.RunSQL(GUARD, OPEN)]
