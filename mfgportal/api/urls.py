from django.contrib.auth.decorators import login_required
from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from mfgportal.api import docs, exceptions, flows, kpis, monitor, places, reconciliation, statistics, sync

urlpatterns = [
    path("v1/kpis", kpis.Kpis.as_view(), name="api_kpis"),
    path("v1/kpis/catalogue", kpis.Catalogue.as_view(), name="api_catalogue"),
    path("v1/kpis/compute", statistics.Compute.as_view(), name="api_compute"),
    path("v1/reliability/bounds", statistics.BoundsView.as_view(), name="api_bounds"),
    path("v1/reliability/weibull", statistics.WeibullView.as_view(), name="api_weibull"),
    path("v1/reliability/kaplan-meier", statistics.KaplanMeier.as_view(), name="api_kaplan_meier"),
    path("v1/reliability/growth", statistics.Growth.as_view(), name="api_growth"),
    path(
        "v1/reliability/mean-cumulative",
        statistics.MeanCumulativeView.as_view(),
        name="api_mean_cumulative",
    ),
    path("v1/reliability/forecast", statistics.ForecastView.as_view(), name="api_forecast"),
    path("v1/reliability/ranking", statistics.Ranking.as_view(), name="api_ranking"),
    path("v1/plants", places.Plants.as_view(), name="api_plants"),
    path("v1/lines", places.Lines.as_view(), name="api_lines"),
    path("v1/equipment", places.EquipmentList.as_view(), name="api_equipment"),
    path("v1/equipment/<int:pk>", places.EquipmentDetail.as_view(), name="api_equipment_detail"),
    path("v1/exceptions", exceptions.Exceptions.as_view(), name="api_exceptions"),
    path("v1/exceptions/<int:pk>", exceptions.ExceptionView.as_view(), name="api_exception"),
    path("v1/exceptions/<int:pk>/map", exceptions.Map.as_view(), name="api_exception_map"),
    path("v1/exceptions/<int:pk>/correct", exceptions.Correct.as_view(), name="api_exception_correct"),
    path("v1/exceptions/<int:pk>/take", exceptions.Take.as_view(), name="api_exception_take"),
    path("v1/exceptions/<int:pk>/own", exceptions.Own.as_view(), name="api_exception_own"),
    path("v1/exceptions/<int:pk>/dismiss", exceptions.Dismiss.as_view(), name="api_exception_dismiss"),
    path("v1/exceptions/<int:pk>/retry", exceptions.Retry.as_view(), name="api_exception_retry"),
    path("v1/sync/streams", sync.Streams.as_view(), name="api_streams"),
    path("v1/sync/streams/<int:pk>", flows.FlowView.as_view(), name="api_flow"),
    path("v1/sync/monitor", monitor.MonitorView.as_view(), name="api_monitor"),
    path("v1/sync/runs", sync.Runs.as_view(), name="api_runs"),
    path("v1/reconciliation", reconciliation.Rules.as_view(), name="api_reconciliation"),
    path(
        "v1/reconciliation/lines/<int:pk>", reconciliation.LineView.as_view(), name="api_reconciliation_line"
    ),
    path("v1/reconciliation/<slug:rule>", reconciliation.Lines.as_view(), name="api_reconciliation_rule"),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
    path("docs/", login_required(docs.Docs.as_view()), name="api_docs"),
]
