"""The canonical rows a key of a source can be mapped to, within what the person may see."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from kpis.models import Reason, WorkOrder
from mfgportal.accounts.access import equipment_of, lines_of, plants_of
from mfgportal.accounts.models import User
from sync.exceptions import suggestions
from sync.identities import CANONICAL, Suggestion
from sync.models import SyncException
from sync.records import Kind


@dataclass(frozen=True, slots=True)
class Target:
    """A row a key may be mapped to."""

    id: int
    name: str
    code: str


def mapped_kind(exception: SyncException) -> str:
    """The kind of row an unknown key stands for; empty for exceptions of other kinds."""
    return str(exception.context.get("ref", {}).get("kind", ""))


def targets_of(user: User, kind: str) -> QuerySet[Any]:
    """Rows of a record kind the person may map to; none for a kind that is not mapped."""
    if kind in {Kind.PLANT, Kind.LINE, Kind.EQUIPMENT}:
        scoped: dict[str, QuerySet[Any]] = {
            Kind.PLANT: plants_of(user),
            Kind.LINE: lines_of(user),
            Kind.EQUIPMENT: equipment_of(user),
        }
        return scoped[kind]
    if kind == Kind.WORK_ORDER:
        return WorkOrder.objects.filter(Q(equipment__in=equipment_of(user)) | Q(equipment=None))
    if kind not in CANONICAL:
        return Reason.objects.none()
    return CANONICAL[Kind(kind)]._default_manager.all()


def find_targets(user: User, kind: str, text: str, *, limit: int = 20) -> list[Target]:
    """Rows whose name or code contains the text, by name."""
    name, code = ("title", "number") if kind == Kind.WORK_ORDER else ("name", "code")
    rows = targets_of(user, kind).filter(Q((f"{name}__icontains", text)) | Q((f"{code}__icontains", text)))
    return [Target(*row) for row in rows.order_by(name, "id").values_list("id", name, code)[:limit]]


def suggested(user: User, exception: SyncException) -> list[Suggestion]:
    """Suggestions for an unmapped key, without those of plants the person may not see."""
    found = suggestions(exception)
    ids = [suggestion.canonical_id for suggestion in found]
    rows = targets_of(user, mapped_kind(exception))
    seen = set(rows.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return [suggestion for suggestion in found if suggestion.canonical_id in seen]
