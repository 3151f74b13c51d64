"""The monitor's figures for Prometheus. All come from PostgreSQL, so every process gives the same answer."""

import hmac
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from sync.breaker import State as Breaker
from sync.flows import State
from sync.monitor import Monitor, StreamNow, monitor

STREAM = ["source", "stream"]
Figure = Callable[[StreamNow], float | None]

# name, what it says, how it is read; a stream without the figure has no sample.
OF_STREAM: tuple[tuple[str, str, Figure], ...] = (
    (
        "stream_lag_seconds",
        "Age of the data: time since the last good read.",
        lambda now: now.flow.lag.total_seconds() if now.flow.lag is not None else None,
    ),
    (
        "stream_acceptable_delay_seconds",
        "Age above which the data is late.",
        lambda now: now.flow.stream.acceptable_delay_s,
    ),
    ("stream_late", "1 while the data is older than allowed.", lambda now: now.flow.late),
    ("stream_enabled", "1 unless the stream or its source is paused.", lambda now: now.flow.enabled),
    ("stream_running", "1 while it is read.", lambda now: now.running),
    (
        "stream_consecutive_failures",
        "Failed runs since the last good one.",
        lambda now: now.flow.stream.failures,
    ),
    ("stream_runs_24h", "Runs ended in the last 24 hours.", lambda now: now.figures.day.runs),
    (
        "stream_retries_24h",
        "Failed runs of the last 24 hours; each is tried again.",
        lambda now: now.figures.day.failed,
    ),
    (
        "stream_success_ratio_24h",
        "Share of the runs of the last 24 hours that went well.",
        lambda now: now.figures.day.success,
    ),
    (
        "stream_success_ratio_7d",
        "Share of the runs of the last seven days that went well.",
        lambda now: now.figures.week.success,
    ),
    (
        "stream_rows_per_hour",
        "New and changed rows per hour, mean of 24 hours.",
        lambda now: now.figures.rows_per_hour,
    ),
    ("stream_schema_drifts", "Open exceptions about changed fields.", lambda now: now.drifts),
)
QUANTILES: tuple[tuple[str, str, tuple[tuple[str, Figure], ...]], ...] = (
    (
        "stream_run_seconds",
        "How long reading took, over 24 hours.",
        (("0.5", lambda now: now.figures.took.p50), ("0.95", lambda now: now.figures.took.p95)),
    ),
    (
        "stream_row_delay_seconds",
        "From a row's change at its source until it was here, over 24 hours.",
        (("0.5", lambda now: now.figures.delay.p50), ("0.95", lambda now: now.figures.delay.p95)),
    ),
)


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus's text format; with METRICS_TOKEN set, only for its bearer."""
    if not _allowed(request):
        refusal = HttpResponse("Send the METRICS_TOKEN as a bearer.\n", "text/plain", HTTPStatus.UNAUTHORIZED)
        refusal["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return refusal
    registry = CollectorRegistry()
    registry.register(MonitorCollector(monitor()))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _allowed(request: HttpRequest) -> bool:
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return not token or hmac.compare_digest(given.encode(), f"Bearer {token}".encode())


class MonitorCollector(Collector):
    """The figures of one moment; made for one answer, so that nothing is counted per process."""

    def __init__(self, found: Monitor) -> None:
        self.found = found

    def collect(self) -> Iterator[Metric]:
        yield from self._streams()
        yield from self._sources()
        yield from self._queue()
        yield from self._rest()

    def _streams(self) -> Iterator[Metric]:
        streams = self.found.streams
        for name, says, figure in OF_STREAM:
            yield _gauge(name, says, STREAM, ((_names(now), figure(now)) for now in streams))
        for name, says, quantiles in QUANTILES:
            values = (((*_names(now), q), figure(now)) for now in streams for q, figure in quantiles)
            yield _gauge(name, says, [*STREAM, "quantile"], values)
        states = (((*_names(now), state), float(now.state is state)) for now in streams for state in State)
        yield _gauge("stream_state", "1 for the state it is in.", [*STREAM, "state"], states)

    def _sources(self) -> Iterator[Metric]:
        stands = (
            ((now.source.name, state), float(now.breaker == state))
            for now in self.found.sources
            for state in Breaker
        )
        yield _gauge("source_breaker", "1 for where its circuit breaker stands.", ["source", "state"], stands)

    def _queue(self) -> Iterator[Metric]:
        queues = self.found.queues
        waiting: dict[str, float | None] = {
            "messages": queues.messages,
            "due_streams": queues.due,
            "replays": queues.replays,
            "stale_days": queues.stale_days,
        }
        depths = (((name,), count) for name, count in waiting.items())
        yield _gauge("queue_depth", "What waits to be done.", ["queue"], depths)
        up = float(queues.messages is not None)
        yield _gauge("broker_up", "1 while the broker answers.", [], [((), up)])
        yield _gauge("held_records", "Source rows in the exception queue.", [], [((), queues.held)])
        kinds = (((kind.kind, kind.severity), float(kind.count)) for kind in self.found.exceptions)
        yield _gauge("exceptions_open", "Open exceptions.", ["kind", "severity"], kinds)

    def _rest(self) -> Iterator[Metric]:
        differing = (((run.rule,), float(run.differing)) for run in self.found.comparisons)
        says = "Differences in the latest comparison by each rule."
        yield _gauge("reconciliation_differences", says, ["rule"], differing)
        age = self.found.tick_age
        says = "Time since a worker last ran the tick."
        yield _gauge("tick_age_seconds", says, [], [((), age.total_seconds() if age is not None else None)])
        storage = self.found.storage
        yield _gauge("database_bytes", "Size of the database.", [], [((), storage.database_bytes)])
        yield _gauge("landing_bytes", "Size of the landed rows.", [], [((), storage.landing_bytes)])
        months = (((month.month,), float(month.bytes)) for month in storage.months)
        yield _gauge("landing_history_bytes", "Size of a month of replaced contents.", ["month"], months)


def _names(now: StreamNow) -> tuple[str, str]:
    return now.flow.stream.source.name, now.flow.stream.name


def _gauge(
    name: str, says: str, labels: list[str], values: Iterable[tuple[tuple[str, ...], float | None]]
) -> Metric:
    family = GaugeMetricFamily(f"mfgportal_{name}", says, labels=labels)
    for label, value in values:
        if value is not None:
            family.add_metric(label, float(value))
    return family
