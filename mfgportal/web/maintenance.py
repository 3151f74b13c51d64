"""Maintenance: what waits, what is late, what fails, what is missing."""

from django.http import HttpRequest, HttpResponse

from mfgportal.web.page import page


def maintenance(request: HttpRequest) -> HttpResponse:
    return page(request, "maintenance", {"title": "Maintenance"})


def orders(request: HttpRequest) -> HttpResponse:
    return page(request, "maintenance/orders", {"title": "Work orders"})
