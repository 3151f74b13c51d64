"""What a page shows can be taken along: its links answer, within what the person may see."""

import csv
import io
import re
from html import unescape

import pytest
from django.test import Client
from pytest_django import Settings

from tests.mfgportal.web.conftest import Floor

LINK = re.compile(r'href="(/api/v1/[^"]*format=(csv|xlsx)[^"]*)"')


def links(client: Client, address: str) -> list[tuple[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return [(unescape(url), kind) for url, kind in LINK.findall(answer.content.decode())]


@pytest.mark.parametrize(
    ("page", "files"),
    [
        ("/", 8),
        ("/plants/{lyon}/", 10),
        ("/lines/{line}/", 8),
        ("/equipment/{press}/", 6),
        ("/equipment/{press}/shifts/2026-11-23/0/", 4),
        ("/equipment/{press}/shifts/2026-11-23/1/", 4),
        ("/exceptions/", 2),
    ],
)
def test_every_link_of_a_page_is_a_file(floor: Floor, of_lyon: Client, page: str, files: int) -> None:
    ids = {"lyon": floor.lyon.pk, "line": floor.line.pk, "press": floor.press.pk}
    found = links(of_lyon, page.format(**ids))
    assert len(found) == files
    for url, kind in found:
        answer = of_lyon.get(url)
        assert answer.status_code == 200, (url, answer.content)
        content = b"".join(answer)
        assert content.startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbf")


def test_a_file_is_of_what_is_on_the_screen(floor: Floor, of_lyon: Client) -> None:
    page = f"/plants/{floor.lyon.pk}/?from=2026-11-23&to=2026-11-23"
    url = next(url for url, kind in links(of_lyon, page) if kind == "csv" and "by=equipment" in url)
    text = b"".join(of_lyon.get(url)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert {row["first_day"] for row in rows} == {"2026-11-23"}
    assert {row["key"] for row in rows} == {"Press 1", "Compressor"}


def test_the_filters_of_the_queue_are_those_of_its_file(floor: Floor, of_lyon: Client) -> None:
    for query, found in (("?kind=unmapped_key", 1), ("?q=tea", 1)):
        url = next(url for url, kind in links(of_lyon, f"/exceptions/{query}") if kind == "csv")
        assert b"".join(of_lyon.get(url)).decode().count("\n") == 1 + found


OWN = re.compile(r'href="(\?[^"]*format=(csv|xlsx)[^"]*)"')


@pytest.mark.parametrize("page", ["/maintenance/orders/?list=all", "/reliability/?period=last_30_days"])
def test_a_list_is_its_own_file_and_the_same_in_every_language(
    floor: Floor, of_lyon: Client, page: str
) -> None:
    german = {"accept-language": "de"}
    found = OWN.findall(of_lyon.get(page, headers=german).content.decode())
    assert [kind for _, kind in found] == ["csv", "xlsx"]
    path = page.partition("?")[0]
    texts = []
    for language in ("de", "en"):
        answer = of_lyon.get(path + unescape(found[0][0]), headers={"accept-language": language})
        texts.append(b"".join(answer).decode("utf-8-sig"))
    assert texts[0] == texts[1]
    assert "Press 1" in texts[0]
    assert "Lathe" not in texts[0], "of another plant"
    assert b"".join(of_lyon.get(path + unescape(found[1][0]))).startswith(b"PK")


def test_a_list_too_long_for_a_file_says_so(floor: Floor, of_lyon: Client, settings: Settings) -> None:
    settings.EXPORT_MAX_ROWS = {"csv": 0, "xlsx": 0}
    answer = of_lyon.get("/maintenance/orders/?list=all&format=csv")
    assert answer.status_code == 400
    assert b"Set a filter" in answer.content


SETTINGS = ("/targets/", "/alerts/?view=history", "/periods/", "/flows/", "/monitor/")


@pytest.mark.parametrize("page", SETTINGS)
def test_lists_of_settings_and_streams_are_files_too(floor: Floor, of_lyon: Client, page: str) -> None:
    path, _, query = page.partition("?")
    for form, begin in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        answer = of_lyon.get(f"{path}?{query}&format={form}")
        assert answer.status_code == 200
        assert b"".join(answer).startswith(begin)
