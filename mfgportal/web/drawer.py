"""What opens in place, in a dialog over the page, and without scripts as a page of its own."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from mfgportal.web.page import page

BODY = "drawer-body"
"""Id of the element of the dialog that the answer is put into."""


def drawer(request: HttpRequest, name: str, context: Mapping[str, Any]) -> HttpResponse:
    """Render ``<name>/_drawer.html`` for the dialog, else as ``page`` does."""
    if request.headers.get("HX-Target") != BODY:
        response = page(request, name, context)
    else:
        response = render(request, f"{name}/_drawer.html", context)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response
