"""The sections of the portal, as data."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse

from mfgportal.accounts.access import exceptions_of, person
from mfgportal.accounts.models import User
from mfgportal.alerts.people import told_of
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
    Section("Overview", "overview", "gauge", ("/plants/", "/lines/", "/equipment/", "/events/", "/periods/")),
    Section("Reliability", "reliability", "machine", ("/reliability/",)),
    Section("Exceptions", "exceptions", "inbox", ("/exceptions/",)),
    Section("Sync", "sync_runs", "sync", ("/sync/", "/sources/", "/flows/")),
    Section("Monitor", "monitor", "pulse", ("/monitor/",)),
    Section("Reconciliation", "reconciliations", "scales", ("/reconciliation/",)),
    Section("Targets", "targets", "target", ("/targets/",)),
    Section("Glossary", "glossary", "book", ("/glossary/",)),
    Section("API", "api_docs", "braces", ("/api/",)),
)


@dataclass(frozen=True, slots=True)
class Navigation:
    """Sections, and the unread messages that the bell shows."""

    items: list[Item]
    unread: int


def navigation(request: HttpRequest) -> Navigation:
    """The navigation of a page. One query: the open exceptions of the person's plants, and the messages."""
    user = person(request)
    exceptions = exceptions_of(user).filter(status=SyncException.Status.OPEN)
    counts = User.objects.filter(pk=user.pk).values_list(_count(exceptions), _count(told_of(user)))
    open_count, unread = counts.get()
    return Navigation([_item(section, request.path, open_count) for section in SECTIONS], unread)


def _count(rows: QuerySet[Any]) -> Coalesce:
    """Their number, as a column."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted), 0)


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
