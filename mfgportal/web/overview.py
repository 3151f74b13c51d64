"""The enterprise: plants side by side."""

from django.http import HttpRequest, HttpResponse

from mfgportal.web.page import page


def overview(request: HttpRequest) -> HttpResponse:
    return page(request, "overview", {"title": "Overview"})
