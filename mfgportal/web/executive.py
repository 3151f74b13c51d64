"""The executive page: a month or quarter of all plants, or of one; the same as a PDF."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from kpis.buckets import bucket_start, later_start
from mfgportal.accounts.access import person, plants_of
from mfgportal.figures import held_back
from mfgportal.reports.executive import Executive, executive
from mfgportal.reports.letter import file_name, report_context, report_pdf
from mfgportal.reports.pdf import PdfUnavailable
from mfgportal.reports.question import CURRENT, Question, Span, ask, named, title
from mfgportal.scope import enterprise_of
from mfgportal.web.dashboard import explains_bad_scope
from mfgportal.web.exports import exports
from mfgportal.web.page import Crumb, page
from mfgportal.web.picker import Choice, span
from sync.completeness import HeldBy

SPANS: tuple[tuple[Span, str], ...] = (("month", "Month"), ("quarter", "Quarter"))


@dataclass(frozen=True, slots=True)
class Turning:
    """Where to go from a report. ``later``: "" where nothing is later. ``plants`` empty: there is one."""

    spans: list[Choice]
    plants: list[Choice]
    earlier: str
    later: str
    running: Choice
    days: str
    before: str


@explains_bad_scope
def executive_page(request: HttpRequest) -> HttpResponse:
    if not enterprise_of(request).plants:
        return page(request, "executive", {"title": "Executive report", "crumbs": [Crumb("Executive")]})
    question = ask(request.GET.dict(), person(request))
    found = executive(question)
    context: dict[str, Any] = {
        **report_context(found),
        "title": f"Executive report, {found.title}",
        "crumbs": [Crumb("Executive"), Crumb(found.title)],
        "turning": _turning(question),
        "held": _held(found),
        "exports": exports(question.selection, list(found.whole), ["plant"]),
        "pdf_url": f"{reverse('executive_pdf')}?{question.query}",
        "schedule_url": f"{reverse('schedule_add')}?{_kept(request)}",
    }
    return page(request, "executive", context)


@explains_bad_scope
def executive_pdf(request: HttpRequest) -> HttpResponse:
    """The same page to print or to keep. 503 with the name of the package where type cannot be set."""
    if not enterprise_of(request).plants:
        raise Http404
    found = executive(ask(request.GET.dict(), person(request)))
    try:
        made = report_pdf(found)
    except PdfUnavailable as missing:
        context = {"title": "The PDF cannot be made", "crumbs": [Crumb("Executive")], "missing": str(missing)}
        return page(request, "executive/no_pdf", context, status=503)
    headers = {"Content-Disposition": f'inline; filename="{file_name(found)}"', "Cache-Control": "private"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _held(found: Executive) -> list[HeldBy]:
    return held_back(found.question.selection) if found.trust.completeness.held else []


def _kept(request: HttpRequest) -> str:
    """The filters of the address, for the form of a schedule."""
    names = ("period", "of", "plant")
    return urlencode({name: value for name in names if (value := request.GET.get(name))})


def _turning(question: Question) -> Turning:
    here = bucket_start(question.today, question.span)
    later = later_start(question.first, question.span)
    earlier = later_start(question.first, question.span, -1)
    return Turning(
        spans=[
            Choice(name, f"?{question.query_of(_same(question, kind), kind)}", kind == question.span)
            for kind, name in SPANS
        ],
        plants=_plants(question),
        earlier=f"?{question.query_of(named(earlier, question.span))}",
        later=f"?{question.query_of(named(later, question.span))}" if later <= here else "",
        running=Choice(
            f"{title(here, question.span)} so far",
            f"?{question.query_of(CURRENT)}",
            question.first == here,
        ),
        days=span(question.period),
        before=span(question.before),
    )


def _same(question: Question, kind: Span) -> str:
    """The month or quarter that the days at hand end in."""
    first = bucket_start(question.period.last, kind)
    return named(first, kind)


def _plants(question: Question) -> list[Choice]:
    """All plants, then each; nothing where the person has one."""
    known = list(plants_of(question.user))
    if len(known) < 2:
        return []
    of = named(question.first, question.span)
    whole = urlencode({"period": question.span, "of": of})
    return [
        Choice("All plants", f"?{whole}", question.place.id is None),
        *(Choice(each.name, f"?{whole}&plant={each.pk}", question.place.id == each.pk) for each in known),
    ]
