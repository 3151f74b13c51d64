"""Keyboard shortcuts: one list, from which the help sheet is drawn and which the script reads off that sheet.

To give a page a key: mark the button, link or field with ``data-shortcut="name"`` and, if no line below has
that name yet, add one. The key then clicks the mark (a field is focused): within the current row where that
has one, else the first on the page. It does nothing, and is not in the sheet, where no element has the mark.
Rows that j and k walk are those of ``[data-rows]``, else the table rows of the page that hold a link; x ticks
the current row's checkbox. Keys are single characters, or "g" and a second one.
"""

from dataclasses import dataclass

from mfgportal.web.navigation import Navigation


@dataclass(frozen=True, slots=True)
class Shortcut:
    """``does``: the mark it works on, or one of the four of rows; ``url``: where it goes instead."""

    keys: str
    title: str
    does: str = ""
    url: str = ""

    @property
    def presses(self) -> list[str]:
        """The keys to press, one after the other."""
        return self.keys.split(" ")


@dataclass(frozen=True, slots=True)
class Sheet:
    title: str
    shortcuts: tuple[Shortcut, ...]


EVERYWHERE = Sheet(
    "Everywhere",
    (
        Shortcut("?", "This list", does="help"),
        Shortcut("/", "Search", does="search"),
        Shortcut("v", "Saved views", does="views"),
        Shortcut("b", "Save this page as a view", does="save-view"),
        Shortcut("t", "Light or dark", does="theme"),
    ),
)
PERIODS = Sheet(
    "Period",
    (
        Shortcut("[", "Earlier period", does="earlier"),
        Shortcut("]", "Later period", does="later"),
    ),
)
LISTS = Sheet(
    "Lists",
    (
        Shortcut("j", "Next row", does="next-row"),
        Shortcut("k", "Previous row", does="previous-row"),
        Shortcut("o", "Open the row, as Enter does", does="open-row"),
        Shortcut("x", "Tick the row", does="tick-row"),
    ),
)
EXCEPTIONS = Sheet(
    "Exceptions",
    (
        Shortcut("a", "Assign", does="assign"),
        Shortcut("s", "Snooze", does="snooze"),
        Shortcut("e", "Resolve", does="resolve"),
    ),
)


def sheets(navigation: Navigation) -> list[Sheet]:
    """All shortcuts of a person: those of the pages they may open, and those of what is on a page."""
    start = Shortcut("g o", "Your start page", url="/start/")
    places = (Shortcut(f"g {item.key}", item.title, url=item.url) for item in navigation.items if item.key)
    return [EVERYWHERE, Sheet("Go to", (start, *places)), PERIODS, LISTS, EXCEPTIONS]
