"""Looking for garbage cycles less often while batches are loaded."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 50)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Let the collector look at tens of thousands of new objects at once, and at old ones hardly ever.

    Rows, records and lines hold no cycles and go when their batch goes. By default it looks at each
    thousand again and again, which takes a third of a worker's time.
    """
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
