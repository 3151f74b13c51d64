"""What can be done to many exceptions at once, as a registry: whom it skips, what it does, and undo."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from kpis.models import Equipment
from mfgportal.accounts.models import User
from mfgportal.locales import moment
from mfgportal.mapping_targets import mapped_kind, suggested, targets_of
from mfgportal.workbench.acts import assign, care_of, snooze
from mfgportal.workbench.people import RESOLVERS
from sync.exceptions import KINDS, NotAllowed, Resolution, decide, dismiss, map_key, retry, unmap
from sync.models import SyncException
from sync.queue.kinds import KEY_KINDS
from sync.queue.writer import open_again

OPEN, DISMISSED = SyncException.Status.OPEN, SyncException.Status.DISMISSED
CHANGED = "It was changed since."
CLOSED = "It is closed already."
MOST_MAPPED = 500
Given = Mapping[str, Any]


class Act:
    """One act of a person on many exceptions; ``given``: its arguments, checked and plain.

    Raises (all of it): NotAllowed, AlreadyResolved.
    """

    title: ClassVar[str]
    undoable: ClassVar[bool] = True

    def __init__(self, user: User, given: Given, found: Sequence[SyncException]) -> None:
        self.user, self.given = user, dict(given)

    def why_not(self, exception: SyncException) -> str:
        """Why it is skipped; "" where it is not."""
        return ""

    def do(self, exception: SyncException) -> dict[str, Any]:
        """Do it; what undo needs."""
        raise NotImplementedError

    def undo(self, exception: SyncException, before: Given) -> None:
        """Restore what was before."""
        raise NotAllowed("It cannot be undone.")

    @property
    def said(self) -> str:
        """What it is, with its arguments."""
        return self.title


class Assign(Act):
    """``to``: a user name, "" for nobody."""

    title = "Assign"

    def __init__(self, user: User, given: Given, found: Sequence[SyncException]) -> None:
        super().__init__(user, {"to": str(given.get("to", ""))}, found)
        name = user.username if self.given["to"] == "me" else self.given["to"]
        self.to = User.objects.filter(username=name, is_active=True, role__in=RESOLVERS).first()
        if name and self.to is None:
            raise NotAllowed(f"{name} is nobody who may resolve exceptions.")
        self.given["to"] = name
        self.plants = set(self.to.plants.values_list("pk", flat=True)) if self.to else set()

    def why_not(self, exception: SyncException) -> str:
        care = getattr(exception, "care", None)
        if (care.assignee_id if care else None) == (self.to.pk if self.to else None):
            return "Nothing would change."
        if self.to and not self.to.sees_all_plants and exception.plant_id not in {None, *self.plants}:
            return f"{self.to.username} may not see it."
        return ""

    def do(self, exception: SyncException) -> dict[str, Any]:
        before = care_of(exception).assignee_id
        assign(exception, self.to, by=self.user)
        return {"assignee": before}

    def undo(self, exception: SyncException, before: Given) -> None:
        if care_of(exception).assignee_id != (self.to.pk if self.to else None):
            raise NotAllowed(CHANGED)
        earlier = User.objects.filter(pk=before["assignee"]).first() if before["assignee"] else None
        assign(exception, earlier, by=self.user, tell=False)

    @property
    def said(self) -> str:
        return f"Assign to {self.given['to'] or 'nobody'}"


class Snooze(Act):
    """``until``: ISO 8601 with offset; or ``days`` from now."""

    title = "Snooze"

    def __init__(self, user: User, given: Given, found: Sequence[SyncException]) -> None:
        self.until = _until(given)
        super().__init__(user, {"until": self.until.isoformat()}, found)

    def why_not(self, exception: SyncException) -> str:
        return "" if exception.status == OPEN else CLOSED

    def do(self, exception: SyncException) -> dict[str, Any]:
        before = care_of(exception).snoozed_until
        snooze(exception, self.until, by=self.user)
        return {"until": before.isoformat() if before else None}

    def undo(self, exception: SyncException, before: Given) -> None:
        if care_of(exception).snoozed_until != self.until:
            raise NotAllowed(CHANGED)
        earlier = parse_datetime(before["until"]) if before["until"] else None
        gone = earlier is None or earlier <= timezone.now()
        snooze(exception, None if gone else earlier, by=self.user)

    @property
    def said(self) -> str:
        return f"Snooze until {moment(self.until)} UTC"


def _until(given: Given) -> datetime:
    days = str(given.get("days", ""))
    until = timezone.now() + timedelta(days=int(days)) if days.isdecimal() and len(days) < 4 else None
    until = until or (parse_datetime(str(given["until"])) if given.get("until") else None)
    if until is None or until.tzinfo is None:
        raise NotAllowed("Say until when, as a time with its offset, or for how many days.")
    return until


class Dismiss(Act):
    """``reason``: why, kept with each."""

    title = "Dismiss"

    def __init__(self, user: User, given: Given, found: Sequence[SyncException]) -> None:
        super().__init__(user, {"reason": str(given.get("reason", "")).strip()}, found)
        if not self.given["reason"]:
            raise NotAllowed("Say why, so that others can follow it later.")

    def why_not(self, exception: SyncException) -> str:
        return _unsolvable(exception, Resolution.DISMISS)

    def do(self, exception: SyncException) -> dict[str, Any]:
        reason, by = self.given["reason"], self.user.username
        _decide(exception, "dismiss", by, lambda: dismiss(exception, reason=reason, by=by), reason)
        exception.refresh_from_db()
        assert exception.resolved_at  # noqa: S101 - for the type checker
        return {"at": exception.resolved_at.isoformat()}

    def undo(self, exception: SyncException, before: Given) -> None:
        mine = SyncException.objects.select_for_update(of=("self",)).get(pk=exception.pk)
        at = mine.resolved_at.isoformat() if mine.resolved_at else ""
        if mine.status != DISMISSED or at != before["at"]:
            raise NotAllowed(CHANGED)
        open_again(mine, f"{self.user.username} has taken the dismissal back.", by=self.user.username)


class Retry(Act):
    title = "Retry"
    undoable = False

    def why_not(self, exception: SyncException) -> str:
        return _unsolvable(exception, Resolution.RETRY) or (
            "It is being tried again already." if exception.retry_by else ""
        )

    def do(self, exception: SyncException) -> dict[str, Any]:
        by = self.user.username
        _decide(exception, "retry", by, lambda: retry(exception, by=by))
        return {}


class Map(Act):
    """Keys whose likeliest meaning is the same row: ``target``, its id; without one, the commonest."""

    title = "Map to their common suggestion"

    def __init__(self, user: User, given: Given, found: Sequence[SyncException]) -> None:
        super().__init__(user, {"target": given.get("target"), "kind": given.get("kind", "")}, found)
        if len(found) > MOST_MAPPED:
            raise NotAllowed(f"Map up to {MOST_MAPPED:,} at once.")
        self.best = {each.pk: self._best(each) for each in found if each.kind in KEY_KINDS}
        counted = Counter(best for best in self.best.values() if best)
        if found and not self.given["target"]:
            if not counted:
                raise NotAllowed("None of these has a suggestion.")
            self.given["kind"], self.given["target"] = counted.most_common(1)[0][0]

    def _best(self, exception: SyncException) -> tuple[str, int] | None:
        found = suggested(self.user, exception)
        return (mapped_kind(exception), found[0].canonical_id) if found else None

    def why_not(self, exception: SyncException) -> str:
        if reason := _unsolvable(exception, Resolution.MAP):
            return reason
        best = self.best.get(exception.pk)
        if best is None:
            return "Nothing we know is like it."
        return "" if best[1] == int(self.given["target"]) else "Its likeliest meaning is another one."

    def do(self, exception: SyncException) -> dict[str, Any]:
        by, target = self.user.username, self._target(exception)
        machine = target.pk if isinstance(target, Equipment) else None
        _decide(
            exception, "map", by, lambda: map_key(exception, canonical_id=target.pk, by=by), machine=machine
        )
        return {"target": target.pk}

    def _target(self, exception: SyncException) -> Any:
        rows = targets_of(self.user, mapped_kind(exception))
        target = rows.filter(pk=self.given["target"]).first()
        if target is None or mapped_kind(exception) != self.given["kind"]:
            raise NotAllowed("The row it would be mapped to is gone, or is no row of its kind.")
        return target

    def undo(self, exception: SyncException, before: Given) -> None:
        by = self.user.username
        decide(
            exception,
            way="revoke",
            by=by,
            action=lambda: unmap(exception, canonical_id=before["target"], by=by),
        )

    @property
    def said(self) -> str:
        rows = targets_of(self.user, self.given["kind"]).filter(pk=self.given["target"])
        return f"Map to {rows.first() or 'a row that is gone'}"


def _unsolvable(exception: SyncException, way: Resolution) -> str:
    if exception.status != OPEN:
        return CLOSED
    kind = KINDS.get(exception.kind)
    return "" if kind and way in kind.resolutions else "This kind is not resolved that way."


def _decide(
    exception: SyncException, way: str, by: str, action: Any, reason: str = "", machine: int | None = None
) -> None:
    """Do it with the KPIs before and after kept, as for one."""
    decide(exception, way=way, by=by, action=lambda: action() or 0, reason=reason, equipment_id=machine)


ACTS: Mapping[str, type[Act]] = {
    "assign": Assign,
    "snooze": Snooze,
    "dismiss": Dismiss,
    "retry": Retry,
    "map": Map,
}
