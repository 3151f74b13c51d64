"""Contents that newer content has replaced move into a table partitioned by the month they came in."""

import django.db.models.deletion
from django.db import migrations, models

CREATE = """
CREATE TABLE sync_rawhistory (
    external_key varchar(120) NOT NULL,
    digest bytea NOT NULL,
    payload jsonb NOT NULL,
    trace_id uuid NOT NULL,
    source_updated_at timestamptz,
    landed_at timestamptz NOT NULL,
    gone_at timestamptz,
    stream_id bigint NOT NULL,
    raw_id bigint NOT NULL,
    PRIMARY KEY (trace_id, landed_at)
) PARTITION BY RANGE (landed_at);
CREATE INDEX history_of_raw ON sync_rawhistory (raw_id, landed_at DESC);
"""
MONTHS = """
DO $$
DECLARE
    month timestamp;
    name text;
BEGIN
    FOR month IN
        SELECT DISTINCT date_trunc('month', landed_at AT TIME ZONE 'UTC') FROM sync_rawrecord WHERE NOT current
    LOOP
        name := 'sync_rawhistory_' || to_char(month, 'YYYY_MM');
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF sync_rawhistory FOR VALUES FROM (%L) TO (%L)',
            name, month AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC'
        );
    END LOOP;
END $$;
"""
LATEST = """
FROM sync_rawrecord old JOIN sync_rawrecord latest
ON latest.stream_id = old.stream_id AND latest.external_key = old.external_key AND latest.current
"""
MOVE = f"""
INSERT INTO sync_rawhistory
    (external_key, digest, payload, trace_id, source_updated_at, landed_at, gone_at, stream_id, raw_id)
SELECT old.external_key, old.digest, old.payload, old.trace_id, old.source_updated_at, old.landed_at,
    old.gone_at, old.stream_id, latest.id
{LATEST} WHERE NOT old.current;
UPDATE sync_heldrecord held SET raw_id = latest.id
{LATEST} WHERE NOT old.current AND held.raw_id = old.id AND NOT EXISTS (
    SELECT FROM sync_heldrecord have WHERE have.exception_id = held.exception_id AND have.raw_id = latest.id
);
DELETE FROM sync_heldrecord held USING sync_rawrecord old WHERE held.raw_id = old.id AND NOT old.current;
DELETE FROM sync_rawrecord WHERE NOT current;
"""  # noqa: S608 constants


class Migration(migrations.Migration):
    dependencies = [("sync", "0003_flow_policy")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="RawHistory",
                    fields=[
                        ("external_key", models.CharField(max_length=120)),
                        ("digest", models.BinaryField(max_length=16)),
                        ("payload", models.JSONField()),
                        ("trace_id", models.UUIDField()),
                        ("source_updated_at", models.DateTimeField(blank=True, null=True)),
                        ("landed_at", models.DateTimeField()),
                        ("gone_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "trace_id",
                                "landed_at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "raw",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="history",
                                to="sync.rawrecord",
                            ),
                        ),
                        (
                            "stream",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="raw_history",
                                to="sync.stream",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["-landed_at"],
                        "indexes": [models.Index(fields=["raw", "-landed_at"], name="history_of_raw")],
                    },
                )
            ],
            database_operations=[migrations.RunSQL(CREATE, "DROP TABLE sync_rawhistory")],
        ),
        migrations.RunSQL(MONTHS, migrations.RunSQL.noop),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
    ]
