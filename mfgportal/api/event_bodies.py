"""Bodies of events that are sent to us, and the row that is landed of one."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from django.core.validators import RegexValidator
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers

from kpis.models import Equipment
from mfgportal.accounts.access import equipment_of, plants_of
from mfgportal.accounts.models import User
from mfgportal.api.errors import bad_parameter
from sync import push
from sync.connectors.base import Row
from sync.identities import Naming, normalise, remember
from sync.models import Identity, Source
from sync.records import Kind

LONGEST_KEY, LONGEST_CODE, LONGEST_NAME = 100, 60, 40
FAST_CLOCK = timedelta(minutes=5)
NO_MACHINE = "There is no such machine, or it belongs to a plant you may not see."
PRINTABLE = RegexValidator(r"^[^\x00-\x1f\x7f]+$", "Write it without control characters.")
NAMES = frozenset({"machine", "machine_id"})
PARTS = ("machine", "machine_id", "start", "end", "reason", "note")


class Moment(serializers.DateTimeField):
    """A time without an offset would be an hour or two off, in some plants, for half of the year."""

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise serializers.ValidationError("Write the offset, too, such as 2026-03-02T06:00:00+01:00.")
        return super().enforce_timezone(value)


class EventChange(serializers.Serializer[Any]):
    """What is left out stays."""

    machine = serializers.CharField(
        required=False, max_length=LONGEST_CODE, validators=[PRINTABLE], help_text="The machine's code."
    )
    machine_id = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        help_text="Instead of the code: its id in the portal.",
    )
    start = Moment(required=False)
    end = Moment(required=False, allow_null=True, help_text="Null or left out: the stop goes on.")
    reason = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=100,
        validators=[PRINTABLE],
        help_text="Code or name of a reason; empty: none is known.",
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)
    updated_at = Moment(
        required=False,
        help_text="When the sender last changed it (default: now). What is older than what we have is passed "
        "over, so that messages may come in any order.",
    )

    def validate_updated_at(self, value: datetime) -> datetime:
        if value > timezone.now() + FAST_CLOCK:
            raise serializers.ValidationError("It is in the future: set the sender's clock.")
        return value


class EventParts(EventChange):
    """A whole event: what is left out is empty."""

    start = Moment()

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if ("machine" in given) == ("machine_id" in given):
            raise serializers.ValidationError({"machine": ["Name the machine, by code or by id."]})
        return given


class EventBody(EventParts):
    external_key = serializers.CharField(
        max_length=LONGEST_KEY,
        validators=[PRINTABLE],
        help_text="The sender's own name of the event. Begin it with the sender's: all share them.",
    )


def merged(known: dict[str, Any] | None, given: dict[str, Any]) -> dict[str, Any]:
    """The event with what changes; a new name of the machine takes the place of those it had."""
    if known is None:
        raise Http404
    renamed = not NAMES.isdisjoint(given)
    stays = {name: known[name] for name in PARTS if known[name] and not (renamed and name in NAMES)}
    return stays | given


def checked_key(external_key: str) -> str:
    """Raises a 400 for what is no key."""
    if not external_key or len(external_key) > LONGEST_KEY or not external_key.isprintable():
        raise bad_parameter("external_key", f"Wanted up to {LONGEST_KEY} printable characters.")
    return external_key


def content(user: User, external_key: str, given: dict[str, Any]) -> Row:
    """The row to be landed. Raises a 400 for a machine that the person may not see."""
    code, machine = _machine(user, given)
    payload = {
        "external_key": external_key,
        "machine": code,
        "machine_id": machine,
        "within": "" if machine else within(user),
        "start": _text(given["start"]),
        "end": _text(given.get("end")),
        "reason": given.get("reason", ""),
        "note": given.get("note", ""),
    }
    return Row(f"downtime/{external_key}", payload, given.get("updated_at") or timezone.now())


def _machine(user: User, given: dict[str, Any]) -> tuple[str, int | None]:
    """Code and id. A code that is not one machine's of these plants has no id: people say what it is."""
    code = given.get("machine", "")
    machine = _of_id(user, given["machine_id"]) if "machine_id" in given else _of_code(user, code)
    if machine is None:
        return code, None
    _know(machine, user)
    return code or machine.code or machine.name, machine.pk


def _of_id(user: User, pk: int) -> Equipment:
    machine = equipment_of(user).filter(pk=pk).first()
    if machine is None:
        raise bad_parameter("machine_id", NO_MACHINE)
    return machine


def _of_code(user: User, code: str) -> Equipment | None:
    """By the very code, else by one that another system gives it; None where that may be several."""
    machines = equipment_of(user).filter(gone_at=None)
    named = Identity.objects.filter(kind=Kind.EQUIPMENT, codes__contains=[normalise(code)])
    found = machines.filter(code__iexact=code)[:2] or machines.filter(pk__in=named.values("canonical_id"))[:2]
    return found[0] if len(found) == 1 else None


def _know(machine: Equipment, user: User) -> None:
    """Write into the crosswalk what an id of ours means, so that what is replaced later is found."""
    source, key = Source.objects.get(name=push.SOURCE), f"machine-id/{machine.pk}"
    if not Identity.objects.filter(source=source, kind=Kind.EQUIPMENT, external_key=key).exists():
        method = Identity.Method.EXACT
        remember(
            source, [Naming(Kind.EQUIPMENT, key, machine.pk, method, label=str(machine), by=user.username)]
        )


def within(user: User) -> str:
    """Names the plants of a sender, so that a code that is unknown in them is not taken for another's."""
    if user.sees_all_plants:
        return ""
    ids = sorted(plants_of(user).values_list("pk", flat=True))
    text = "plant-" + "-".join(map(str, ids))
    return text if len(text) <= 40 else blake2b(text.encode(), digest_size=8).hexdigest()


def _text(moment: datetime | str | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if isinstance(moment, datetime) else moment
