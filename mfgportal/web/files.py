"""Lists that are no question to the API, as files: the page's own address with ``format=csv`` or ``xlsx``.

All rows of the list are in it, with the page's filters, written the same way in every locale.
"""

from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from mfgportal.exports.csv_file import csv_lines
from mfgportal.exports.table import Column, Row, Table
from mfgportal.exports.xlsx_file import write_xlsx
from mfgportal.scope import BadScope
from mfgportal.web.exports import FORMATS, Export
from mfgportal.web.picker import address

IN_MEMORY = 8 * 1024 * 1024
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def own_file(request: HttpRequest, title: str) -> Export:
    """Links to the list at hand as a file."""
    return Export(title, {name: address(request.GET, format=name.lower()) for name in FORMATS})


def wants_file(request: HttpRequest) -> bool:
    return request.GET.get("format") in TYPES


def as_file(
    request: HttpRequest, name: str, columns: Sequence[Column], rows: Iterable[Row], count: int
) -> HttpResponseBase:
    """The list in the format the address names. Raises BadScope where it is longer than files may be."""
    form = request.GET["format"]
    most: int = settings.EXPORT_MAX_ROWS[form]
    if count > most:
        raise BadScope(
            "format", f"These are {count} rows; as {form} at most {most} are given out. Set a filter."
        )
    about = [(key, value) for key, value in request.GET.items() if isinstance(value, str)]
    table = Table(name, columns, iter(rows), [*about, ("exported", f"{timezone.now():%Y-%m-%d %H:%M} UTC")])
    headers = {"Content-Disposition": f'attachment; filename="mfgportal-{name}.{form}"'}
    if form == "csv":
        return StreamingHttpResponse(csv_lines(table, bom=True), content_type=TYPES[form], headers=headers)
    file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 the answer closes it
    write_xlsx(table, file)
    file.seek(0)
    return FileResponse(file, content_type=TYPES[form], headers=headers)
