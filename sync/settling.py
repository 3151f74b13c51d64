"""Rows of which several sources tell, brought in line: whose value counts, and what they disagree about."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils import timezone

from sync import checkpoints, counterparts, mismatches
from sync.identities import resolve
from sync.items import Item
from sync.load import transitions
from sync.load.facts import refs_of
from sync.load.fields import FIELDS, Ids
from sync.load.rows import rechoose
from sync.models import Counterpart, Source
from sync.ownership import owners
from sync.records import Kind

NAME = "counterparts"
LATELY = timedelta(minutes=2)
EVERY = timedelta(seconds=60)


def settle(kind: Kind, ids: Collection[int], why: str = mismatches.AGREE) -> int:
    """Have rows take the values of their systems of record, and compare all sides.

    Args:
        why: what differs no more is closed, for the history.

    Returns:
        How many rows changed.
    """
    if kind is Kind.WORK_ORDER:
        counterparts.refresh_own_orders(ids)
    changed = rechoose(kind, ids, owners()) if ids else 0
    mismatches.compare(kind, ids, why)
    return changed


def settle_orders(ids: Collection[int], why: str = mismatches.AGREE) -> None:
    """The same for work orders, whose rows their own source has just written: only where fields are split."""
    if ids and owners().splits(Kind.WORK_ORDER):
        settle(Kind.WORK_ORDER, ids, why)
    else:
        mismatches.compare(Kind.WORK_ORDER, ids, why)


def keep_standing(source: Source, items: Collection[Item], ids: Ids) -> None:
    """Keep work orders that stand for one of another system, and what is new about their status."""
    standing = [item for item in items if counterparts.stands_for(item.record)]
    if not standing:
        return
    refs = {ref for item in standing for ref in refs_of(item.record, ("equipment", "assigned_to"))}
    # What they refer to only serves to compare, so nobody is asked what it means.
    counterparts.keep_orders(source, standing, {**ids, **resolve(source, refs)})
    transitions.of_kept_orders(source, [item.key for item in standing])


def orders_read(source: Source, own: Collection[str], standing: Collection[str]) -> None:
    """After work orders were written or kept: bring those in line of which several sources tell.

    Args:
        own: keys of the source's own orders.
        standing: keys of those that stand for one of another system.
    """
    if not counterparts.any_order():
        return
    former = counterparts.drop_standing(source, own)
    if former:
        settle_orders(former, mismatches.GONE)
        counterparts.drop_lonely(Kind.WORK_ORDER, former)
    rows = Counterpart.objects.filter(source=source, kind=Kind.WORK_ORDER, external_key__in=standing)
    stood_for = set(rows.values_list("canonical_id", flat=True)) if standing else set()
    settle_orders(stood_for | counterparts.keep_own_orders(source, own))


def forget(source: Source, keys: Collection[str]) -> None:
    """What records said that are gone counts no more."""
    for kind, ids in counterparts.drop(source, keys).items():
        settle(kind, ids, mismatches.GONE)
        counterparts.drop_lonely(kind, ids)


def recheck() -> None:
    """Look again at what changed lately, and at what is told: both sides may have changed in one moment."""
    now = timezone.now()
    last = checkpoints.last(NAME)
    for kind, ids in _lately(min(last or now, now) - LATELY).items():
        settle(kind, ids)
    for kind in FIELDS:
        contexts = mismatches.told(kind).values_list("context", flat=True)
        settle(kind, {mismatches.row_of(context) for context in contexts})
    checkpoints.note(NAME, now)


def recheck_when_due() -> None:
    """Look again once a minute."""
    if checkpoints.is_due(NAME, EVERY):
        recheck()


def _lately(since: datetime) -> dict[Kind, set[int]]:
    found: dict[Kind, set[int]] = defaultdict(set)
    rows = Counterpart.objects.filter(seen_at__gte=since)
    for kind, canonical_id in rows.values_list("kind", "canonical_id"):
        found[Kind(kind)].add(canonical_id)
    return found
