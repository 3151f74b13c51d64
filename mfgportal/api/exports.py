"""Lists of the API as files: who asks with ``?format=`` gets all of it at once, up to a limit."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from mfgportal.api.bodies import TooLarge
from mfgportal.api.cursors import Segment, all_rows
from mfgportal.api.errors import NotInstalled
from mfgportal.api.formats import FILES
from mfgportal.exports.answer import About, file_answer
from mfgportal.exports.parquet_file import NoParquet
from mfgportal.exports.table import Column
from mfgportal.figures import Trust
from mfgportal.scope import Selection

FORMAT_PARAMETERS = (
    OpenApiParameter(
        "format",
        str,
        enum=["json", *FILES],
        description="As a file, all rows at once instead of a page; Parquet where pyarrow is installed.",
    ),
    OpenApiParameter("bom", bool, description="CSV with a byte order mark, for Excel."),
)


def file_format(request: Request) -> str:
    """The file the caller wants; "" for JSON."""
    given: str = request.query_params.get("format", "")
    return given if given in FILES else ""


def file_of(
    request: Request, name: str, columns: Sequence[Column], rows: Iterable[Any], about: About
) -> HttpResponseBase:
    """The file the caller asked for. Raises a 501 where Parquet is not installed."""
    bom = request.query_params.get("bom") in {"1", "true"}
    try:
        return file_answer(file_format(request), name, columns, rows, about, bom=bom)
    except NoParquet as missing:
        raise NotInstalled(str(missing)) from missing


def limited(request: Request, segments: Sequence[Segment]) -> Iterator[Any]:
    """All rows of a list, in batches. Raises a 413 where they are more than its format takes."""
    check_size(request, sum(segment.rows.count() for segment in segments))
    return all_rows(segments)


def check_size(request: Request, rows: int) -> None:
    most = settings.EXPORT_MAX_ROWS[file_format(request)]
    if rows > most:
        raise TooLarge(
            f"These are {rows:,} rows; as {file_format(request)} at most {most:,} are given out. "
            "Choose a shorter period or a narrower place."
        )


def about_selection(selection: Selection, given: Trust) -> list[tuple[str, str]]:
    """What the numbers of a selection are of, and how far they can be trusted."""
    complete, period = given.completeness, selection.period
    return [
        ("place", selection.place.name),
        ("level", selection.place.level),
        ("first day", str(period.first)),
        ("last day", str(period.last)),
        ("zone", given.zone or "each plant's own"),
        ("data as of", f"{given.data_as_of:%Y-%m-%d %H:%M} UTC" if given.data_as_of else "never read"),
        ("completeness", f"{complete.share:.4f}"),
        ("source records loaded", str(complete.loaded)),
        ("source records held back", str(complete.held)),
    ]
