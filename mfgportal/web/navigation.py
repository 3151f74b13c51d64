"""The sections of the portal, as data."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from mfgportal.accounts.access import exceptions_of, person
from sync.models import SyncException


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the main navigation; pages whose address begins with one of ``prefixes`` belong to it."""

    title: str
    url_name: str
    icon: str
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A section as drawn. ``current``: the value of aria-current, "" for other sections."""

    title: str
    url: str
    icon: str
    current: str
    count: int


SECTIONS = (
    Section("Overview", "overview", "gauge", ("/plants/", "/lines/", "/equipment/", "/events/")),
    Section("Exceptions", "exceptions", "inbox", ("/exceptions/",)),
    Section("Sync", "sync_runs", "sync", ("/sync/", "/sources/", "/flows/")),
    Section("Monitor", "monitor", "pulse", ("/monitor/",)),
    Section("Reconciliation", "reconciliations", "scales", ("/reconciliation/",)),
    Section("Glossary", "glossary", "book", ("/glossary/",)),
    Section("API", "api_docs", "braces", ("/api/",)),
)


def items(request: HttpRequest) -> list[Item]:
    """The navigation of a page. One query: the open exceptions of the person's plants."""
    open_count = exceptions_of(person(request)).filter(status=SyncException.Status.OPEN).count()
    return [_item(section, request.path, open_count) for section in SECTIONS]


def _item(section: Section, path: str, open_count: int) -> Item:
    url = reverse(section.url_name)
    below = "true" if path.startswith(section.prefixes) else ""
    return Item(
        title=section.title,
        url=url,
        icon=section.icon,
        current="page" if path == url else below,
        count=open_count if section.url_name == "exceptions" else 0,
    )
