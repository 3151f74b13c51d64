from django.urls import include, path, register_converter

from mfgportal.metrics import metrics
from mfgportal.ready import healthz, readyz
from mfgportal.web import (
    alert_rules,
    alerts,
    equipment,
    event,
    exception,
    exceptions,
    flows,
    glossary,
    line,
    monitor,
    overview,
    plant,
    reconciliation,
    resolve,
    shift,
    sources,
    sync_runs,
    targets,
)
from mfgportal.web.converters import DayConverter

register_converter(DayConverter, "day")

handler400 = "mfgportal.api.problems.bad_request"
handler403 = "mfgportal.api.problems.permission_denied"
handler404 = "mfgportal.api.problems.page_not_found"
handler500 = "mfgportal.api.problems.server_error"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("plants/<int:pk>/", plant.plant, name="plant"),
    path("plants/<int:pk>/settings/", sources.plant, name="plant_settings"),
    path("lines/<int:pk>/", line.line, name="line"),
    path("equipment/<int:pk>/", equipment.equipment, name="equipment"),
    path("equipment/<int:pk>/shifts/<day:day>/<int:number>/", shift.shift, name="shift"),
    path("events/<slug:kind>/<int:pk>/", event.event, name="event"),
    path("exceptions/", exceptions.exceptions, name="exceptions"),
    path("exceptions/<int:pk>/", exception.exception, name="exception"),
    path("exceptions/<int:pk>/records/<int:raw>/", exception.raw_record, name="raw_record"),
    path("exceptions/<int:pk>/map/", resolve.map_to, name="exception_map"),
    path("exceptions/<int:pk>/correct/", resolve.correct_value, name="exception_correct"),
    path("exceptions/<int:pk>/take/", resolve.take_side, name="exception_take"),
    path("exceptions/<int:pk>/own/", resolve.own_field, name="exception_own"),
    path("exceptions/<int:pk>/dismiss/", resolve.dismiss_it, name="exception_dismiss"),
    path("exceptions/<int:pk>/retry/", resolve.retry_it, name="exception_retry"),
    path("sync/", sync_runs.sync_runs, name="sync_runs"),
    path("sync/runs/<int:pk>/", sync_runs.sync_run, name="sync_run"),
    path("sync/streams/<int:pk>/run/", sync_runs.run_stream, name="sync_stream"),
    path("sync/sources/<slug:name>/run/", sync_runs.run_source, name="sync_source"),
    path("flows/", flows.registry, name="flows"),
    path("flows/<int:pk>/", flows.flow, name="flow"),
    path("flows/<int:pk>/switch/", flows.flow_switch, name="flow_switch"),
    path("monitor/", monitor.monitor_page, name="monitor"),
    path("reconciliation/", reconciliation.reconciliations, name="reconciliations"),
    path("reconciliation/lines/<int:pk>/", reconciliation.line, name="reconciliation_line"),
    path("reconciliation/<slug:key>/", reconciliation.rule, name="reconciliation_rule"),
    path("reconciliation/<slug:key>/compare/", reconciliation.compare, name="reconciliation_compare"),
    path("sources/", sources.sources, name="sources"),
    path("sources/add/", sources.source, name="source_add"),
    path("sources/ownership/", sources.ownership, name="ownership"),
    path("sources/<slug:name>/", sources.source, name="source"),
    path("sources/<slug:name>/check/", sources.source_check, name="source_check"),
    path("sources/<slug:name>/switch/", sources.source_switch, name="source_switch"),
    path("targets/", targets.targets, name="targets"),
    path("targets/add/", targets.target_add, name="target_add"),
    path("targets/<int:pk>/", targets.target, name="target"),
    path("targets/<int:pk>/end/", targets.target_end, name="target_end"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/read/", alerts.alerts_read, name="alerts_read"),
    path("alerts/rules/", alert_rules.alert_rules, name="alert_rules"),
    path("alerts/rules/add/", alert_rules.alert_rule, name="alert_rule_add"),
    path("alerts/rules/<int:pk>/", alert_rules.alert_rule, name="alert_rule"),
    path("alerts/rules/<int:pk>/switch/", alert_rules.alert_rule_switch, name="alert_rule_switch"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("alerts/<int:pk>/acknowledge/", alerts.alert_acknowledge, name="alert_acknowledge"),
    path("alerts/<int:pk>/comment/", alerts.alert_comment, name="alert_comment"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("account/", include("allauth.account.urls")),
    path("api/", include("mfgportal.api.urls")),
]
