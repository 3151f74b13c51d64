"""Who changed which flow, source or ownership, and from what to what. What a sync writes is no part of it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from auditlog.context import auditlog_value, set_extra_data
from auditlog.middleware import AuditlogMiddleware
from auditlog.models import LogEntry
from celery import current_task
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from mfgportal.accounts.models import User

COMMAND_LINE = "command line"
HIDDEN = "(not shown)"
COMMAND = uuid4().hex
"""The trace id of this process."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a thing that was changed."""

    at: datetime
    by: str
    thing: str
    field: str
    before: str
    after: str


class Trail(AuditlogMiddleware):  # type: ignore[misc]  # comes without types
    """Notes the signed-in person as the author of what a request changes."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE:
            return self.get_response(request)  # type: ignore[no-any-return]
        return super().__call__(request)  # type: ignore[no-any-return]

    def get_extra_data(self, request: HttpRequest) -> dict[str, Any]:
        """All that one request changes has one trace id, made here: a client's own could be forged."""
        return {"cid": uuid4().hex} | _author(request.user if isinstance(request.user, User) else None)


def signed_by(user: User) -> None:
    """Note the author where the middleware cannot know: a token is read only by the API."""
    auditlog_value.get({}).update(_author(user))


def acting(user: User) -> AbstractContextManager[None]:
    """Outside of requests, as in a worker: what is changed within is this person's doing."""
    found: AbstractContextManager[None] = set_extra_data({"cid": trace_id()} | _author(user))
    return found


def _author(user: User | None) -> dict[str, Any]:
    """The name is kept apart from the account, which may be deleted one day."""
    return {"actor": user, "additional_data": {"by": user.username} if user else None}


def trace_id() -> str:
    """Of what no request changes: the task's, or the command's."""
    task = current_task
    return str(task.request.id) if task and task.request.id else COMMAND


def hidden(value: str) -> str:
    """What the log keeps of a secret: that it was changed."""
    return HIDDEN if value and value != "None" else ""


def changes_of(things: QuerySet[Any], most: int = 50) -> list[Change]:
    """The latest changes of things of one model, newest first. Two queries."""
    entries = LogEntry.objects.get_for_objects(things).order_by("-timestamp", "-id")[:most]
    return [change for entry in entries for change in _changes(entry)]


def _changes(entry: Any) -> Iterator[Change]:
    by = (entry.additional_data or {}).get("by") or COMMAND_LINE
    if entry.action == LogEntry.Action.CREATE:
        yield Change(entry.timestamp, by, entry.object_repr, "created", "", "")
        return
    for field, change in sorted(entry.changes_dict.items()):
        before, after = sides(change)
        yield Change(entry.timestamp, by, entry.object_repr, label_of(field), text(before), text(after))


def sides(change: Any) -> tuple[Any, Any]:
    """Before and after; of a list of things, those that went and those that came."""
    if not isinstance(change, dict):
        before, after = change
        return before, after
    things = ", ".join(change["objects"])
    return ("", things) if change["operation"] == "add" else (things, "")


def text(value: Any) -> str:
    return "" if value is None or value == "None" else str(value)


def label_of(field: str) -> str:
    """A column as people call it."""
    return LABELS.get(field, field.replace("_", " ").capitalize())


LABELS = {
    "every_s": "Read every (s)",
    "refresh_every_s": "Read all every (s)",
    "acceptable_delay_s": "Acceptable delay (s)",
    "reconciliation": "Reconciliation rule",
    "enabled": "Read at all",
    "api_key": "API key",
    "url": "Address",
    "is_active": "May log in",
    "all_plants": "All plants of the owner",
}
