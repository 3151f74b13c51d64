"""The queue's only writer: raise, fold repeats, hold rows, release them, close what has come right."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sync.clocks import local_day
from sync.landing import Landed
from sync.models import ExceptionEvent, HeldRecord, Source, Stream, SyncException
from sync.queue.causes import consequences, left_over, link
from sync.queue.kinds import KEY_KINDS, KINDS
from sync.queue.ruling import rules_for, words

OPEN, RESOLVED, DISMISSED = (
    SyncException.Status.OPEN,
    SyncException.Status.RESOLVED,
    SyncException.Status.DISMISSED,
)
FINGERPRINT_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A row that has to wait, with hints where and when it belongs, for the share of missing data."""

    row: Landed
    kind: str = ""
    start: datetime | None = None
    end: datetime | None = None
    plant_id: int | None = None
    equipment_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something for the queue. Problems of one source, kind and ``cause`` fold into one exception."""

    kind: str
    cause: str
    title: str
    message: str
    severity: str = ""  # "" = that of the kind
    external_key: str = ""
    trace_id: UUID | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    plant_id: int | None = None
    equipment_id: int | None = None
    held: Held | None = None


def fingerprint(kind: str, source: Source, cause: str) -> str:
    """What makes two problems the same."""
    text = f"{kind}:{source.name}:{cause}"
    if len(text) <= FINGERPRINT_LIMIT:
        return text
    return text[: FINGERPRINT_LIMIT - 33] + ":" + blake2b(text.encode(), digest_size=16).hexdigest()


def settle(stream: Stream, problems: Sequence[Problem], *, known_keys: Collection[str]) -> None:
    """Bring the queue in line with rows just mapped: what waits now, and nothing else.

    Args:
        problems: all problems the mapping found in these rows. New content that is wrong is a repeat, the
            same content mapped again is not.
        known_keys: keys among the rows that may have waited before (all that were landed earlier).
    """
    before = _waiting(stream, known_keys)
    HeldRecord.objects.filter(id__in=[held_id for held_id, _, _ in before]).delete()
    renewed = {one.held.row.raw_id for one in problems if one.held and one.held.row.previous is not None}
    waited = {(exception_id, raw_id) for _, exception_id, raw_id in before if raw_id not in renewed}
    raise_all(stream, problems, waited=waited)
    close_empty({exception_id for _, exception_id, _ in before})


def _waiting(stream: Stream, keys: Collection[str]) -> list[tuple[int, int, int]]:
    if not keys:
        return []
    found = HeldRecord.objects.filter(raw__stream=stream, raw__external_key__in=list(keys))
    return list(found.values_list("id", "exception_id", "raw_id"))


def raise_all(
    stream: Stream, problems: Sequence[Problem], *, waited: Collection[tuple[int, int]] = ()
) -> list[SyncException]:
    """Put problems into the queue, folded; open what had been resolved and came back.

    Args:
        waited: (exception, landed row) pairs that are no news and do not count again.
    """
    grouped: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        grouped[fingerprint(problem.kind, stream.source, problem.cause)].append(problem)
    fresh = _create(stream, grouped)
    exceptions = _locked(grouped)
    rows = _hold(exceptions, grouped)
    news: list[SyncException] = []
    for exception in exceptions:
        group, new = grouped[exception.fingerprint], exception.fingerprint in fresh
        added = [raw_id for raw_id in rows[exception.pk] if (exception.pk, raw_id) not in waited]
        repeats = len(added) if KINDS[exception.kind].holds else len(group)
        if _fold(exception, group[-1], repeats - 1 if new else repeats) or new:
            news.append(exception)
    _announce(news)
    return exceptions


def _announce(exceptions: Sequence[SyncException]) -> None:
    """New exceptions, and such as are open again: what causes them, and what a rule says of them."""
    if not exceptions:
        return
    link(exceptions)
    for pk, rule in rules_for(exceptions).items():
        which = next(each for each in exceptions if each.pk == pk)
        finish(which, DISMISSED, words(rule), by=rule.author)


def _create(stream: Stream, grouped: Mapping[str, Sequence[Problem]]) -> set[str]:
    have = set(SyncException.objects.filter(fingerprint__in=grouped).values_list("fingerprint", flat=True))
    new = sorted(set(grouped) - have)
    if not new:
        return set()
    SyncException.objects.bulk_create(
        [_new(stream, mark, grouped[mark][0]) for mark in new], ignore_conflicts=True
    )
    made = SyncException.objects.filter(fingerprint__in=new, events=None)
    _record(made, "raised")
    return set(new)


def _new(stream: Stream, mark: str, problem: Problem) -> SyncException:
    return SyncException(
        kind=problem.kind,
        fingerprint=mark,
        severity=problem.severity or KINDS[problem.kind].severity,
        title=problem.title[:300],
        message=problem.message,
        source=stream.source,
        stream=stream,
        external_key=problem.external_key,
        trace_id=problem.trace_id,
        context=dict(problem.context),
        plant_id=problem.plant_id,
        equipment_id=problem.equipment_id,
    )


def _locked(grouped: Mapping[str, Any]) -> list[SyncException]:
    # One order for all writers, so that two pages with the same causes do not wait for each other.
    found = SyncException.objects.select_for_update(of=("self",)).filter(fingerprint__in=grouped)
    return list(found.order_by("fingerprint"))


def _hold(
    exceptions: Sequence[SyncException], grouped: Mapping[str, Sequence[Problem]]
) -> dict[int, list[int]]:
    """Attach the rows; return the landed rows attached, by exception."""
    rows: dict[int, list[int]] = defaultdict(list)
    lines: dict[tuple[int, int], HeldRecord] = {}
    for exception in exceptions:
        for held in (problem.held for problem in grouped[exception.fingerprint]):
            if held and (exception.pk, held.row.raw_id) not in lines:
                lines[exception.pk, held.row.raw_id] = _line(exception, held)
                rows[exception.pk].append(held.row.raw_id)
    HeldRecord.objects.bulk_create(lines.values(), ignore_conflicts=True, batch_size=1000)
    return rows


def _line(exception: SyncException, held: Held) -> HeldRecord:
    return HeldRecord(
        exception=exception,
        raw_id=held.row.raw_id,
        kind=held.kind,
        start=held.start,
        end=held.end,
        plant_id=held.plant_id or exception.plant_id,
        equipment_id=held.equipment_id,
    )


def _fold(exception: SyncException, problem: Problem, repeats: int) -> bool:
    """Take a repeat in; return whether it opened the exception again."""
    streams = {*exception.context.get("streams", ()), *problem.context.get("streams", ())}
    exception.context = {**exception.context, **problem.context}
    if streams:
        exception.context["streams"] = sorted(streams)
    exception.count += max(repeats, 0)
    exception.last_seen = timezone.now()
    exception.title, exception.message = problem.title[:300], problem.message
    exception.severity = problem.severity or exception.severity
    exception.trace_id = problem.trace_id or exception.trace_id
    if problem.plant_id and exception.plant_id is None:
        place(exception, problem.plant_id)
    exception.plant_id = problem.plant_id or exception.plant_id
    exception.equipment_id = problem.equipment_id or exception.equipment_id
    again = exception.status == RESOLVED
    if again:
        _record([exception], "reopened", f"{exception.message} {_before(exception)}")
        exception.status, exception.resolved_at, exception.resolved_by = OPEN, None, ""
        exception.resolution = ""
    exception.save()
    return again


def _before(exception: SyncException) -> str:
    """How it had been resolved, for the history of what came back."""
    who = f" by {exception.resolved_by}" if exception.resolved_by else ""
    when = f" on {local_day(exception.resolved_at)}" if exception.resolved_at else ""
    return f"It had been resolved{when}{who}: {exception.resolution}"


def place(exception: SyncException, plant_id: int) -> None:
    """Say to which plant an exception, already locked, belongs: what waits for it belongs there too.

    A row may wait for something else at the same time, of its own, which then belongs there as well.
    """
    exception.plant_id = plant_id
    exception.save(update_fields=["plant"])
    rows = HeldRecord.objects.filter(exception=exception, plant=None).values_list("raw_id", flat=True)
    unplaced = HeldRecord.objects.filter(raw__in=list(rows), plant=None)
    own = SyncException.objects.filter(held_records__in=unplaced, plant=None).exclude(kind__in=KEY_KINDS)
    SyncException.objects.filter(id__in=list(own.values_list("id", flat=True))).update(plant=plant_id)
    unplaced.update(plant=plant_id)


def close(exceptions: QuerySet[SyncException], why: str, *, by: str = "") -> int:
    """Resolve exceptions that have come right. A dismissed one is closed too, so that a new case opens it."""
    found = list(exceptions.exclude(status=RESOLVED).select_for_update(of=("self",)).order_by("fingerprint"))
    for exception in found:
        finish(exception, RESOLVED, why, by=by)
    return len(found)


def close_cause(kind: str, source: Source, causes: Iterable[str], why: str) -> int:
    """Resolve exceptions of a kind by their causes, where there are any."""
    marks = [fingerprint(kind, source, cause) for cause in causes]
    return close(SyncException.objects.filter(fingerprint__in=marks), why)


def close_empty(exception_ids: Collection[int]) -> int:
    """Resolve open exceptions of holding kinds for which nothing waits any more."""
    if not exception_ids:
        return 0
    holding = [kind.key for kind in KINDS.values() if kind.holds]
    waiting = HeldRecord.objects.filter(exception_id__in=exception_ids).values("exception_id")
    found = SyncException.objects.filter(id__in=exception_ids, kind__in=holding, status=OPEN)
    return close(found.exclude(id__in=waiting), "Nothing waits for it any more.")


def finish(exception: SyncException, status: str, why: str, *, by: str = "") -> None:
    """Close one exception, already locked, with its history."""
    exception.status, exception.resolution = status, why
    exception.resolved_at, exception.resolved_by, exception.retry_by = timezone.now(), by, ""
    exception.save(update_fields=["status", "resolution", "resolved_at", "resolved_by", "retry_by"])
    _record([exception], str(status), why, by=by)
    for caused in consequences(exception) if status == RESOLVED else ():
        _over_with(caused, exception)


def _over_with(caused: SyncException, cause: SyncException) -> None:
    finish(caused, RESOLVED, f"What caused it is over: {cause.title}.")


@transaction.atomic
def close_left_over() -> int:
    """Close what outlived its cause, because somebody worked on it when that was closed; return how many."""
    found = left_over()
    for exception in found:
        if exception.caused_by:
            _over_with(exception, exception.caused_by)
    return len(found)


def open_again(exception: SyncException, why: str, *, by: str) -> None:
    """Open an exception, already locked, that a person or a rule has closed."""
    exception.status, exception.resolution = OPEN, ""
    exception.resolved_at, exception.resolved_by, exception.retry_by = None, "", ""
    exception.save(update_fields=["status", "resolution", "resolved_at", "resolved_by", "retry_by"])
    _record([exception], "reopened", why, by=by)


def record_event(exception: SyncException, action: str, detail: str, *, by: str) -> None:
    """Add a line to an exception's history."""
    ExceptionEvent.objects.create(exception=exception, action=action, detail=detail, by=by)


def _record(exceptions: Iterable[SyncException], action: str, detail: str = "", *, by: str = "") -> None:
    ExceptionEvent.objects.bulk_create(
        ExceptionEvent(exception=exception, action=action, detail=detail or exception.message, by=by)
        for exception in exceptions
    )
