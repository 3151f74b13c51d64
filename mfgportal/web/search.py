"""The global search: a page of answers, and the suggestions under the box."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from mfgportal.accounts.access import person
from mfgportal.search import find
from mfgportal.web.page import Crumb, page

ON_PAGE = 60
SUGGESTED = 8


def search(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    found = find(person(request), query, ON_PAGE)
    context = {
        "title": f"Search: {query}" if query else "Search",
        "crumbs": [Crumb("Search")],
        "query": query,
        "hits": found,
    }
    return page(request, "search", context)


def suggest(request: HttpRequest) -> HttpResponse:
    """The best answers alone, as options of the box."""
    query = request.GET.get("q", "").strip()
    found = find(person(request), query, SUGGESTED)
    return render(request, "search/_suggestions.html", {"query": query, "hits": found})
