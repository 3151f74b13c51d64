"""What a rule would have done: looked up in what is known, before anybody saves it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from sync.corrections import IN_PAYLOAD
from sync.exceptions.rulemaking import Wanted, build, has_value
from sync.identities import CANONICAL
from sync.landing import Landed
from sync.mapping import read, ref_of
from sync.models import ExceptionEvent, HeldRecord, Identity, RawRecord, Rule, Stream, SyncException
from sync.queue.kinds import KEY_KINDS
from sync.queue.ruling import matches
from sync.records import Kind
from sync.rules import as_text, covers, means
from sync.sources import reads

SAMPLE = 2000
EXAMPLES = 10
HISTORY = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would do, and what it would have done.

    Args:
        settles: open exceptions it would settle at once.
        rows: source records that wait for these.
        history: times it would have had a say in what is known.
        looked_at: out of how many.
        against: times people or sources have said something else; the rule would not change these.
        examples: of either, for people.
    """

    settles: int
    rows: int
    history: int
    looked_at: int
    against: int
    examples: tuple[str, ...]


def preview(exception: SyncException, wanted: Wanted) -> Preview:
    """Try a rule on history. Nothing is changed.

    Raises:
        NotAllowed: see ``rulemaking.build``.
    """
    rule = build(exception, wanted)
    if rule.what == Rule.What.KEY:
        found = _of_key(rule)
    elif rule.what == Rule.What.VALUE:
        found = _of_value(rule, exception)
    else:
        found = _of_dismissal(rule)
    return replace(found, examples=found.examples[:EXAMPLES])


def _of_key(rule: Rule) -> Preview:
    rows = SyncException.objects.filter(
        kind__in=KEY_KINDS, source=rule.source, status="open", context__ref__kind=rule.kind
    )
    settled = [row for row in rows if means(rule, ref_of(row.context))]
    names = list(Identity.objects.filter(source=rule.source, kind=rule.kind))
    alike = [name for name in names if covers(rule, name)]
    others = [name for name in alike if name.canonical_id != rule.canonical_id]
    titles = dict(_names(rule, others))
    told = [f"{row.title} would be settled" for row in settled]
    told += [f"“{name.label or name.external_key}” stays {titles.get(name.canonical_id)}" for name in others]
    return Preview(len(settled), _rows(settled), len(alike), len(names), len(others), tuple(told))


def _names(rule: Rule, names: list[Identity]) -> Iterator[tuple[int, str]]:
    ids = [name.canonical_id for name in names]
    for row in CANONICAL[Kind(rule.kind)]._default_manager.filter(pk__in=ids):
        yield row.pk, str(row)


def _of_value(rule: Rule, exception: SyncException) -> Preview:
    """The latest landed rows of the streams that give such records, read again."""
    looked_at, told = 0, list[str]()
    for key, value in _values(rule, exception):
        looked_at += 1
        if matches(rule.pattern, value):
            told.append(f"{key}: {value or 'nothing'} would count as {rule.value}")
    waiting = SyncException.objects.filter(
        kind="rejected_value", source=rule.source, status="open", context__field=rule.field
    )
    settled = [row for row in waiting if has_value(row, rule)]
    return Preview(len(settled), _rows(settled), len(told), looked_at, 0, tuple(told))


def _values(rule: Rule, exception: SyncException) -> Iterator[tuple[str, str]]:
    raw = rule.field.startswith(IN_PAYLOAD)
    for stream in _streams(rule, exception):
        rows = RawRecord.objects.filter(stream=stream, gone_at=None).order_by("-id")[:SAMPLE]
        landed = [
            Landed(row.pk, row.external_key, row.payload, row.trace_id, row.source_updated_at) for row in rows
        ]
        if raw:
            name = rule.field.removeprefix(IN_PAYLOAD)
            yield from ((row.external_key, as_text(row.payload.get(name))) for row in landed)
            continue
        for item in read(stream, landed).items:
            if item.kind == rule.kind:
                yield item.key, as_text(getattr(item.record, rule.field))


def _streams(rule: Rule, exception: SyncException) -> list[Stream]:
    streams = Stream.objects.filter(source=rule.source).select_related("source")
    if rule.field.startswith(IN_PAYLOAD):
        return [stream for stream in streams if stream.pk == exception.stream_id]
    return [stream for stream in streams if reads(stream, rule.kind)]


def _of_dismissal(rule: Rule) -> Preview:
    since = timezone.now() - HISTORY
    rows = SyncException.objects.filter(kind=rule.kind, source=rule.source).filter(
        Q(last_seen__gte=since) | Q(status="open")
    )
    alike = [row for row in rows if matches(rule.pattern, row.title)]
    settled = [row for row in alike if row.status == "open"]
    # What a person resolved otherwise would never have been seen.
    cured = ExceptionEvent.objects.filter(exception__in=alike, action="resolved").exclude(by="")
    told = [f"{row.title} would be dismissed" for row in settled]
    against = cured.values("exception").distinct().count()
    return Preview(len(settled), _rows(settled), len(alike), len(rows), against, tuple(told))


def _rows(settled: list[SyncException]) -> int:
    rows = HeldRecord.objects.filter(exception__in=settled)
    return rows.values("raw").distinct().count()
