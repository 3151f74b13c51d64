"""Pages of a machine that was merged into another lead to that one: kept views and mails stay good."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from kpis.models import Equipment
from sync.exceptions import kept_instead
from sync.records import Kind


def instead_of(request: HttpRequest, machine: Equipment) -> HttpResponse | None:
    """To the same page of the machine that stands for it; None where it stands for itself."""
    match = request.resolver_match
    kept = kept_instead(Kind.EQUIPMENT, machine.pk) if machine.gone_at else None
    if kept is None or match is None:
        return None
    url = reverse(match.view_name, kwargs=match.kwargs | {"pk": kept})
    query = request.GET.urlencode()
    return redirect(f"{url}?{query}" if query else url)
