"""HTML to PDF by WeasyPrint, which reads nothing but our own static files."""

from mimetypes import guess_type
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

BASE = "https://static.invalid/"
"""What relative addresses of the document stand on. ``.invalid`` resolves nowhere."""
HOW = (
    "The PDF needs the system library Pango 1.44 or newer. On Debian and Ubuntu: apt-get install "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
)


class PdfUnavailable(Exception):
    """The library that sets type is not installed; the message names the package."""


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """Render a template as a tagged PDF. Raises PdfUnavailable."""
    try:
        from weasyprint import HTML  # only here: without Pango the import itself fails, and it takes a second
        from weasyprint.urls import URLFetcherResponse
    except OSError as error:
        raise PdfUnavailable(f"{HOW} ({error})"[:600]) from error

    def fetch(url: str, *_: Any, **__: Any) -> Any:
        path = static_file(url)
        return URLFetcherResponse(
            url, path.read_bytes(), {"Content-Type": guess_type(path)[0] or "text/plain"}
        )

    document = HTML(string=render_to_string(template, context), base_url=BASE, url_fetcher=fetch)
    made: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
    return made


class Refused(ValueError):
    """A document asked for something that is no static file of ours."""


def static_file(url: str) -> Path:
    """The path of a static file by an address that stands on ``BASE``. Raises Refused."""
    parts = urlsplit(url)
    found = finders.find(unquote(parts.path).lstrip("/")) if url.startswith(BASE) else None
    if not isinstance(found, str):
        raise Refused(f"{url} is no static file of the portal")
    return Path(found)
