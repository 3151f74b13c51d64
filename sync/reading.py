"""Reading ahead: the next page is on its way while the last one is landed and loaded."""

import sys
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
SWITCH_S = 0.0005


def ahead(pages: Iterator[T]) -> Generator[T]:
    """Yield ``pages`` in their order, one of them read ahead by a thread.

    Errors come when their page would have. Close it (``contextlib.closing``): that waits for the thread, so
    that the connector may be closed after it.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="read-ahead") as reader, _taking_turns():
        following = reader.submit(next, pages, None)
        while (page := following.result()) is not None:
            following = reader.submit(next, pages, None)
            yield page


@contextmanager
def _taking_turns() -> Iterator[None]:
    """Let who loads go on soon after each answer of PostgreSQL: by default the thread would keep it waiting
    for 5 ms each time, which is longer than most statements take."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
