"""The audit trail as it is read: who changed what, when, from what to what, in which request."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from auditlog.models import LogEntry
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from mfgportal.accounts.access import Right, require
from mfgportal.accounts.audit import COMMAND_LINE, label_of, sides, text
from mfgportal.accounts.models import User

ACTIONS = {
    LogEntry.Action.CREATE: "created",
    LogEntry.Action.UPDATE: "changed",
    LogEntry.Action.DELETE: "deleted",
}
FIELDS = (
    "id",
    "timestamp",
    "action",
    "content_type_id",
    "object_pk",
    "object_repr",
    "changes",
    "additional_data",
    "cid",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the trail is wanted; "" and None: all. ``what``: a key of ``things``. Days are in UTC."""

    by: str = ""
    what: str = ""
    first: date | None = None
    last: date | None = None
    trace: str = ""
    text: str = ""


def things() -> dict[str, str]:
    """What is in the trail, by model, with its name for people."""
    models = [str(each["model"]) for each in settings.AUDITLOG_INCLUDE_TRACKING_MODELS]
    named = {model.lower(): _words(model.partition(".")[2]) for model in models}
    return dict(sorted(named.items(), key=lambda each: each[1]))


def trail(user: User, asked: Asked) -> QuerySet[Any, dict[str, Any]]:
    """The entries, newest first. They are of all plants: a key for some plants reads none."""
    require(user, Right.SEE_TRAIL)
    rows = LogEntry.objects.filter(_wanted(asked)) if user.sees_all_plants else LogEntry.objects.none()
    found: QuerySet[Any, dict[str, Any]] = rows.order_by("-timestamp", "-id").values(*FIELDS)
    return found


def _wanted(asked: Asked) -> Q:
    wanted = Q()
    if asked.by == COMMAND_LINE:
        wanted &= Q(additional_data__by=None)
    elif asked.by:
        wanted &= Q(additional_data__by=asked.by)
    if asked.what:
        app, _, model = asked.what.partition(".")
        wanted &= Q(content_type__app_label=app, content_type__model=model)
    if asked.first:
        wanted &= Q(timestamp__gte=_midnight(asked.first))
    if asked.last:
        wanted &= Q(timestamp__lt=_midnight(asked.last) + timedelta(days=1))
    if asked.trace:
        wanted &= Q(cid=asked.trace)
    if asked.text:
        wanted &= Q(object_repr__icontains=asked.text)
    return wanted


def shown(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries for people and programs. Content types are cached by the process."""
    titles = things()
    return [_shown(row, titles) for row in rows]


def lines(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A line per changed field, for files."""
    for row in rows:
        for change in row["changes"] or [{"field": "", "before": "", "after": ""}]:
            yield {**row, **change}


def _shown(row: dict[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    model = ContentType.objects.get_for_id(row["content_type_id"])
    what = f"{model.app_label}.{model.model}"
    return {
        "id": row["id"],
        "at": row["timestamp"],
        "by": (row["additional_data"] or {}).get("by") or COMMAND_LINE,
        "action": ACTIONS.get(row["action"], "read"),
        "what": what,
        "title": titles.get(what, model.model),
        "thing": row["object_repr"],
        "thing_id": row["object_pk"],
        "changes": list(_changes(row["changes"])),
        "trace_id": row["cid"] or "",
    }


def _changes(changes: Any) -> Iterator[dict[str, str]]:
    for field, change in sorted((changes or {}).items()):
        before, after = (text(side) for side in sides(change))
        if before or after:
            yield {"field": label_of(field), "before": before, "after": after}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _words(name: str) -> str:
    return re.sub("(?<=.)(?=[A-Z])", " ", name).capitalize()
