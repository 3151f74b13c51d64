"""Lists that are no question to the API, as files: the page's own address with ``format=csv`` or ``xlsx``.

All rows of the list are in it, with the page's filters, written the same way in every locale.
"""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from mfgportal.exports.answer import file_answer
from mfgportal.exports.table import Column, Row
from mfgportal.scope import BadScope
from mfgportal.web.exports import FORMATS, Export
from mfgportal.web.picker import address

OFFERED = frozenset(name.lower() for name in FORMATS)


def own_file(request: HttpRequest, title: str) -> Export:
    """Links to the list at hand as a file."""
    return Export(title, {name: address(request.GET, format=name.lower()) for name in FORMATS})


def wants_file(request: HttpRequest) -> bool:
    return request.GET.get("format") in OFFERED


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
    return file_answer(form, name, columns, rows, about, bom=True)
