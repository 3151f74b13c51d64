"""Reading ahead: the next page is on its way while the last one is landed and loaded."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor

from sync.connectors.base import Page


def ahead(pages: Iterator[Page]) -> Generator[Page]:
    """Yield ``pages`` in their order, one of them read ahead by a thread.

    Errors come when their page would have. Close it (``contextlib.closing``): that waits for the thread, so
    that the connector may be closed after it.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as reader:
        following = reader.submit(next, pages, None)
        while (page := following.result()) is not None:
            following = reader.submit(next, pages, None)
            yield page
