"""Columns and rows of settings, alerts and streams as files; values in their KPI's unit, spans in seconds."""

from collections.abc import Iterable, Iterator, Mapping

from django.db.models import QuerySet

from kpis.definitions import CATALOGUE
from kpis.models import ClosedPeriod
from kpis.periods import Restated
from mfgportal.alerts.models import Alert
from mfgportal.exports.table import Row, column
from mfgportal.goals import Standing
from sync.flows import Flow
from sync.monitor import StreamNow

BATCH = 2000
TARGETS = (
    column("kpi"), column("title"), column("place"), column("value", "number"), column("band", "number"),
    column("unit"), column("better"), column("valid_from", "day"), column("last_day", "day"),
    column("state"), column("set_by"),
)  # fmt: skip
ALERTS = (
    column("severity"), column("alert"), column("rule"), column("plant"), column("state"),
    column("limit", "number"), column("value_opened", "number"), column("value_worst", "number"),
    column("value_closed", "number"), column("unit"), column("opened_at", "moment"),
    column("acknowledged_at", "moment"), column("acknowledged_by"), column("escalated_at", "moment"),
    column("closed_at", "moment"),
)  # fmt: skip
PERIODS = (
    column("plant"), column("month", "day"), column("closed_at", "moment"), column("closed_by"),
    column("completeness", "number"), column("note"), column("reopened_at", "moment"), column("reopened_by"),
    column("reopen_reason"),
)  # fmt: skip
RESTATED = (
    column("kpi"), column("title"), column("line"), column("machine"), column("published", "number"),
    column("now", "number"), column("difference", "number"), column("unit"), column("currency"),
)  # fmt: skip
FLOWS = (
    column("source"), column("stream"), column("records"), column("way"), column("mode"),
    column("every_s", "integer"), column("refresh_every_s", "integer"),
    column("acceptable_delay_s", "integer"), column("criticality"), column("read_through", "moment"),
    column("late", "flag"), column("reconciliation"), column("enabled", "flag"),
)  # fmt: skip
STREAMS = (
    column("source"), column("stream"), column("state"), column("success_24_h", "number"),
    column("success_7_d", "number"), column("run_time_p50_s", "number"), column("run_time_p95_s", "number"),
    column("row_delay_p50_s", "number"), column("row_delay_p95_s", "number"),
    column("read_through", "moment"), column("acceptable_delay_s", "integer"),
    column("rows_per_hour", "number"), column("retries_24_h", "integer"),
    column("changed_fields", "integer"),
)  # fmt: skip


def target_file_rows(standings: Iterable[Standing]) -> Iterator[Row]:
    for each in standings:
        row, kpi = each.target, CATALOGUE[each.target.kpi]
        yield {
            "kpi": row.kpi,
            "title": kpi.title,
            "place": row.place_name,
            "value": row.value,
            "band": row.band,
            "unit": kpi.unit,
            "better": kpi.better,
            "valid_from": row.valid_from,
            "last_day": each.last,
            "state": each.state,
            "set_by": row.set_by,
        }


def alert_file_rows(rows: QuerySet[Alert]) -> Iterator[Row]:
    """``rows``: with their rule and plant."""
    for alert in rows.iterator(BATCH):
        yield {
            "severity": alert.get_severity_display(),
            "alert": alert.title,
            "rule": alert.rule.name,
            "plant": alert.plant.name if alert.plant else "",
            "state": alert.get_status_display(),
            "limit": alert.limit,
            "value_opened": alert.value_opened,
            "value_worst": alert.value_worst,
            "value_closed": alert.value_closed,
            "unit": alert.unit,
            "opened_at": alert.opened_at,
            "acknowledged_at": alert.acknowledged_at,
            "acknowledged_by": alert.acknowledged_by,
            "escalated_at": alert.escalated_at,
            "closed_at": alert.closed_at,
        }


def period_file_rows(rows: Iterable[ClosedPeriod]) -> Iterator[Row]:
    for period in rows:
        yield {
            "plant": period.plant.name,
            "month": period.month,
            "closed_at": period.closed_at,
            "closed_by": period.by,
            "completeness": period.completeness,
            "note": period.note,
            "reopened_at": period.reopened_at,
            "reopened_by": period.reopened_by,
            "reopen_reason": period.reopen_reason,
        }


def restated_file_rows(rows: Iterable[Restated]) -> Iterator[Row]:
    for row in rows:
        was = row.published
        yield {
            "kpi": was.kpi,
            "title": CATALOGUE[was.kpi].title,
            "line": was.line.name if was.line else "",
            "machine": was.equipment.name if was.equipment else "",
            "published": was.value,
            "now": row.now.value,
            "difference": row.difference,
            "unit": row.now.unit,
            "currency": row.now.currency,
        }


def flow_file_rows(found: Iterable[Flow], rules: Mapping[str, str]) -> Iterator[Row]:
    """``rules``: titles of reconciliations by key."""
    for flow in found:
        stream = flow.stream
        owners = (f"{each.kind}: {each.owner.title if each.owner else 'nobody'}" for each in flow.records)
        yield {
            "source": stream.source.title,
            "stream": stream.title,
            "records": "; ".join(owners),
            "way": stream.get_direction_display(),
            "mode": stream.get_mode_display(),
            "every_s": stream.every_s,
            "refresh_every_s": stream.refresh_every_s,
            "acceptable_delay_s": stream.acceptable_delay_s,
            "criticality": stream.get_criticality_display(),
            "read_through": stream.read_through,
            "late": flow.late,
            "reconciliation": rules.get(stream.reconciliation, ""),
            "enabled": flow.enabled,
        }


def stream_file_rows(found: Iterable[StreamNow]) -> Iterator[Row]:
    for now in found:
        stream, figures = now.flow.stream, now.figures
        yield {
            "source": stream.source.title,
            "stream": stream.title,
            "state": now.state.value,
            "success_24_h": figures.day.success,
            "success_7_d": figures.week.success,
            "run_time_p50_s": figures.took.p50,
            "run_time_p95_s": figures.took.p95,
            "row_delay_p50_s": figures.delay.p50,
            "row_delay_p95_s": figures.delay.p95,
            "read_through": stream.read_through,
            "acceptable_delay_s": stream.acceptable_delay_s,
            "rows_per_hour": figures.rows_per_hour,
            "retries_24_h": figures.day.failed,
            "changed_fields": now.drifts,
        }
