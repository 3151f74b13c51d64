"""Propose a change, and approve or reject it."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from mfgportal.accounts.access import Right, require
from mfgportal.accounts.models import User
from mfgportal.approvals.models import Proposal
from sync.assigning import assign
from sync.load.fields import field_of
from sync.models import Ownership, RawRecord, Source
from sync.records import Kind
from sync.sources import add_source

NOBODY = "nobody"
PROPOSE = "A change of a system of record takes a second person’s approval. Propose it on the page Sources."


class NotAllowedYet(Exception):
    """The proposal cannot be decided on so. The message says why."""


def are_required() -> bool:
    """Whether this installation wants a second person."""
    return bool(settings.APPROVALS_REQUIRED)


def propose_ownership(wanted: Mapping[str, str], *, by: User) -> Proposal | None:
    """Propose systems of record: names of sources ("": nobody) by ``kind`` or ``kind.field``.

    Returns:
        None where nothing would change.
    """
    changes = [change for name, source in wanted.items() if (change := _ownership(name, source))]
    if not changes:
        return None
    rows = _tried(changes)
    return Proposal.objects.create(
        about=Proposal.About.OWNERSHIP,
        summary="\n".join(map(_said, changes)),
        impact=f"{rows:,} record{'s' if rows != 1 else ''} would take other values now.",
        wanted=changes,
        proposer=by,
        proposed_by=by.username,
    )


def propose_mapping(source: Source, options: Mapping[str, Any], *, by: User) -> Proposal | None:
    """Propose other options, a declaration among them, of a source; None where they are the same."""
    before, after = dict(source.options), dict(options)
    names = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    if not names:
        return None
    rows = RawRecord.objects.filter(stream__source=source).count()
    return Proposal.objects.create(
        about=Proposal.About.MAPPING,
        summary="\n".join(f"{source.title}, {name}: {_lines(before, after, name)}" for name in names),
        impact=f"{source.title} has {rows:,} records here; what is read from now on is mapped anew.",
        wanted={"source": source.name, "before": before, "after": after},
        proposer=by,
        proposed_by=by.username,
    )


def approve(proposal_id: int, *, by: User) -> Proposal:
    """Put the change in force.

    Raises:
        NotAllowedYet: it is one's own, is decided already, or what it was about has changed since.
    """
    with transaction.atomic():
        mine = _pending(proposal_id, by)
        if mine.about == Proposal.About.OWNERSHIP:
            _assign(mine.wanted, by.username)
        else:
            _map(mine.wanted)
        return _decided(mine, Proposal.Status.APPROVED, by, "")


def reject(proposal_id: int, *, by: User, reason: str) -> Proposal:
    """Leave all as it is. One may take one's own back.

    Raises:
        NotAllowedYet: it is decided already, or no reason is given.
    """
    if not reason.strip():
        raise NotAllowedYet("Say why.")
    with transaction.atomic():
        return _decided(_pending(proposal_id, by, own=True), Proposal.Status.REJECTED, by, reason.strip())


def _pending(proposal_id: int, by: User, *, own: bool = False) -> Proposal:
    require(by, Right.MANAGE_SOURCES)
    mine = Proposal.objects.select_for_update().get(pk=proposal_id)
    if mine.status != Proposal.Status.PENDING:
        raise NotAllowedYet(f"{mine.decided_by} has decided on it already: {mine.get_status_display()}.")
    if mine.proposed_by == by.username and not own:
        raise NotAllowedYet("You have proposed it: another person has to approve it.")
    return mine


def _decided(mine: Proposal, status: Proposal.Status, by: User, reason: str) -> Proposal:
    mine.status, mine.reason = status, reason
    mine.decided_by, mine.decided_at = by.username, timezone.now()
    mine.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    return mine


def _ownership(name: str, after: str) -> dict[str, str] | None:
    kind, _, field = name.partition(".")
    before = _owner(kind, field)
    return None if before == after else {"kind": kind, "field": field, "before": before, "after": after}


def _owner(kind: str, field: str) -> str:
    rows = Ownership.objects.filter(kind=kind, field=field)
    return rows.values_list("source__name", flat=True).first() or ""


def _tried(changes: list[dict[str, str]]) -> int:
    """How many records it would change: it is done, counted, and undone."""
    with transaction.atomic():
        count = _assign(changes, "")
        transaction.set_rollback(True)
    return count


def _assign(changes: list[dict[str, str]], by: str) -> int:
    sources = {source.name: source for source in Source.objects.all()}
    for change in changes:
        if _owner(change["kind"], change["field"]) != change["before"]:
            raise NotAllowedYet(f"{_said(change)}: that has changed since. Reject it, and propose it anew.")
        if change["after"] and change["after"] not in sources:
            raise NotAllowedYet(f"There is no source {change['after']} any more.")
    return sum(
        assign(Kind(change["kind"]), change["field"], sources.get(change["after"]), by=by)
        for change in changes
    )


def _map(wanted: Mapping[str, Any]) -> None:
    source = Source.objects.select_for_update().filter(name=wanted["source"]).first()
    if source is None or source.options != wanted["before"]:
        raise NotAllowedYet("The source has changed since. Reject it, and propose it anew.")
    fields = ("name", "title", "connector", "url", "database", "username", "password", "api_key")
    add_source(**{name: getattr(source, name) for name in fields}, options=wanted["after"])


def _said(change: Mapping[str, str]) -> str:
    kind, field = Kind(change["kind"]), change["field"]
    what = kind.value.replace("_", " ").capitalize()
    if field:
        what += f", {field_of(kind, field).label}"
    return f"{what}: {change['before'] or NOBODY} → {change['after'] or NOBODY}"


def _lines(before: Mapping[str, Any], after: Mapping[str, Any], name: str) -> str:
    if name not in before or name not in after:
        return "added" if name in after else "removed"
    old, new = (set(str(side[name]).splitlines()) for side in (before, after))
    return f"{len(new - old)} lines new, {len(old - new)} lines gone"
