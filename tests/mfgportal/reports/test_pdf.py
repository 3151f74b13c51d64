"""The executive page and its PDF, opened and read; nothing is fetched from anywhere."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from kpis.models import ClosedPeriod, Equipment, PlantRate, PublishedValue, Target
from kpis.rollup import rebuild
from kpis.work.rollup import rebuild as rebuild_work
from mfgportal.accounts.models import Role, User
from mfgportal.reports.pdf import Refused, static_file
from tests.mfgportal.queue import LogIn
from tests.mfgportal.web.conftest import EVIL, NOW, Counted, Floor

HOUR_OF_STOP = 400


@pytest.fixture
def priced(floor: Floor) -> Floor:
    """Lyon's stops have a price, its OEE a target, and its press a name that a source made up."""
    Equipment.objects.filter(pk=floor.press.pk).update(name=EVIL)
    day = NOW.date().replace(month=1, day=1)
    PlantRate.objects.create(plant=floor.lyon, valid_from=day, per_hour=HOUR_OF_STOP)
    Target.objects.create(kpi="oee", plant=floor.lyon, valid_from=day, value=0.8)
    rebuild(NOW)
    rebuild_work()
    return floor


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "application/pdf"
    reader = PdfReader(BytesIO(answer.content))
    assert reader.metadata is not None
    assert reader.metadata.title == "Executive report, November 2026"
    assert all(page.mediabox.width < page.mediabox.height for page in reader.pages)  # A4, upright
    return "\n".join(page.extract_text() for page in reader.pages)


def test_the_pdf_says_what_the_page_says(priced: Floor, everyone: Client) -> None:
    shown = everyone.get("/executive/?of=current").content.decode()
    paper = text_of(everyone, "/executive.pdf?of=current")
    for part in (
        "Unplanned stops cost",
        "Plants side by side",
        "Biggest losses in money",
        "Reliability growth",
    ):
        assert part in shown
        assert part in paper
    assert "400.00 EUR" in paper  # an hour down, of Monday's early shift
    assert "Page 1 of " in paper
    assert "1 – 23 Nov 2026" in paper
    assert "data as of 24 Nov 2026, 10:00 UTC" in paper
    assert EVIL not in shown  # what a source wrote is text, on both
    assert EVIL in paper.replace("\n", "")


def test_scope_and_costs_are_the_readers(priced: Floor, of_lyon: Client, as_user: LogIn) -> None:
    assert "Pune" not in text_of(of_lyon, "/executive.pdf?of=current")
    assert of_lyon.get(f"/executive/?plant={priced.pune.pk}").status_code == 404
    without_costs = as_user(User.objects.create_user("it", role=Role.INTEGRATOR))
    shown = without_costs.get("/executive/?of=current").content.decode()
    assert "Costs are not shown to your role" in shown
    assert "EUR" not in shown


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 200),
        ("?period=quarter&of=2026-Q3", 200),
        ("?period=quarter", 200),
        ("?of=2026-13", 400),
        ("?of=2027-01", 400),
        ("?period=quarter&of=2026-10", 400),
        ("?period=week", 400),
        ("?plant=x", 400),
        ("?plant=999999", 404),
    ],
)
def test_addresses(floor: Floor, everyone: Client, query: str, status: int) -> None:
    assert everyone.get(f"/executive/{query}").status_code == status


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/app.css",
        "file:///etc/passwd",
        "https://static.invalid.example.com/app.css",
        "https://static.invalid/nothing.css",
    ],
)
def test_nothing_but_our_static_files_is_read(url: str) -> None:
    with pytest.raises(Refused):
        static_file(url)
    assert static_file("https://static.invalid/app.css").name == "app.css"


def test_queries_of_the_page(floor: Floor, everyone: Client, counted: Counted) -> None:
    counted("executive", everyone, "/executive/?of=current")


def test_a_restated_month_shows_what_was_published(floor: Floor, as_user: LogIn) -> None:
    with time_machine.travel(NOW + timedelta(days=14), tick=False):
        month = ClosedPeriod.objects.create(
            plant=floor.lyon, month=NOW.date().replace(day=1), closed_at=NOW, by="anna", completeness=1
        )
        PublishedValue.objects.create(period=month, kpi="oee", value=0.9)
        client = as_user(User.objects.create_user("later", role=Role.EXECUTIVE))
        for url in ("/executive/?of=2026-11", "/executive/?period=quarter&of=2026-Q4"):
            shown = client.get(url).content.decode()
            assert "published as 90.0 %, is " in shown  # in words
            assert "Restated since it was published" in shown
            assert '<span class="sub">restated</span>' in shown  # in the table of the trend
            assert ('class="was"' in shown) == ("quarter" not in url)


ENGLISH_FIGURE = re.compile(r"\d\.\d\s?(?:%|h\b)|\d,\d{3}\s|\b20\d\d-\d\d-\d\d\b")


@pytest.mark.parametrize("language", ["de", "fr", "es"])
def test_page_and_paper_write_figures_and_days_as_the_reader_does(
    priced: Floor, everyone: Client, language: str
) -> None:
    asked = {"accept-language": language}
    page = everyone.get("/executive/?of=current", headers=asked).content.decode()
    body = re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")])
    assert ENGLISH_FIGURE.findall(body) == []
    assert re.search(r"\d,\d\s%", body)
    if language == "de":  # one is enough: setting the type takes a second or two
        paper = everyone.get("/executive.pdf?of=current", headers=asked).content
        text = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(paper)).pages)
        assert ENGLISH_FIGURE.findall(text) == []
        assert "Nov. 2026" in text
