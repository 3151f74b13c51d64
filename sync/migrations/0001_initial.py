import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import sync.secrets


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("kpis", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.SlugField(max_length=40, unique=True)),
                ("title", models.CharField(max_length=120)),
                ("connector", models.CharField(max_length=40)),
                ("url", models.URLField(max_length=400)),
                ("database", models.CharField(blank=True, default="", max_length=120)),
                ("username", models.CharField(blank=True, default="", max_length=200)),
                ("password", sync.secrets.EncryptedTextField(blank=True, default="")),
                ("api_key", sync.secrets.EncryptedTextField(blank=True, default="")),
                ("options", models.JSONField(blank=True, default=dict)),
                ("enabled", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Ownership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20, unique=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="owns", to="sync.source"
                    ),
                ),
            ],
            options={
                "ordering": ["kind"],
            },
        ),
        migrations.CreateModel(
            name="Stream",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40)),
                ("title", models.CharField(max_length=120)),
                ("rank", models.PositiveSmallIntegerField(default=50)),
                ("every_s", models.PositiveIntegerField(default=60)),
                ("acceptable_delay_s", models.PositiveIntegerField(default=900)),
                ("enabled", models.BooleanField(default=True)),
                ("cursor", models.JSONField(blank=True, default=dict)),
                ("next_due", models.DateTimeField(blank=True, null=True)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("read_through", models.DateTimeField(blank=True, null=True)),
                ("swept_at", models.DateTimeField(blank=True, null=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="streams", to="sync.source"
                    ),
                ),
            ],
            options={
                "ordering": ["source", "rank", "name"],
            },
        ),
        migrations.CreateModel(
            name="RawRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_key", models.CharField(max_length=120)),
                ("digest", models.BinaryField(max_length=16)),
                ("payload", models.JSONField()),
                ("trace_id", models.UUIDField()),
                ("source_updated_at", models.DateTimeField(blank=True, null=True)),
                ("landed_at", models.DateTimeField(auto_now_add=True)),
                ("current", models.BooleanField(default=True)),
                ("gone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="raw_records",
                        to="sync.stream",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SyncException",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("fingerprint", models.CharField(max_length=200, unique=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "Open"), ("resolved", "Resolved"), ("dismissed", "Dismissed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("severity", models.CharField(default="warning", max_length=10)),
                ("title", models.CharField(max_length=300)),
                ("message", models.TextField()),
                ("external_key", models.CharField(blank=True, default="", max_length=120)),
                ("trace_id", models.UUIDField(blank=True, null=True)),
                ("context", models.JSONField(blank=True, default=dict)),
                ("first_seen", models.DateTimeField(auto_now_add=True)),
                ("last_seen", models.DateTimeField(auto_now_add=True)),
                ("count", models.PositiveIntegerField(default=1)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_by", models.CharField(blank=True, default="", max_length=150)),
                ("resolution", models.TextField(blank=True, default="")),
                (
                    "equipment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="kpis.equipment",
                    ),
                ),
                (
                    "plant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="kpis.plant",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exceptions",
                        to="sync.source",
                    ),
                ),
                (
                    "stream",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exceptions",
                        to="sync.stream",
                    ),
                ),
            ],
            options={
                "ordering": ["-last_seen"],
            },
        ),
        migrations.CreateModel(
            name="HeldRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("start", models.DateTimeField(blank=True, null=True)),
                ("end", models.DateTimeField(blank=True, null=True)),
                ("held_at", models.DateTimeField(auto_now_add=True)),
                (
                    "equipment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="kpis.equipment",
                    ),
                ),
                (
                    "plant",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="kpis.plant",
                    ),
                ),
                (
                    "raw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="held", to="sync.rawrecord"
                    ),
                ),
                (
                    "exception",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="held_records",
                        to="sync.syncexception",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ExceptionEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("by", models.CharField(blank=True, default="", max_length=150)),
                ("action", models.CharField(max_length=40)),
                ("detail", models.TextField(blank=True, default="")),
                (
                    "exception",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="sync.syncexception",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="SyncRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="running",
                        max_length=10,
                    ),
                ),
                (
                    "trigger",
                    models.CharField(
                        choices=[
                            ("schedule", "Schedule"),
                            ("manual", "By hand"),
                            ("replay", "Replay"),
                            ("sweep", "Deletion sweep"),
                        ],
                        default="schedule",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField(auto_now_add=True)),
                ("heartbeat_at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("total", models.PositiveIntegerField(blank=True, null=True)),
                ("read", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("loaded", models.PositiveIntegerField(default=0)),
                ("held", models.PositiveIntegerField(default=0)),
                ("gone", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True, default="")),
                ("started_by", models.CharField(blank=True, default="", max_length=150)),
                (
                    "stream",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="runs", to="sync.stream"
                    ),
                ),
            ],
            options={
                "ordering": ["-started_at"],
            },
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("external_key", models.CharField(max_length=120)),
                ("canonical_id", models.BigIntegerField()),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), blank=True, default=list, size=None
                    ),
                ),
                ("label", models.CharField(blank=True, default="", max_length=200)),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("created", "Created from this record"),
                            ("exact", "Same code"),
                            ("normalised", "Same code after normalising"),
                            ("manual", "Mapped by a person"),
                            ("seeded", "Standard name"),
                        ],
                        max_length=12,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by", models.CharField(blank=True, default="", max_length=150)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="identities",
                        to="sync.source",
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["codes"], name="sync_identi_codes_d0c12a_gin"
                    ),
                    models.Index(fields=["kind", "canonical_id"], name="sync_identi_kind_cc6fee_idx"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "kind", "external_key"), name="identity_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="Counterpart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("external_key", models.CharField(max_length=120)),
                ("canonical_id", models.BigIntegerField()),
                ("values", models.JSONField(default=dict)),
                ("source_updated_at", models.DateTimeField(blank=True, null=True)),
                ("seen_at", models.DateTimeField(auto_now=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="counterparts",
                        to="sync.source",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["kind", "canonical_id"], name="sync_counte_kind_ce86f0_idx")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("source", "kind", "external_key"), name="counterpart_key")
                ],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("external_key", models.CharField(max_length=120)),
                ("field", models.CharField(max_length=60)),
                ("value", models.JSONField(null=True)),
                ("original", models.JSONField(null=True)),
                ("reason", models.TextField()),
                ("author", models.CharField(max_length=150)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="corrections",
                        to="sync.source",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("source", "external_key", "field"),
                        name="one_correction",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="stream",
            constraint=models.UniqueConstraint(fields=("source", "name"), name="stream_name"),
        ),
        migrations.AddIndex(
            model_name="rawrecord",
            index=models.Index(fields=["trace_id"], name="sync_rawrec_trace_i_77bc96_idx"),
        ),
        migrations.AddIndex(
            model_name="rawrecord",
            index=models.Index(fields=["external_key"], name="sync_rawrec_externa_ed630e_idx"),
        ),
        migrations.AddConstraint(
            model_name="rawrecord",
            constraint=models.UniqueConstraint(
                condition=models.Q(("current", True)),
                fields=("stream", "external_key"),
                name="one_current_content",
            ),
        ),
        migrations.AddIndex(
            model_name="syncexception",
            index=models.Index(fields=["status", "kind"], name="sync_syncex_status_216344_idx"),
        ),
        migrations.AddIndex(
            model_name="heldrecord",
            index=models.Index(fields=["start"], name="sync_heldre_start_a04d81_idx"),
        ),
        migrations.AddIndex(
            model_name="heldrecord",
            index=models.Index(fields=["equipment"], name="sync_heldre_equipme_02b7f0_idx"),
        ),
        migrations.AddConstraint(
            model_name="heldrecord",
            constraint=models.UniqueConstraint(fields=("exception", "raw"), name="held_once"),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(fields=["stream", "-started_at"], name="sync_syncru_stream__ca30c1_idx"),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(fields=["status"], name="sync_syncru_status_d90ad7_idx"),
        ),
    ]
