"""What a run would do: read and map for real, page by page, each in a transaction that is rolled back.

Nothing is kept: no row, fact, exception, stale mark or place in the source. Only requests are spent.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from django.db import transaction

from sync.connectors.base import Connector, Cursor, Page
from sync.landing import land
from sync.models import HeldRecord, Stream
from sync.poison import load
from sync.reading import ahead
from sync.sources import connect

Start = Callable[[Stream, Connector], Cursor]


@dataclass(slots=True)
class Trial:
    """What would become of the rows. ``causes``: rows held, by the exception's kind and title."""

    read: int = 0
    loaded: int = 0
    unchanged: int = 0
    held: int = 0
    causes: Counter[tuple[str, str]] = field(default_factory=Counter)


def try_stream(stream: Stream, start: Start) -> Trial:
    """Read a stream from ``start`` to the end, without a trace.

    Names that the same run would have brought in an earlier page are unknown to a later one.
    """
    trial = Trial()
    connector = connect(stream.source)
    try:
        connector.verify_schema(stream.name)
        with closing(ahead(connector.read(stream.name, start(stream, connector)))) as pages:
            for page in pages:
                _try_page(trial, stream, connector, page)
    finally:
        connector.close()
    return trial


def _try_page(trial: Trial, stream: Stream, connector: Connector, page: Page) -> None:
    with transaction.atomic():
        landing = land(stream, page.rows, incremental=connector.streams[stream.name].incremental)
        outcome = load(stream, landing.changed)
        trial.read += len(page.rows)
        trial.unchanged += landing.unchanged
        trial.loaded += outcome.loaded
        trial.held += outcome.held
        held = HeldRecord.objects.filter(raw__in=[row.raw_id for row in landing.changed])
        trial.causes.update(held.values_list("exception__kind", "exception__title"))
        transaction.set_rollback(True)
