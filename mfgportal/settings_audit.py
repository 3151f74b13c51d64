"""Settings of the audit trail. A part of `mfgportal.settings`."""

from mfgportal.env import env

# Whether a change of a system of record, or of a source's mapping, takes a second person's approval.
APPROVALS_REQUIRED = env.bool("APPROVALS_REQUIRED", default=False)

# --- audit trail: what people decide, nothing of what a sync writes; of secrets only that they changed ---
AUDITLOG_INCLUDE_TRACKING_MODELS = (
    {
        "model": "sync.Stream",
        "include_fields": [
            "every_s",
            "refresh_every_s",
            "acceptable_delay_s",
            "criticality",
            "reconciliation",
            "enabled",
        ],
    },
    {
        "model": "sync.Source",
        "include_fields": [
            "name", "title", "connector", "url", "database", "username", "password", "api_key", "options",
            "enabled",
        ],
        "mask_fields": ["password", "api_key", "options"],
        "mask_callable": "mfgportal.accounts.audit.hidden",
    },
    {"model": "sync.Decision", "include_fields": ["exception", "way", "by", "reason"]},
    {"model": "sync.Verdict", "include_fields": ["source", "kind", "term", "canonical_id", "accepted"]},
    {
        "model": "sync.Correction",
        "include_fields": [
            "source", "external_key", "field", "value", "original", "reason", "revoked_at", "revoked_by",
        ],
    },
    {
        "model": "sync.Rule",
        "include_fields": [
            "what", "source", "kind", "field", "pattern", "canonical_id", "value", "reason", "revoked_at",
            "revoked_by",
        ],
    },
    {
        "model": "sync.Merge",
        "include_fields": ["kind", "kept_name", "dropped_name", "reason", "undone_at", "undone_by"],
    },
    {
        "model": "approvals.Proposal",
        "include_fields": ["about", "summary", "status", "proposed_by", "decided_by", "reason"],
    },
    {"model": "workbench.Comment", "include_fields": ["exception", "author", "text"]},
    {"model": "workbench.Batch", "include_fields": ["user", "act", "given", "state"]},
    {"model": "sync.Ownership", "include_fields": ["kind", "field", "source"]},
    {
        "model": "kpis.Target",
        "include_fields": [
            "kpi", "plant", "line", "equipment", "valid_from", "ended_on", "value", "band",
        ],
    },
    {
        "model": "kpis.Plant",
        "include_fields": [
            "timezone", "currency", "micro_stop_s", "overlay", "calendar", "labour_rate",
            "repeat_window_days", "capacity_s_per_week",
        ],
    },
    {
        "model": "displays.Display",
        "include_fields": ["name", "plant", "line", "panels", "rotate_s", "expires_at", "revoked_at"],
    },
    {
        "model": "reports.ReportSchedule",
        "include_fields": ["name", "owner", "query", "cadence", "weekday", "month_day", "at", "active"],
    },
    {"model": "kpis.IdealCycle", "include_fields": ["operation", "valid_from", "seconds"]},
    {"model": "accounts.User", "include_fields": ["role", "is_active", "email"], "m2m_fields": ["plants"]},
    {"model": "mfa.Authenticator", "include_fields": ["user", "type"]},
    {
        "model": "accounts.ApiKey",
        "include_fields": ["name", "owner", "scopes", "all_plants", "expires_at", "revoked_at"],
        "m2m_fields": ["plants"],
    },
    {
        "model": "alerts.AlertRule",
        "exclude_fields": ["id", "alerts", "next_due", "judged_at", "cannot_judge"],
        "m2m_fields": ["users", "escalate_users"],
    },
)  # fmt: skip
AUDITLOG_DISABLE_REMOTE_ADDR = True
AUDITLOG_USE_FK_STRING_REPRESENTATION = True
AUDITLOG_CID_HEADER = None  # what a client sends there would go into the log
AUDITLOG_CID_GETTER = "mfgportal.accounts.audit.trace_id"
