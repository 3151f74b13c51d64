"""A screen on the shop floor: read-only, by the key in its address, without log-in or session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kpis.models import Line
from mfgportal.displays.board import board, lines_of
from mfgportal.displays.keys import KeyOver, find
from mfgportal.displays.models import Display
from mfgportal.displays.throttles import Screens, WrongKeys
from mfgportal.web.format import roughly
from sync.freshness import Freshness

EVERY_S = 15
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """What comes next: the address to ask for after so many seconds. ``place``: "2 of 5", "" for one."""

    next: str
    every_s: int
    place: str


@login_not_required
@require_safe
def tv(request: HttpRequest, key: str) -> HttpResponse:
    if not Screens().allows(request):
        return _said(request, "Too many requests", "It goes on within a minute.", 429)
    try:
        display = find(key)
    except KeyOver as over:
        return _said(
            request, "This display is off", f"{over} Ask the plant’s manager for a new address.", 410
        )
    except Http404:
        if not WrongKeys().allows(request):
            return _said(request, "Too many requests", "It goes on within a minute.", 429)
        return _said(request, "No such display", "The address is not complete, or was never made.", 404)
    line, turn = _turn(display, request.GET.get("at", ""))
    now = timezone.now()
    found = board(display, line, now)
    age = _age(found.freshness, now)
    context: dict[str, Any] = {"display": display, "board": found, "turn": turn, "age": age}
    return _answer(request, "tv/page.html", context)


def _turn(display: Display, at: str) -> tuple[Line | None, Turn]:
    """The line to show now, and where to go on. An address that names no place begins anew."""
    lines = lines_of(display) if display.rotate_s and display.line is None else []
    if not lines:
        return display.line, Turn("?", EVERY_S, "")
    place = int(at) % len(lines) if at.isdecimal() and len(at) < 5 else 0
    turn = Turn(f"?at={(place + 1) % len(lines)}", display.rotate_s, f"{place + 1} of {len(lines)}")
    return lines[place], turn


@dataclass(frozen=True, slots=True)
class Age:
    """How old the data is, in words; ``stale``: older than its streams allow, or never read."""

    text: str
    stale: bool


def _age(freshness: Freshness, now: datetime) -> Age:
    if freshness.data_as_of is None:
        return Age("never read", stale=True)
    old = max((now - freshness.data_as_of).total_seconds(), 0.0)
    return Age(f"{roughly(old)} old", stale=bool(freshness.late))


def _said(request: HttpRequest, title: str, text: str, status: int) -> HttpResponse:
    return _answer(request, "tv/said.html", {"title": title, "text": text}, status)


def _answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The key is in the address, which must reach neither another site, nor a cache, nor a search engine."""
    response = render(request, template, context, status=status)
    for name, value in HEADERS.items():
        response[name] = value
    return response
