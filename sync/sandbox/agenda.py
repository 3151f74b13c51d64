"""What will happen in the factory, in order of time."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count
from typing import Any


class Rank(IntEnum):
    """Order of happenings within one second: what ends goes before what begins."""

    CLOSE = 0
    SCRAP = 1
    FINISH = 2
    CREATE = 3
    OPEN = 4
    CARE = 5


class Agenda:
    """Calls by time. Same additions give the same order, however often `run` is called between."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._number = count()

    def add(self, at: int, rank: Rank, action: Callable[..., None], *args: Any) -> None:
        """Calls `action(at, *args)` when the clock reaches `at` (epoch seconds)."""
        heappush(self._heap, (at, rank.value, next(self._number), action, args))

    def run(self, until: int) -> None:
        heap = self._heap
        while heap and heap[0][0] <= until:
            at, _, _, action, args = heappop(heap)
            action(at, *args)
