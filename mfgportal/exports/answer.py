"""A list as the answer to a request: the file itself, in the format asked for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from mfgportal.exports.csv_file import csv_lines
from mfgportal.exports.parquet_file import write_parquet
from mfgportal.exports.table import Column, Table
from mfgportal.exports.xlsx_file import write_xlsx

IN_MEMORY = 8 * 1024 * 1024
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
WRITERS: Mapping[str, Callable[[Table, IO[bytes]], None]] = {"xlsx": write_xlsx, "parquet": write_parquet}
About = Sequence[tuple[str, str]]


def file_answer(
    form: str, name: str, columns: Sequence[Column], rows: Iterable[Any], about: About, *, bom: bool
) -> HttpResponseBase:
    """The file in a format of ``TYPES``; ``bom``: a CSV begins with a byte order mark.

    Raises NoParquet where Parquet is not installed.
    """
    table = Table(name, columns, iter(rows), [*about, ("exported", f"{timezone.now():%Y-%m-%d %H:%M} UTC")])
    headers = {"Content-Disposition": f'attachment; filename="mfgportal-{name}.{form}"'}
    if form == "csv":
        return StreamingHttpResponse(csv_lines(table, bom=bom), content_type=TYPES[form], headers=headers)
    with ExitStack() as opened:
        file = opened.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))
        WRITERS[form](table, file)
        opened.pop_all()  # the answer closes it
    file.seek(0)
    return FileResponse(file, content_type=TYPES[form], headers=headers)
