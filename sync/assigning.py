"""Change who is the system of record, and have the canonical rows follow at once."""

from django.db import transaction

from sync import mismatches
from sync.load import spending
from sync.load.fields import FIELDS
from sync.load.rows import rechoose
from sync.models import Counterpart, Ownership, Source
from sync.ownership import owners
from sync.pipeline import lock_masters
from sync.queue.writer import RESOLVED, finish
from sync.records import Kind

BATCH = 1000


@transaction.atomic
def assign(kind: Kind, field: str, source: Source | None, *, why: str = "", by: str = "") -> int:
    """Make a source the system of record of a kind, or of one field of it.

    Rows take their values anew of what all sources have said of them, and the days this touches are computed
    again. Who decides on a field decides what is open about it: that is closed, and opens again only when a
    value changes.

    Args:
        field: of ``may_be_owned``; "" is the kind as a whole.
        source: None: nobody is, or the field goes with its row again.
        why, by: for the history of what is closed.

    Returns:
        How many canonical rows changed.
    """
    lock_masters()
    if not _set(kind, field, source):
        return 0
    if field:
        _close(kind, field, f"{source.title if source else 'Its own source'} decides from now on. {why}", by)
    else:
        spending.recount(kind)
    return sum(_rechoose(each) for each in _touched(kind))


def _set(kind: Kind, field: str, source: Source | None) -> bool:
    """Row by row, so that the audit trail has it."""
    have = Ownership.objects.filter(kind=kind, field=field).first()
    if (have.source_id if have else None) == (source.pk if source else None):
        return False
    if source is None:
        if have:
            have.delete()
        return True
    row = have or Ownership(kind=kind.value, field=field)
    row.source = source
    row.save()
    return True


def _touched(kind: Kind) -> list[Kind]:
    """Kinds with fields that the system of record of this one decides about."""
    return [each for each, fields in FIELDS.items() if each is kind or any(f.owner is kind for f in fields)]


def _rechoose(kind: Kind) -> int:
    about = Counterpart.objects.filter(kind=kind).order_by("canonical_id")
    ids = list(about.values_list("canonical_id", flat=True).distinct())
    ruling, changed = owners(), 0
    for first in range(0, len(ids), BATCH):
        changed += rechoose(kind, ids[first : first + BATCH], ruling)
        mismatches.compare(kind, ids[first : first + BATCH])
    return changed


def _close(kind: Kind, field: str, why: str, by: str) -> None:
    rows = mismatches.told(kind).filter(context__field=field)
    for exception in rows.select_for_update(of=("self",)).order_by("fingerprint"):
        sides = exception.context["sides"]
        exception.context["settled"] = {
            f"{side['source']} {side['external_key']}": side.get("raw") for side in sides
        }
        exception.save(update_fields=["context"])
        finish(exception, RESOLVED, why.strip(), by=by)
