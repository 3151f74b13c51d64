"""One answer for a whole page and for htmx: the page, or its parts alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the breadcrumbs. The page itself is the last, with no ``url``."""

    title: str
    url: str = ""


def wants_parts(request: HttpRequest) -> bool:
    """Tell whether htmx asks; when it restores history it needs the whole page."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def page(request: HttpRequest, name: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """Render ``<name>/page.html``, or for htmx ``<name>/_parts.html`` alone.

    ``context`` must have ``title``; breadcrumbs are drawn from ``crumbs``.
    """
    parts = f"{name}/_parts.html"
    template = "fragment.html" if wants_parts(request) else f"{name}/page.html"
    response = render(request, template, {**context, "parts": parts}, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response
