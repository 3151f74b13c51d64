"""Pages joined to batches: what a transaction costs whatever its size is paid once for thousands of rows."""

from collections.abc import Iterator
from time import monotonic

from sync.connectors.base import Page

MOST_ROWS = 4000
LONGEST_S = 1.0


def joined(pages: Iterator[Page]) -> Iterator[Page]:
    """Yield the first page at once, and then as many as come within a second, up to some thousand rows.

    What had come before an error is yielded before it.
    """
    held: list[Page] = []
    most, began = 1, monotonic()
    try:
        for page in pages:
            held.append(page)
            if sum(len(one.rows) for one in held) >= most or monotonic() - began >= LONGEST_S:
                yield _one(held)
                held, most, began = [], MOST_ROWS, monotonic()
    except Exception:
        if held:
            yield _one(held)
        raise
    if held:
        yield _one(held)


def _one(pages: list[Page]) -> Page:
    """The pages as one, with the place after the last."""
    if len(pages) == 1:
        return pages[0]
    totals = [page.total for page in pages if page.total is not None]
    return Page(
        [row for page in pages for row in page.rows], pages[-1].cursor, totals[-1] if totals else None
    )
