"""Rows and quantities per stream and month: at the source = landed = loaded + evidence + waiting."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from functools import partial

from sync.connectors.base import Connector, StreamSpec, Tally
from sync.errors import SyncError
from sync.models import Source, Stream
from sync.reconcile.base import (
    Measure,
    NotReady,
    Rule,
    Sides,
    Subject,
    Tolerance,
    Window,
    label,
)
from sync.reconcile.chain import Chain, chains
from sync.reconcile.readiness import sources, why_not
from sync.reconcile.rows_behind import explained
from sync.sources import connect, spec_of

ROWS = "rows"
KEY = "rows"


def measure(window: Window) -> Iterator[Measure]:
    found = sources(window.source)
    if not found:
        raise NotReady("No source is connected.")
    for source in found:
        yield from _of_source(source, window)


def _of_source(source: Source, window: Window) -> Iterator[Measure]:
    with closing(connect(source)) as connector:
        streams = source.streams.filter(enabled=True, reconciliation=KEY).select_related("source")
        for stream in streams.order_by("rank", "name"):
            spec = spec_of(stream)
            if reason := why_not(stream, window.now):
                window.left_out.append(reason)
            elif spec is not None:
                yield from _of_stream(connector, stream, spec, window)


def _of_stream(connector: Connector, stream: Stream, spec: StreamSpec, window: Window) -> Iterator[Measure]:
    try:
        tallies = _tallies(connector, stream, window.months)
    except SyncError as error:
        window.left_out.append(str(error))
        return
    held = chains(stream, spec)
    for tally in tallies:
        period = label(tally.month) if tally.month else ""
        yield from _lines(connector, stream, spec, tally, held.get(period) or Chain())


def _tallies(connector: Connector, stream: Stream, months: Sequence[date]) -> Iterable[Tally]:
    """Where the source does not count, its keys are counted."""
    found = connector.tallies(stream.name, months)
    if found is None:
        return [Tally(None, sum(1 for _ in connector.tally_rows(stream.name, None)))]
    return found


def _lines(
    connector: Connector, stream: Stream, spec: StreamSpec, tally: Tally, chain: Chain
) -> Iterator[Measure]:
    subject = Subject(
        key=f"{stream.source.name}/{stream.name}",
        title=f"{stream.source.title}: {stream.title}",
        stream=stream,
    )
    period = label(tally.month) if tally.month else ""
    explain = partial(explained, connector, stream, spec, tally.month)
    yield Measure(
        subject=subject,
        period=period,
        unit=ROWS,
        sides=row_sides(tally.rows, chain),
        explain=partial(explain, ""),
    )
    for name in spec.summed if tally.month or not spec.dated_by else ():
        sides: Sides = {"source": tally.sums.get(name, 0.0), "landed": chain.sums.get(name, 0.0)}
        yield Measure(subject=subject, period=period, unit=name, sides=sides, explain=partial(explain, name))


def row_sides(at_source: int, chain: Chain) -> Sides:
    """The sides and parts of a line that counts rows."""
    return {
        "source": at_source,
        "landed": chain.landed,
        "accounted": chain.accounted,
        "loaded": chain.loaded,
        "evidence": chain.evidence,
        "held": chain.held,
    }


RULE = Rule(
    key=KEY,
    title="Rows and quantities",
    meaning="What a source counts in a month is what we read, and what we read is loaded, kept as evidence "
    "or waits in the queue. A difference says which link of this chain breaks, and names the rows.",
    subject="stream",
    sides={"source": "At the source", "landed": "Read", "accounted": "Accounted for"},
    parts={"loaded": "Loaded", "evidence": "Evidence only", "held": "Waiting or left out"},
    tolerance=Tolerance(absolute=0.005, relative=1e-6),
    measure=measure,
    months=13,
)
