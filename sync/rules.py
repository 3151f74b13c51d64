"""Rules people made of "from now on treat X as Y", applied to names and values as they are read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sync.corrections import IN_PAYLOAD, field_types, parse
from sync.models import Identity, Rule, Source
from sync.queue.ruling import matches
from sync.records import KIND_OF, Record, Ref

Payload = dict[str, Any]


def names_of(ref: Ref) -> list[str]:
    """All that a reference goes by: key, codes, label."""
    return [name for name in (ref.key, *ref.codes, ref.label) if name]


def means(rule: Rule, ref: Ref) -> bool:
    """Whether a rule about keys is about this one."""
    return rule.kind == ref.kind and any(matches(rule.pattern, name) for name in names_of(ref))


def covers(rule: Rule, name: Identity) -> bool:
    """Whether a known name is of the pattern of a rule about keys."""
    return any(matches(rule.pattern, text) for text in (name.external_key, name.label, *name.codes))


def by_key(source: Source, refs: Iterable[Ref]) -> list[tuple[Ref, int]]:
    """References with the row a rule says they mean; one may be there twice. One query."""
    wanted = list(refs)
    rules = Rule.objects.filter(
        what=Rule.What.KEY, source=source, revoked_at=None, kind__in={ref.kind for ref in wanted}
    )
    found = [rule for rule in rules if rule.canonical_id is not None]
    return [(ref, rule.canonical_id or 0) for rule in found for ref in wanted if means(rule, ref)]


@dataclass(frozen=True, slots=True)
class Translation:
    """The rules about values of one source."""

    rules: Sequence[Rule]

    def payload(self, payload: Payload) -> Payload:
        """A landed row with the values of raw fields translated."""
        return payload | {
            name: rule.value
            for rule in self.rules
            if rule.field.startswith(IN_PAYLOAD)
            and (name := rule.field.removeprefix(IN_PAYLOAD)) in payload
            and matches(rule.pattern, as_text(payload[name]))
        }

    def record(self, record: Record, *, fixed: Iterable[str] = ()) -> tuple[Record, set[str]]:
        """A record with values translated, and the fields that were.

        Args:
            fixed: fields a person has corrected, which no rule changes.
        """
        mine = [rule for rule in self.rules if rule.kind == KIND_OF.get(type(record))]
        types = field_types(type(record)) if mine else {}
        changed = {
            rule.field: parse(types[rule.field], rule.value)
            for rule in mine
            if rule.field in types
            and rule.field not in fixed
            and matches(rule.pattern, as_text(getattr(record, rule.field)))
        }
        return (replace(record, **changed), set(changed)) if changed else (record, set())


def translation(source: Source) -> Translation:
    """The source's rules about values that are in force. One query."""
    return Translation(list(Rule.objects.filter(what=Rule.What.VALUE, source=source, revoked_at=None)))


def as_text(value: Any) -> str:
    """A value as a rule's pattern is compared with it."""
    return "" if value is None else str(value)
