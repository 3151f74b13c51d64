"""The sections of the portal, as data: who sees which, and where they lead."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse

from kpis.models import Plant
from mfgportal.accounts.access import Right, exceptions_of, may, person
from mfgportal.accounts.models import User
from mfgportal.alerts.people import told_of
from mfgportal.habits.models import Preference, SavedView
from mfgportal.habits.preferences import preference_of
from mfgportal.habits.views import views_of
from mfgportal.workbench.people import notices_of
from sync.models import SyncException


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the navigation; pages whose address begins with one of ``prefixes`` belong to it.

    ``key``: goes there after a g. ``right``: who lacks it does not see the entry, as the page is not theirs.
    ``plant_page``: the page of one plant that stands for it where a person has a default plant; ``by_plant``:
    it then opens with ``?plant=`` of that.
    """

    title: str
    url_name: str
    icon: str
    prefixes: tuple[str, ...]
    key: str = ""
    right: Right | None = None
    plant_page: str = ""
    by_plant: bool = False

    def url(self, plant: Plant | None) -> str:
        if plant is None or not (self.plant_page or self.by_plant):
            return reverse(self.url_name)
        if self.plant_page:
            return reverse(self.plant_page, args=[plant.pk])
        return f"{reverse(self.url_name)}?plant={plant.pk}"


class Group(NamedTuple):
    """Sections under one word. Of a person who sees one of them only, it is that section."""

    title: str
    icon: str
    sections: tuple[Section, ...]


GROUPS = (
    Group(
        "Production",
        "gauge",
        (
            Section(
                "Production",
                "overview",
                "gauge",
                ("/plants/", "/lines/", "/equipment/", "/events/"),
                key="p",
                plant_page="plant",
            ),
        ),
    ),
    Group(
        "Maintenance",
        "wrench",
        (
            Section("Maintenance", "maintenance", "wrench", ("/maintenance/",), key="m", by_plant=True),
            Section("Reliability", "reliability", "machine", ("/reliability/",), key="r", by_plant=True),
        ),
    ),
    Group(
        "Executive",
        "bars",
        (Section("Executive", "executive", "bars", ("/executive/",), key="e"),),
    ),
    Group(
        "Exceptions",
        "inbox",
        (Section("Exceptions", "exceptions", "inbox", ("/exceptions/",), key="x", by_plant=True),),
    ),
    Group(
        "Data",
        "sync",
        (
            Section("Sync", "sync_runs", "sync", ("/sync/",), key="s"),
            Section("Flows", "flows", "link", ("/flows/",), key="f"),
            Section("Sources", "sources", "plug", ("/sources/",), right=Right.MANAGE_SOURCES),
            Section("Monitor", "monitor", "pulse", ("/monitor/",), key="d"),
            Section("Reconciliation", "reconciliations", "scales", ("/reconciliation/",), key="c"),
        ),
    ),
    Group(
        "Settings",
        "target",
        (
            Section("Targets", "targets", "target", ("/targets/",), key="t"),
            Section("Alert rules", "alert_rules", "bell", ("/alerts/rules/",)),
            Section("Closed periods", "periods", "lock", ("/periods/",)),
            Section("Reports by e-mail", "schedules", "calendar", ("/reports/",)),
            Section("Displays", "displays", "screen", ("/displays/",), right=Right.MANAGE_DISPLAYS),
            Section("Rates", "rates", "scales", ("/rates/",), right=Right.MANAGE_RATES),
            Section("Audit trail", "audit", "lock", ("/audit/",), right=Right.SEE_TRAIL),
            Section("Set-up", "welcome", "check", ("/welcome/",), right=Right.MANAGE_SOURCES),
            Section("Glossary", "glossary", "book", ("/glossary/",), key="k"),
            Section("API", "api_docs", "braces", ("/api/",)),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A section as drawn. ``current``: the value of aria-current, "" for others; ``below``: its prefixes."""

    title: str
    url: str
    icon: str
    current: str
    count: int
    key: str
    below: str


@dataclass(frozen=True, slots=True)
class Menu:
    """A group as drawn: a link where it has one item, else a menu."""

    title: str
    icon: str
    items: list[Item]

    @property
    def single(self) -> Item | None:
        return self.items[0] if len(self.items) == 1 else None

    @property
    def current(self) -> bool:
        return any(item.current for item in self.items)


@dataclass(frozen=True, slots=True)
class Navigation:
    """What the frame of a page shows. ``unread``: of the bell; ``address``: what "save this page" keeps."""

    menus: list[Menu]
    unread: int
    preference: Preference
    views: list[SavedView]
    address: str

    @property
    def items(self) -> list[Item]:
        return [item for menu in self.menus for item in menu.items]


def navigation(request: HttpRequest) -> Navigation:
    """The navigation of a page. Three queries: what is open and unread, preferences, saved views."""
    user = person(request)
    exceptions = exceptions_of(user).filter(status=SyncException.Status.OPEN)
    told = (_count(told_of(user)), _count(notices_of(user)))
    counts = User.objects.filter(pk=user.pk).values_list(_count(exceptions), *told)
    open_count, alerted, noticed = counts.get()
    preference = preference_of(user)
    return Navigation(
        menus=_menus(user, request.path, {"exceptions": open_count}, preference.default_plant),
        unread=alerted + noticed,
        preference=preference,
        views=list(views_of(user)),
        address=request.get_full_path(),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    """Their number, as a column."""
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted), 0)


def _menus(user: User, path: str, counts: dict[str, int], plant: Plant | None) -> list[Menu]:
    """What the person may open; groups without any are left out."""
    found = [
        Menu(
            group.title,
            group.icon,
            [
                _item(section, path, counts.get(section.url_name, 0), plant)
                for section in group.sections
                if section.right is None or may(user, section.right)
            ],
        )
        for group in GROUPS
    ]
    return [menu for menu in found if menu.items]


def _item(section: Section, path: str, count: int, plant: Plant | None) -> Item:
    below = "true" if path.startswith(section.prefixes) else ""
    return Item(
        title=section.title,
        url=section.url(plant),
        icon=section.icon,
        current="page" if path == reverse(section.url_name) else below,
        count=count,
        key=section.key,
        below=" ".join(section.prefixes),
    )
