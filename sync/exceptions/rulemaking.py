"""Make a rule of a decision: what it is for all that comes of a source from now on. Listed, and revocable."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from sync.corrections import IN_PAYLOAD, field_types, parse
from sync.exceptions.errors import AlreadyResolved, NotAllowed
from sync.exceptions.steps import INLINE, OPEN, lock, lock_rows, need_reason, sign
from sync.exceptions.tracing import replay_for, rows_naming, rows_of, rows_with, take_back
from sync.identities import CANONICAL
from sync.mapping import NAMES, ref_of
from sync.models import HeldRecord, Identity, Rule, SyncException
from sync.pipeline import lock_masters
from sync.queue.kinds import KEY_KINDS, Resolution
from sync.queue.ruling import matches, words
from sync.queue.writer import DISMISSED, finish, open_again, record_event
from sync.records import RECORD_OF, Kind
from sync.replay import release
from sync.rules import as_text, covers, means

WILD = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A rule a person thinks of, not yet made. See ``sync.models.Rule`` for the fields."""

    what: str
    pattern: str
    field: str = ""
    canonical_id: int | None = None
    value: Any = None


def drafts(exception: SyncException) -> list[Wanted]:
    """The rules that suggest themselves for an exception, best first."""
    found: list[Wanted] = []
    if exception.kind in KEY_KINDS:
        ref = ref_of(exception.context)
        found.append(Wanted(what=Rule.What.KEY, pattern=_prefix(next(iter(ref.codes), ref.label) or ref.key)))
    field = exception.context.get("field", "")
    if exception.kind == "rejected_value" and field:
        value = as_text(exception.context.get("record", {}).get(field))
        found.append(Wanted(what=Rule.What.VALUE, pattern=value, field=field))
    return [*found, Wanted(what=Rule.What.DISMISS, pattern=_prefix(exception.title, ": "))]


def _prefix(text: str, mark: str = "-") -> str:
    """A text with its last part left open."""
    head, found, _ = text.rpartition(mark)
    return f"{head}{found}{WILD}" if found else text


def build(exception: SyncException, wanted: Wanted) -> Rule:
    """The rule as it would be, checked and not saved.

    Raises:
        NotAllowed: it is about another kind of thing, is too wide, or its value makes no sense.
    """
    if not wanted.pattern.replace(WILD, "").strip() and wanted.what != Rule.What.VALUE:
        raise NotAllowed("A pattern needs some letters or digits beside the stars.")
    made = {Rule.What.KEY: _of_key, Rule.What.VALUE: _of_value, Rule.What.DISMISS: _of_dismissal}
    if wanted.what not in made:
        raise NotAllowed(f"“{wanted.what}” is no kind of rule; there are: {', '.join(made)}.")
    rule = made[Rule.What(wanted.what)](exception, wanted)
    rule.what, rule.pattern = wanted.what, wanted.pattern.strip()
    rule.source, rule.exception = exception.source, exception
    return rule


def _of_key(exception: SyncException, wanted: Wanted) -> Rule:
    if exception.kind not in KEY_KINDS:
        raise NotAllowed("Only an unknown key can be the start of a rule about keys.")
    ref = ref_of(exception.context)
    rule = Rule(kind=ref.kind.value, canonical_id=wanted.canonical_id, pattern=wanted.pattern.strip())
    model: Any = CANONICAL[ref.kind]
    if not model.objects.filter(pk=wanted.canonical_id).exists():
        raise NotAllowed(f"There is no {NAMES[ref.kind]} {wanted.canonical_id}.")
    if not means(rule, ref):
        raise NotAllowed("The pattern does not fit the key in question.")
    return rule


def _of_value(exception: SyncException, wanted: Wanted) -> Rule:
    kind = exception.context.get("record_kind", "")
    if exception.kind != "rejected_value" or not wanted.field:
        raise NotAllowed("Only a rejected value can be the start of a rule about values.")
    if not wanted.field.startswith(IN_PAYLOAD):
        _check_value(kind, wanted)
    return Rule(kind=kind or "row", field=wanted.field, value=wanted.value)


def _check_value(kind: str, wanted: Wanted) -> None:
    types = field_types(RECORD_OF[Kind(kind)]) if kind in RECORD_OF else {}
    if wanted.field not in types:
        raise NotAllowed(f"“{wanted.field}” has no value a rule could set.")
    try:
        parse(types[wanted.field], wanted.value)
    except (TypeError, ValueError) as error:
        raise NotAllowed(f"“{wanted.value}” does not fit {wanted.field}: {error}") from error


def _of_dismissal(exception: SyncException, wanted: Wanted) -> Rule:
    rule = Rule(kind=exception.kind)
    if not matches(wanted.pattern.strip(), exception.title):
        raise NotAllowed("The pattern does not fit the title of this exception.")
    return rule


@transaction.atomic
def make_rule(exception: SyncException, wanted: Wanted, *, reason: str, by: str) -> Rule:
    """Save a rule, and let go or dismiss what it settles at once.

    Args:
        reason: why, kept with the rule.
        by: the person's user name.

    Raises:
        AlreadyResolved: the exception is not open any more.
        NotAllowed: see ``build``; or there is such a rule, or no reason.
    """
    _lock_alike(exception, wanted)
    mine = lock(exception, Resolution.RULE)
    need_reason(reason)
    rule = build(mine, wanted)
    rule.reason, rule.author = reason, by
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise NotAllowed("There is a rule for this pattern already; revoke that first.") from error
    record_event(mine, "rule", f"{wanted.what}: {wanted.pattern}. {reason}", by=by)
    _apply(rule, mine, by)
    return rule


def _lock_alike(exception: SyncException, wanted: Wanted) -> None:
    """Lock all that a rule may settle, in the order a sync locks them: rows, masters, exceptions."""
    if wanted.what == Rule.What.KEY:
        return
    alike = SyncException.objects.filter(kind=exception.kind, source=exception.source, status=OPEN)
    if wanted.what == Rule.What.VALUE:
        rows = HeldRecord.objects.filter(exception__in=alike).values_list("raw_id", flat=True)
        lock_rows(list(rows.distinct()))
    lock_masters()
    list(alike.select_for_update(of=("self",)).order_by("fingerprint").values_list("pk", flat=True))


def _apply(rule: Rule, mine: SyncException, by: str) -> None:
    if rule.what == Rule.What.KEY:
        release([Kind(rule.kind)], most=INLINE)
    elif rule.what == Rule.What.VALUE:
        same = [other for other in _alike(rule) if other.pk == mine.pk or has_value(other, rule)]
        rows = HeldRecord.objects.filter(exception__in=same).values_list("raw_id", flat=True)
        replay_for(mine, list(rows.distinct()), by=by)
    else:
        for other in _alike(rule):
            if matches(rule.pattern, other.title):
                finish(other, DISMISSED, words(rule), by=by)
    sign(mine, f"By a rule: {rule.pattern}. {rule.reason}", by)


def _alike(rule: Rule) -> list[SyncException]:
    """Open exceptions a rule may settle, locked."""
    kind = rule.kind if rule.what == Rule.What.DISMISS else "rejected_value"
    rows = SyncException.objects.filter(kind=kind, source=rule.source, status=OPEN)
    return list(rows.select_for_update(of=("self",)).order_by("fingerprint"))


def has_value(exception: SyncException, rule: Rule) -> bool:
    """Whether an exception is about a value the rule translates; of raw rows that cannot be told."""
    context = exception.context
    if context.get("field") != rule.field or context.get("record_kind", "row") != rule.kind:
        return False
    if rule.field.startswith(IN_PAYLOAD):
        return True
    return matches(rule.pattern, as_text(context.get("record", {}).get(rule.field)))


@transaction.atomic
def revoke_rule(rule_id: int, *, by: str) -> Rule:
    """Take a rule back: what it said of names and values is asked again, what it dismissed is open again.

    Raises:
        AlreadyResolved: somebody else has revoked it.
    """
    lock_masters()
    rule = Rule.objects.select_for_update(of=("self",)).select_related("source", "exception").get(pk=rule_id)
    if rule.revoked_at:
        raise AlreadyResolved(f"{rule.revoked_by} has revoked it already.")
    rows = list(_touched(rule))
    rule.revoked_at, rule.revoked_by = timezone.now(), by
    rule.save(update_fields=["revoked_at", "revoked_by"])
    if rule.what == Rule.What.DISMISS:
        _open_dismissed(rule, by)
    elif rule.exception:
        record_event(rule.exception, "rule revoked", rule.pattern, by=by)
        if rule.field.startswith(IN_PAYLOAD):
            take_back(rule.source, rows)
        replay_for(SyncException.objects.select_for_update().get(pk=rule.exception.pk), rows, by=by)
    return rule


def _touched(rule: Rule) -> Iterator[int]:
    """Landed rows that a rule has had a say in. Names it gave go with it."""
    if rule.what == Rule.What.VALUE:
        yield from rows_with(rule)
    elif rule.what == Rule.What.KEY and rule.canonical_id:
        yield from rows_naming(rule.source, Kind(rule.kind), rule.canonical_id)
        names = Identity.objects.filter(
            source=rule.source, kind=rule.kind, canonical_id=rule.canonical_id
        ).exclude(method__in=[Identity.Method.MANUAL, Identity.Method.CREATED])
        for name in names:
            if covers(rule, name):
                yield from rows_of(rule.source, name.external_key)
                name.delete()


def _open_dismissed(rule: Rule, by: str) -> None:
    rows = SyncException.objects.filter(kind=rule.kind, source=rule.source, status=DISMISSED)
    mine = rows.filter(resolution=words(rule))
    for exception in mine.select_for_update(of=("self",)).order_by("fingerprint"):
        if matches(rule.pattern, exception.title):
            open_again(exception, f"{by} has revoked the rule “{rule.pattern}”.", by=by)
