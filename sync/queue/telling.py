"""Problems that come from looking over all data, not from rows of one stream: raised stream by stream."""

from collections import defaultdict
from collections.abc import Iterable

from sync.models import Stream
from sync.queue.writer import Problem, raise_all


def raise_each(found: Iterable[tuple[Stream, Problem]]) -> None:
    """Put each problem into the queue under its stream; those of one stream go together."""
    groups: dict[Stream, list[Problem]] = defaultdict(list)
    for stream, problem in found:
        groups[stream].append(problem)
    for stream, group in groups.items():
        raise_all(stream, group)
