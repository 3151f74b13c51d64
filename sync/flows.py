"""The flow registry: what each stream is for, how often it is read and how old it may be, in one view."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sync.connectors.base import StreamSpec
from sync.freshness import is_late
from sync.models import Ownership, Source, Stream
from sync.records import Kind
from sync.sources import spec_of

SHORTEST_S = 5
LONGEST_EVERY_S = 7 * 86400
LONGEST_DELAY_S = 31 * 86400
POLICY = ("every_s", "refresh_every_s", "acceptable_delay_s", "criticality", "reconciliation")


class State(StrEnum):
    """How a stream does, worst first; ``WAITING`` has never been read to its end."""

    FAILED = "failed"
    LATE = "late"
    WAITING = "waiting"
    RUNNING = "running"
    FRESH = "fresh"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an administrator decides about a stream. Spans are in seconds.

    Args:
        every_s: how often what changed is read.
        refresh_every_s: how often all of it is read; None: never.
        acceptable_delay_s: age above which it is late.
        criticality: one of ``Stream.Criticality``.
        reconciliation: key of the rule that compares it with its source; "" = none.
    """

    every_s: int
    refresh_every_s: int | None
    acceptable_delay_s: int
    criticality: str
    reconciliation: str


@dataclass(frozen=True, slots=True)
class Record:
    """A kind a stream delivers, and the system of record of it; None: nobody."""

    kind: Kind
    owner: Source | None


@dataclass(frozen=True, slots=True)
class Flow:
    """A stream as the registry shows it. ``standard``: its policy as the connector suggests it."""

    stream: Stream
    records: tuple[Record, ...]
    standard: Policy | None
    lag: timedelta | None
    late: bool

    @property
    def enabled(self) -> bool:
        return self.stream.enabled and self.stream.source.enabled

    @property
    def policy(self) -> Policy:
        return policy_of(self.stream)

    @property
    def changed(self) -> bool:
        """Whether a person decided otherwise than the connector suggests."""
        return self.standard is not None and self.standard != self.policy


def flows(streams: QuerySet[Stream] | None = None, now: datetime | None = None) -> list[Flow]:
    """The registry, or a part of it, by source and rank. Two queries."""
    found = (Stream.objects.all() if streams is None else streams).select_related("source")
    owners = {
        Kind(row.kind): row.source for row in Ownership.objects.filter(field="").select_related("source")
    }
    at = now or timezone.now()
    return [_flow(stream, owners, at) for stream in found.order_by("source__name", "rank", "name")]


def _flow(stream: Stream, owners: Mapping[Kind, Source], now: datetime) -> Flow:
    spec = spec_of(stream)
    kinds = spec.kinds if spec else ()
    lag = None if stream.read_through is None else now - stream.read_through
    return Flow(
        stream=stream,
        records=tuple(Record(kind, owners.get(kind)) for kind in kinds),
        standard=_standard(spec) if spec else None,
        lag=lag,
        late=lag is not None and is_late(stream, now),
    )


def policy_of(stream: Stream) -> Policy:
    return Policy(**{name: getattr(stream, name) for name in POLICY})


def _standard(spec: StreamSpec) -> Policy:
    return Policy(**{name: getattr(spec, name) for name in POLICY})


def state_of(stream: Stream, *, running: bool, now: datetime) -> State:
    """One judgement for all pages, the API and the metrics. Needs the stream's source loaded."""
    if not (stream.enabled and stream.source.enabled):
        return State.PAUSED
    if stream.failures:
        return State.FAILED
    if stream.read_through is None:
        return State.RUNNING if running else State.WAITING
    return State.LATE if is_late(stream, now) else State.FRESH


def problems(policy: Policy, *, rules: Collection[str]) -> dict[str, str]:
    """What is wrong with a policy, by field; empty when it can be taken.

    Args:
        rules: keys of the reconciliation rules there are.
    """
    found: dict[str, str] = {}
    if not SHORTEST_S <= policy.every_s <= LONGEST_EVERY_S:
        found["every_s"] = f"Between {SHORTEST_S} seconds and seven days."
    if policy.refresh_every_s is not None and policy.refresh_every_s < policy.every_s:
        found["refresh_every_s"] = "All of it cannot be read more often than what changed."
    if not policy.every_s <= policy.acceptable_delay_s <= LONGEST_DELAY_S:
        found["acceptable_delay_s"] = (
            "At least as long as the time between two reads, or it would always be late; 31 days at most."
        )
    if policy.criticality not in Stream.Criticality.values:
        found["criticality"] = f"One of: {', '.join(Stream.Criticality.values)}."
    if policy.reconciliation and policy.reconciliation not in rules:
        found["reconciliation"] = f"One of: {', '.join(rules) or 'none yet'}; or empty."
    return found


@transaction.atomic
def change(stream: Stream, policy: Policy) -> None:
    """Store a policy without problems. It holds from now on: a shorter schedule does not wait for the old."""
    mine = Stream.objects.select_for_update().get(pk=stream.pk)
    for name in POLICY:
        setattr(mine, name, getattr(policy, name))
    soonest = timezone.now() + timedelta(seconds=policy.every_s)
    if mine.next_due is not None and not mine.failures:
        mine.next_due = min(mine.next_due, soonest)
    mine.save(update_fields=[*POLICY, "next_due"])
    stream.refresh_from_db(fields=[*POLICY, "next_due"])
