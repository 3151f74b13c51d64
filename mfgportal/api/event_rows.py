"""Events that were sent to us: who may see them, and how far they came."""

from typing import Any

from django.http import Http404
from django.urls import reverse

from kpis.models import Downtime
from mfgportal.accounts.access import equipment_of, exceptions_of
from mfgportal.accounts.models import User
from mfgportal.api.event_bodies import within
from sync import push
from sync.connectors.push.connector import STOPS
from sync.models import RawRecord


def known_of(user: User, external_key: str) -> dict[str, Any] | None:
    """What was sent under the key; None: nothing. Raises Http404 for an event of a plant not theirs."""
    raw = _raw(external_key) if external_key.isprintable() else None
    if raw is None:
        return None
    payload: dict[str, Any] = raw.payload
    if not user.sees_all_plants and not _theirs(user, payload, _stop(external_key)):
        raise Http404
    return payload


def told(user: User, external_key: str) -> dict[str, Any]:
    """What we have under the key, and what it waits for."""
    raw, stop = _raw(external_key), _stop(external_key)
    assert raw is not None  # noqa: S101 it was just landed, or looked for
    waits = exceptions_of(user).filter(held_records__raw=raw).order_by("pk").distinct()
    return {
        "external_key": external_key,
        "state": "loaded" if stop else "waiting",
        "equipment_id": stop.equipment_id if stop else raw.payload["machine_id"],
        **{name: raw.payload[name] for name in ("start", "end", "reason", "note")},
        "url": reverse("event", args=["downtime", stop.pk]) if stop else "",
        "trace_id": str(raw.trace_id),
        "exceptions": list(waits.values("id", "kind", "title", "message")),
    }


def _theirs(user: User, payload: dict[str, Any], stop: Downtime | None) -> bool:
    """By its machine; while that is not known, by the plants of who sent it."""
    machine = stop.equipment_id if stop else payload["machine_id"]
    if machine:
        return equipment_of(user).filter(pk=machine).exists()
    return bool(payload["within"]) and payload["within"] == within(user)


def _raw(external_key: str) -> RawRecord | None:
    rows = RawRecord.objects.filter(stream__source__name=push.SOURCE, stream__name=STOPS)
    return rows.filter(external_key=f"downtime/{external_key}").first()


def _stop(external_key: str) -> Downtime | None:
    rows = Downtime.objects.filter(source=push.SOURCE, deleted_at=None)
    return rows.filter(external_key=f"downtime/{external_key}").first()
