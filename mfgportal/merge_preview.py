"""What a merge of two rows would move, and where both have something of a sort that one machine has once."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps

from mfgportal.accounts.masks import may_see_costs
from mfgportal.accounts.models import User
from sync.exceptions import Followers, followers
from sync.models import SyncException
from sync.records import Kind

NAMES: Mapping[str, str] = {
    "kpis.Downtime": "stops",
    "kpis.Production": "counts",
    "kpis.Labour": "hours of work",
    "kpis.PartUse": "parts used",
    "kpis.CostEntry": "costs",
    "kpis.PlantRate": "costs of a stopped hour",
    "kpis.Equipment": "machines below it",
    "kpis.CalendarLeave": "days off",
    "kpis.StatusChange": "changes of status",
    "kpis.StockLevel": "stock",
    "sync.Identity": "names in sources",
    "sync.Counterpart": "what other sources say",
    "sync.SyncException": "exceptions",
    "sync.HeldRecord": "records that wait",
    "sync.Verdict": "learned suggestions",
    "sync.Rule": "rules",
}
"""By model, where its own name is not for people."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both have one: ``kept`` holds, and ``dropped`` stays aside with the dropped row. The rows themselves
    are for those who see costs; for others they are empty."""

    what: str
    kept: list[str]
    dropped: list[str]


@dataclass(frozen=True, slots=True)
class MergePreview:
    """``moves``: what → how many rows of it would name the kept row."""

    keep: int
    moves: Mapping[str, int]
    conflicts: list[Conflict]


def merge_previews(user: User, exception: SyncException) -> list[MergePreview]:
    """What would happen, for either of the rows of a double."""
    kind, (one, other) = Kind(exception.context["row"]["kind"]), exception.context["rows"]
    return [_preview(user, kind, keep, drop) for keep, drop in ((one, other), (other, one))]


def _preview(user: User, kind: Kind, keep: int, drop: int) -> MergePreview:
    moves: dict[str, int] = defaultdict(int)
    found = list(followers(kind, drop, keep))
    for each in found:
        moves[_name(each.label)] += len(each.follow)
    conflicts = [_conflict(user, each) for each in found if each.stay]
    return MergePreview(keep, {name: rows for name, rows in moves.items() if rows}, conflicts)


def _conflict(user: User, each: Followers) -> Conflict:
    rows = (each.kept, each.stay) if may_see_costs(user) else ([], [])
    return Conflict(_name(each.label), *([str(row) for row in some] for some in rows))


def _name(label: str) -> str:
    return NAMES.get(label) or str(apps.get_model(label)._meta.verbose_name_plural)
