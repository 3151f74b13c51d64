"""The report outside of the portal: as a PDF, and as the text and HTML of a mail. Links lead to SITE_URL."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from mfgportal.reports.executive import COSTS, PRODUCTION, SIDE_BY_SIDE, WORK, Executive
from mfgportal.reports.pdf import pdf
from mfgportal.reports.plots import plots
from mfgportal.reports.question import named
from mfgportal.web.picker import span

MOST = 8


def report_context(found: Executive, site: str = "") -> dict[str, Any]:
    """What the report's templates need. ``site``: what its links begin with."""
    money = found.lost is not None
    return {
        "found": found,
        # Where a number opens it is not compared: there, the period before is as many days, not a month.
        "selection": replace(found.question.selection, compare=False),
        "site": site,
        "page_url": f"{site}{reverse('executive')}?{found.question.query}",
        "names": [name for name in SIDE_BY_SIDE if name in found.whole],
        "production": [name for name in PRODUCTION if name in found.whole],
        "work": [name for name in (*WORK, *(COSTS if money else ())) if name in found.whole],
        "plots": plots(found.trends),
        "days": span(found.question.period),
        "days_query": urlencode({"from": found.question.period.first, "to": found.question.period.last}),
        "days_before": span(found.question.before),
        "machines": found.lost.machines[:MOST] if found.lost else (),
        "reasons": found.lost.reasons[:MOST] if found.lost else (),
        "zone": found.trust.zone or "UTC",
    }


def report_pdf(found: Executive) -> bytes:
    """The report to print. Raises PdfUnavailable."""
    return pdf("executive/pdf.html", report_context(found, settings.SITE_URL))


def file_name(found: Executive) -> str:
    """Of letters and digits alone: ``executive-2026-10.pdf``, with the plant's number where it is of one."""
    question = found.question
    plant = f"-plant-{question.place.id}" if question.place.id else ""
    return f"executive-{named(question.first, question.span).lower()}{plant}.pdf"
