"""What the queue's and the syncs' templates need: words and tones for kinds, severities, states and spans."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django import template
from django.utils import timezone

from mfgportal import locales
from mfgportal.mapping_targets import mapped_kind
from mfgportal.web.format import NONE, lasting, roughly
from mfgportal.web.sides import text, words, zone_of
from sync.exceptions import KINDS, ExceptionKind
from sync.flows import State
from sync.models import RawRecord, SyncException, SyncRun
from sync.records import Kind
from sync.sources import record_url

register = template.Library()

SEVERITY_TONES = {"error": "bad", "warning": "warn"}
STATE_TONES = {State.FAILED: "bad", State.LATE: "warn", State.FRESH: "good", State.RUNNING: "info"}
RUN_TONES = {SyncRun.Status.FAILED: "bad", SyncRun.Status.DONE: "good", SyncRun.Status.RUNNING: "info"}


@register.filter
def kind_of(key: str) -> ExceptionKind | None:
    """The registry's entry of an exception's kind; None for a kind of another version."""
    return KINDS.get(key)


@register.filter
def plain_title(exception: SyncException) -> str:
    """A title for mails: people's names stay inside the portal."""
    named = mapped_kind(exception) != Kind.TECHNICIAN
    return exception.title if named else KINDS[exception.kind].title


@register.filter
def severity_tone(severity: str) -> str:
    return SEVERITY_TONES.get(severity, "")


@register.filter
def state_tone(state: State) -> str:
    return STATE_TONES.get(state, "")


@register.filter
def run_tone(status: str) -> str:
    return RUN_TONES.get(SyncRun.Status(status), "")


@register.filter
def span(value: timedelta | float | None) -> str:
    """A span of time in its two largest units: ``3 d 4 h``, ``45 s``; a dash for none."""
    if value is None:
        return NONE
    return lasting(value.total_seconds() if isinstance(value, timedelta) else value)


@register.filter
def minutes(value: float | None) -> str:
    """Minutes in their two largest units; "" for none."""
    return lasting(value * 60) if value else ""


@register.filter
def rough(value: timedelta | None) -> str:
    """A span in its largest unit, days with their hours; a dash for none."""
    return NONE if value is None else roughly(value.total_seconds())


@register.filter
def age(since: datetime | None) -> str:
    """How long ago, roughly."""
    return rough(None if since is None else timezone.now() - since)


@register.filter
def at_plant(moment: datetime, exception: SyncException) -> str:
    """Date and time on the clock of an exception's plant; in UTC, which is said, without one."""
    zone = zone_of(exception)
    local = locales.moment(moment.astimezone(ZoneInfo(zone or "UTC")))
    return local if zone else f"{local} UTC"


@register.filter
def until(moment: datetime) -> str:
    """How long from now, roughly; ``now`` when it is due."""
    left = moment - timezone.now()
    return rough(left) if left > timedelta(0) else "now"


@register.filter
def to_go(moment: datetime) -> str:
    """How long until something estimated: it is never over before it is."""
    return rough(max(moment - timezone.now(), timedelta(seconds=1)))


@register.filter
def took(run: SyncRun) -> str:
    """How long a run took, or has been running."""
    return span((run.ended_at or timezone.now()) - run.started_at)


@register.filter
def source_url(exception: SyncException) -> str:
    """The page of the record an exception names, in its source."""
    return record_url(exception.source.name, exception.external_key)


@register.filter
def raw_url(record: RawRecord) -> str:
    return record_url(record.stream.source.name, record.external_key)


@register.filter
def field_words(name: str) -> str:
    """A field's name for people."""
    return words(name)


@register.filter
def json_text(value: Any) -> str:
    """A value as JSON keeps it, for people; of a reference its label."""
    return text(value["label"] if isinstance(value, dict) and "label" in value else value)


@register.filter
def pretty(payload: Any) -> str:
    """JSON with a line per member."""
    return orjson.dumps(payload, option=orjson.OPT_INDENT_2).decode()
