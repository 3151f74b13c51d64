"""Who may open what: one row per name in the URL conf. A new address without a row fails the tests.

`Row()` is a page that everyone may read. `Row(Right.X)`: only roles with the right, others get 403.
`Row(None, POST)`: no page, everyone may send; `Row(None, Right.X)`: only roles with the right.
`of` names what the address is about, as `Ground` has it: with it, people of another plant get 404.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mfgportal.accounts.rights import Right

ALL = "all"


@dataclass(frozen=True, slots=True)
class Row:
    """``read``, ``write``: who may; None: the address takes no such request. ``of``: a name in ``Ground``.

    ``method``: of writing. ``open``: without a log-in. ``empty``: what else an empty request may get.
    """

    read: Right | str | None = ALL
    write: Right | str | None = None
    of: str = ""
    method: str = "post"
    open: bool = False
    empty: int = 0


PUBLIC = Row(open=True)
SEND = Row(None, ALL)
PAGES: Mapping[str, Row] = {
    "overview": Row(),
    "plant": Row(of="plant"),
    "plant_settings": Row(Right.MANAGE_SOURCES, Right.MANAGE_SOURCES, of="plant"),
    "line": Row(of="line"),
    "equipment": Row(of="machine"),
    "cycles": Row(ALL, Right.DATE_CYCLES, of="machine"),
    "cycle_withdraw": Row(None, Right.DATE_CYCLES, of="cycle"),
    "shift": Row(of="shift"),
    "maintenance": Row(),
    "maintenance_orders": Row(),
    "reliability": Row(),
    "reliability_machine": Row(of="machine"),
    "event": Row(of="event"),
    "exceptions": Row(),
    "exception": Row(of="exception"),
    "raw_record": Row(of="raw"),
    "exception_map": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception", empty=404),
    "exception_correct": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "exception_take": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "exception_own": Row(None, Right.MANAGE_SOURCES, of="exception"),
    "exception_dismiss": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "exception_retry": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "exception_merge": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "exception_split": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "exception_rule": Row(Right.MANAGE_SOURCES, of="exception"),
    "exception_rule_save": Row(None, Right.MANAGE_SOURCES, of="exception"),
    "exception_measures": Row(),
    "exception_digest": Row(None, ALL),
    "notices_read": SEND,
    "exception_bulk": Row(None, Right.RESOLVE_EXCEPTIONS),
    "exception_batches": Row(),
    "exception_batch": Row(of="nothing"),
    "exception_batch_start": Row(None, Right.RESOLVE_EXCEPTIONS, of="nothing"),
    "exception_batch_undo": Row(None, Right.RESOLVE_EXCEPTIONS, of="nothing"),
    "exception_assign": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "exception_snooze": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "exception_comment": Row(None, ALL, of="exception"),
    "exception_link": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "exception_unlink": Row(None, Right.RESOLVE_EXCEPTIONS, of="unlinked"),
    "overrides": Row(),
    "override_revoke": Row(None, Right.RESOLVE_EXCEPTIONS, of="nothing"),
    "rule_revoke": Row(None, Right.MANAGE_SOURCES, of="nothing"),
    "merge_undo": Row(None, Right.RESOLVE_EXCEPTIONS, of="nothing"),
    "sync_runs": Row(),
    "sync_run": Row(of="run"),
    "sync_stream": Row(None, Right.RUN_SYNC, of="stream"),
    "sync_source": Row(None, Right.RUN_SYNC, of="source"),
    "flows": Row(),
    "flow": Row(ALL, Right.MANAGE_SOURCES, of="stream"),
    "flow_switch": Row(None, Right.MANAGE_SOURCES, of="stream"),
    "monitor": Row(),
    "reconciliations": Row(),
    "reconciliation_line": Row(of="comparison"),
    "reconciliation_rule": Row(of="rule"),
    "reconciliation_compare": Row(None, Right.RUN_SYNC, of="rule"),
    "rates": Row(Right.MANAGE_RATES),
    "currency_rate_add": Row(None, Right.MANAGE_RATES),
    "currency_rate_remove": Row(None, Right.MANAGE_RATES, of="nothing"),
    "stop_rate_add": Row(None, Right.MANAGE_RATES),
    "stop_rate_remove": Row(None, Right.MANAGE_RATES, of="nothing"),
    "periods": Row(ALL, Right.CLOSE_PERIODS),
    "period": Row(of="period"),
    "period_reopen": Row(None, Right.CLOSE_PERIODS, of="period"),
    "sources": Row(Right.MANAGE_SOURCES),
    "source_add": Row(Right.MANAGE_SOURCES, Right.MANAGE_SOURCES),
    "ownership": Row(None, Right.MANAGE_SOURCES),
    "source": Row(Right.MANAGE_SOURCES, Right.MANAGE_SOURCES, of="source"),
    "source_check": Row(Right.MANAGE_SOURCES, of="unreachable"),
    "source_switch": Row(None, Right.MANAGE_SOURCES, of="source"),
    "targets": Row(),
    "target_add": Row(Right.MANAGE_TARGETS, Right.MANAGE_TARGETS),
    "target": Row(Right.MANAGE_TARGETS, Right.MANAGE_TARGETS, of="target"),
    "target_end": Row(None, Right.MANAGE_TARGETS, of="target"),
    "alerts": Row(),
    "alerts_read": SEND,
    "alert_rules": Row(),
    "alert_rule_add": Row(Right.MANAGE_ALERTS, Right.MANAGE_ALERTS),
    "alert_rule": Row(Right.MANAGE_ALERTS, Right.MANAGE_ALERTS, of="alert_rule"),
    "alert_rule_switch": Row(None, Right.MANAGE_ALERTS, of="alert_rule"),
    "alert": Row(of="alert"),
    "alert_acknowledge": Row(None, ALL, of="alert"),
    "alert_comment": Row(None, ALL, of="alert"),
    "executive": Row(),
    "executive_pdf": Row(),
    "schedules": Row(),
    "schedule_add": Row(ALL, ALL),
    "schedule": Row(of="nothing"),
    "schedule_switch": Row(None, ALL, of="nothing"),
    "schedule_send": Row(None, ALL, of="nothing"),
    "schedule_delete": Row(None, ALL, of="nothing"),
    "schedule_leave": Row(None, ALL, of="nothing"),
    "report_leave": Row(of="token", open=True),
    "displays": Row(Right.MANAGE_DISPLAYS),
    "audit": Row(Right.SEE_TRAIL),
    "approvals": Row(Right.MANAGE_SOURCES),
    "proposal_approve": Row(None, Right.MANAGE_SOURCES, of="nothing"),
    "proposal_reject": Row(None, Right.MANAGE_SOURCES, of="nothing"),
    "display_add": Row(Right.MANAGE_DISPLAYS, Right.MANAGE_DISPLAYS),
    "display_revoke": Row(None, Right.MANAGE_DISPLAYS, of="display"),
    "tv": Row(of="display_key", open=True),
    "search": Row(),
    "search_suggest": Row(),
    "welcome": Row(Right.MANAGE_SOURCES),
    "welcome_put_away": Row(None, Right.MANAGE_SOURCES),
    "start": Row(),
    "views": Row(),
    "view_add": Row(ALL, ALL),
    "view": Row(of="view"),
    "view_delete": Row(None, ALL, of="view"),
    "view_start": Row(None, ALL, of="view"),
    "number": Row(of="kpi"),
    "glossary": Row(),
    "preferences": Row(ALL, ALL),
    "shortcuts": Row(),
    "people": Row(Right.MANAGE_PEOPLE),
    "person_invite": Row(None, Right.MANAGE_PEOPLE),
    "person": Row(Right.MANAGE_PEOPLE, Right.MANAGE_PEOPLE, of="person"),
    "person_switch": Row(None, Right.MANAGE_PEOPLE, of="person"),
    "person_send_link": Row(None, Right.MANAGE_PEOPLE, of="person"),
    "person_forget_factors": Row(None, Right.MANAGE_PEOPLE, of="person"),
    "person_log_out": Row(None, Right.MANAGE_PEOPLE, of="person"),
    "api_keys": Row(ALL, ALL),
    "api_key_revoke": Row(None, ALL, of="key"),
    "api_docs": Row(),
    "healthz": PUBLIC,
    "security_txt": Row(open=True, empty=404),
    "readyz": PUBLIC,
    "metrics": PUBLIC,
}
API: Mapping[str, Row] = {
    "api_kpis": Row(),
    "api_catalogue": Row(),
    "api_kpi_components": Row(),
    "api_kpi_events": Row(),
    **dict.fromkeys(
        (
            "api_compute",
            "api_bounds",
            "api_weibull",
            "api_kaplan_meier",
            "api_growth",
            "api_mean_cumulative",
            "api_forecast",
            "api_ranking",
        ),
        SEND,
    ),
    "api_reliability": Row(),
    "api_reliability_machine": Row(of="machine", empty=404),
    "api_periods": Row(),
    "api_period": Row(of="period"),
    "api_plants": Row(),
    "api_lines": Row(),
    "api_equipment": Row(),
    "api_equipment_detail": Row(of="machine"),
    "api_exceptions": Row(),
    "api_exception": Row(of="exception"),
    "api_exception_measures": Row(),
    "api_exception_batches": Row(None, Right.RESOLVE_EXCEPTIONS),
    "api_exception_batch": Row(of="nothing"),
    "api_exception_batch_start": Row(None, Right.RESOLVE_EXCEPTIONS, of="nothing"),
    "api_exception_batch_undo": Row(None, Right.RESOLVE_EXCEPTIONS, of="nothing"),
    "api_exception_assign": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_exception_snooze": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_exception_comments": Row(ALL, ALL, of="exception"),
    "api_exception_link": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_exception_map": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_exception_correct": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_exception_take": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_exception_own": Row(None, Right.MANAGE_SOURCES, of="exception"),
    "api_exception_dismiss": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_exception_retry": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_exception_merge": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_exception_split": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_exception_rule": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_rule_preview": Row(None, Right.RESOLVE_EXCEPTIONS, of="exception"),
    "api_decisions": Row(of="exception"),
    "api_overrides": Row(),
    "api_override_revoke": Row(None, Right.RESOLVE_EXCEPTIONS, of="nothing"),
    "api_rules": Row(),
    "api_audit": Row(Right.SEE_TRAIL),
    "api_rule_revoke": Row(None, Right.MANAGE_SOURCES, of="nothing"),
    "api_merges": Row(),
    "api_merge_undo": Row(None, Right.RESOLVE_EXCEPTIONS, of="nothing"),
    "api_alerts": Row(),
    "api_alert": Row(of="alert"),
    "api_alert_acknowledge": Row(None, ALL, of="alert"),
    "api_targets": Row(ALL, Right.MANAGE_TARGETS),
    "api_target": Row(None, Right.MANAGE_TARGETS, of="target", method="patch"),
    "api_streams": Row(),
    "api_flow": Row(ALL, Right.MANAGE_SOURCES, of="stream", method="patch"),
    "api_monitor": Row(),
    "api_runs": Row(),
    "api_reconciliation": Row(),
    "api_reconciliation_line": Row(of="comparison"),
    "api_reconciliation_rule": Row(of="rule_key"),
    "api_schema": Row(),
}
ALLAUTH = frozenset(
    {
        "account_login", "account_logout", "account_inactive", "account_signup", "account_reauthenticate",
        "account_email", "account_email_verification_sent", "account_change_password",
        "account_set_password", "account_reset_password", "account_confirm_login_code",
        "account_confirm_email", "account_reset_password_from_key_done", "account_reset_password_from_key",
        "account_reset_password_done", "mfa_index", "mfa_authenticate", "mfa_reauthenticate",
        "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn",
        "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
        "mfa_login_webauthn", "usersessions_list", "socialaccount_login_cancelled",
        "socialaccount_login_error", "socialaccount_signup", "socialaccount_connections",
        "openid_connect_login", "openid_connect_callback",
    }
)  # fmt: skip
"""Log-in and one's own account: allauth's, for everyone, about nobody else."""
RULE = (
    "Add a line to tests/mfgportal/access_matrix.py, such as\n"
    '    "{name}": Row(),                                     # everyone reads it, within their plants\n'
    '    "{name}": Row(Right.X, Right.X, of="machine"),       # who reads, who sends, what it is about\n'
    '    "{name}": Row(None, Right.X, of="machine"),          # takes POST alone\n'
    "An address about one thing needs `of`: a name of Ground in tests/mfgportal/ground.py, so "
    "that people of another plant are tried, too."
)
