"""A file's lines, whatever its format, and what may be wrong with it as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sync.errors import SyncError


class Unreadable(SyncError):
    """A file cannot be read at all. It is queued as a row of its own; other files go on."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a sheet.

    Args:
        number: as people count it, from 1, header and empty rows too.
        cells: values JSON can hold; None where nothing is.
        fault: why it cannot be read.
    """

    number: int
    cells: Sequence[Any]
    fault: str = ""
