"""Facts as they are shown: with their origin, what a person corrected, and how much of them counts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from kpis.intervals import Span, merge
from kpis.loading import Window
from kpis.timeline import counted_seconds
from mfgportal.accounts.masks import technician_name
from mfgportal.accounts.models import User
from mfgportal.lineage.events import ORIGIN, Events
from mfgportal.reconciliations import Links
from sync.models import Correction

Row = dict[str, Any]
Ends = tuple[datetime, datetime]


def shown(found: Events, rows: Sequence[Row], user: User) -> list[Row]:
    """Rows of one kind, all at once: a few queries, however many they are."""
    links, corrected = Links(), _corrections(rows)
    counted = _counted(found, rows) if found.kind.span else {}
    return [
        {
            "kind": found.kind.name,
            "id": row["id"],
            "equipment": {"id": row["machine"], "name": row["machine_name"] or ""},
            "plant_id": row["place"],
            **{name: row[name] for name in ORIGIN},
            "url": reverse("event", args=[found.kind.page, row["id"]]) if found.kind.page else "",
            "source_url": links.url(row),
            "corrections": corrected.get((row["source"], row["external_key"]), []),
            "seconds_in_period": _within(found, row) if found.kind.span else None,
            "counted_seconds": counted.get(row["id"], 0.0) if found.kind.span else None,
            "fields": _fields(found, row, user),
        }
        for row in rows
    ]


def _fields(found: Events, row: Row, user: User) -> Row:
    said = {name: row[f"said_{name}"] for name in found.kind.fields}
    if "technician" in said:
        said["technician"] = technician_name(user, said["technician_id"], said["technician"] or "")
    return said


def _corrections(rows: Sequence[Row]) -> Mapping[tuple[str, str], list[Row]]:
    """What people put in place of the source's, by source and key."""
    keys = defaultdict[str, list[str]](list)
    for row in rows:
        keys[row["source"]].append(row["external_key"])
    wanted = Q(pk__in=[])
    for source, external in keys.items():
        wanted |= Q(source__name=source, external_key__in=external)
    found = defaultdict[tuple[str, str], list[Row]](list)
    says = ("field", "value", "original", "reason", "author", "created_at")
    for row in Correction.objects.filter(wanted, revoked_at=None).values(
        "source__name", "external_key", *says
    ):
        found[row["source__name"], row["external_key"]].append({name: row[name] for name in says})
    return found


def _within(found: Events, row: Row) -> float:
    start, end = _clipped(found, row)
    return max((end - start).total_seconds(), 0.0)


def _clipped(found: Events, row: Row) -> Ends:
    """What of it lies in the period of its plant; what goes on ends now."""
    window = found.windows[row["place"]]
    return max(row["said_start"], window.start), min(row["said_end"] or timezone.now(), window.end)


def _counted(found: Events, rows: Sequence[Row]) -> dict[int, float]:
    """By id of the fact: planned seconds in which it is the strongest record."""
    spans = defaultdict[int, list[Span]](list)
    for row in rows:
        start, end = _clipped(found, row)
        spans[row["machine"]].append(Span(start.timestamp(), end.timestamp()))
    windows = [Window(machine, *span) for machine, own in spans.items() for span in merge(own)]
    counted, ids = counted_seconds(windows, timezone.now()), {row["id"] for row in rows}
    return {
        ref.id: seconds for ref, seconds in counted.items() if ref.kind == found.kind.name and ref.id in ids
    }
