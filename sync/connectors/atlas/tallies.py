"""What Atlas itself counts: the total of a search, one request per month. It adds nothing up.

Atlas reads the bounds of a search in its own time zone, so a month's total may be off by the rows near its
edges. The rows behind it are therefore searched with a wide margin and judged by their own time.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta

from sync.connectors.atlas import listing, values
from sync.connectors.atlas.client import AtlasClient
from sync.connectors.atlas.spec import AtlasStream, ChildStream
from sync.connectors.atlas.streams import LISTED
from sync.connectors.base import Counted, Tally
from sync.errors import SourceRefused

SHARE = 0.6
MARGIN = timedelta(days=1)
A_MOMENT = timedelta(milliseconds=1)


def tallies(client: AtlasClient, stream: AtlasStream, months: Sequence[date]) -> list[Tally]:
    dated = months if stream.spec.dated_by else ()
    return [Tally(month, _total(client, stream, month)) for month in (*dated, None)]


def _total(client: AtlasClient, stream: AtlasStream, month: date | None) -> int:
    filters = [] if month is None else _between(stream, *_edges(month))
    return listing.search(client, stream.path, filters, size=1, share=SHARE).total


def rows(client: AtlasClient, stream: AtlasStream, month: date | None) -> Iterator[Counted]:
    spec = stream.spec
    start, end = _edges(month) if month else (None, None)
    filters = _between(stream, start - MARGIN, end + MARGIN) if start and end else []
    for found in listing.pages(client, stream.path, filters):
        for row in found.rows:
            at = values.parsed(row.get(spec.dated_by)) if start and end else None
            if start is None or end is None or (at is not None and start <= at < end):
                yield Counted(f"{spec.model}/{row['id']}")


def _edges(month: date) -> tuple[datetime, datetime]:
    after = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return datetime(month.year, month.month, 1, tzinfo=UTC), datetime(after.year, after.month, 1, tzinfo=UTC)


def _between(stream: AtlasStream, start: datetime, end: datetime) -> list[listing.Filter]:
    return listing.between(stream.spec.dated_by, start, end - A_MOMENT)


def few_parents(client: AtlasClient, stream: ChildStream, most: int) -> None:
    """Raise ``SourceRefused`` where looking up all parents would eat the request budget."""
    parents = listing.search(client, LISTED[stream.parent].path, size=1, share=SHARE).total
    if parents > most:
        raise SourceRefused(
            f"Atlas lists {stream.spec.title.lower()} by parent only, and there are {parents}: each would "
            f"take a request. The option most_lookups ({most}) says how many may be taken."
        )
