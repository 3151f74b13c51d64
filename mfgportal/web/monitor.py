"""The monitor: how the whole sync does, at a glance and per stream."""

from dataclasses import dataclass
from math import log10
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from mfgportal.accounts.access import exceptions_of, person
from mfgportal.locales import day
from mfgportal.ready import tick_is_old
from mfgportal.web.dashboard import explains_bad_scope
from mfgportal.web.files import as_file, own_file, wants_file
from mfgportal.web.format import lasting
from mfgportal.web.list_files import STREAMS, stream_file_rows
from mfgportal.web.page import Crumb, page
from sync.flows import State
from sync.models import SyncRun
from sync.monitor import StreamNow, monitor
from sync.reconcile.rules import RULES
from sync.run_figures import STRIP, Bar

BAR_WIDTH, HEIGHT, LEAST = 6, 22, 4
LONGEST_S = 1000
TROUBLE = frozenset({State.FAILED, State.LATE})


@dataclass(frozen=True, slots=True)
class Stick:
    """A run as a bar, by the logarithm of how long it took. ``state``: the run's status."""

    x: int
    y: int
    height: int
    state: str
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """A stream as the page shows it."""

    now: StreamNow
    sticks: tuple[Stick, ...]
    spoken: str


@explains_bad_scope
def monitor_page(request: HttpRequest) -> HttpResponseBase:
    found = monitor(exceptions_of(person(request)))
    if wants_file(request):
        return as_file(request, "streams", STREAMS, stream_file_rows(found.streams), len(found.streams))
    context: dict[str, Any] = {
        "title": "Monitor",
        "crumbs": [Crumb("Monitor")],
        "monitor": found,
        "exports": [own_file(request, "Streams")] if found.streams else [],
        "dead": tick_is_old(found.tick_at, found.at),
        "sources": [(source, [_row(stream) for stream in source.streams]) for source in found.sources],
        "troubled": sum(stream.state in TROUBLE for stream in found.streams),
        "open": sum(kind.count for kind in found.exceptions),
        "differing": sum(run.differing for run in found.comparisons),
        "rules": {key: rule.title for key, rule in RULES.items()},
        "strip_width": STRIP * BAR_WIDTH,
        "strip_height": HEIGHT + 1,
        "strip_ground": HEIGHT,
    }
    return page(request, "monitor", context)


def _row(stream: StreamNow) -> Row:
    latest = stream.figures.latest
    left = STRIP - len(latest)
    failed = sum(bar.status == SyncRun.Status.FAILED for bar in latest)
    spoken = f"The last {len(latest)} runs, {failed} of them failed" if latest else "No run yet"
    return Row(stream, tuple(_stick(bar, left + place) for place, bar in enumerate(latest)), spoken)


def _stick(bar: Bar, place: int) -> Stick:
    took = bar.took_s or 0.0
    share = log10(1 + min(took, LONGEST_S)) / log10(1 + LONGEST_S)
    height = HEIGHT if bar.status == SyncRun.Status.FAILED else LEAST + round((HEIGHT - LEAST) * share)
    began = f"{day(bar.started_at, 'MMMd')}{bar.started_at: %H:%M:%S} UTC"
    title = f"{began}, {SyncRun.Status(bar.status).label.lower()}"
    if bar.took_s is not None:
        title += f" in {lasting(took)}" if took >= 1 else " in less than a second"
    return Stick(place * BAR_WIDTH, HEIGHT - height, height, bar.status, title)
