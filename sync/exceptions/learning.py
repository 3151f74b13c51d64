"""What earlier decisions say of a name: it meant this, it did not mean that, and how names are made."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from kpis.models.base import Master
from sync.clocks import local_day
from sync.identities import CANONICAL, Suggestion, normalise, normalised
from sync.models import Identity, Source, Verdict
from sync.records import Ref

SAME, ELSEWHERE = 98.0, 90.0
PATTERN, PATTERN_OF_MANY = 80.0, 92.0
MANY = 4
FEW = 2
"""So many pairs have to agree before they count as a pattern."""
CODE = re.compile(r"^(\D+)(\d[\d.]*)$")
Spoken = tuple[int, float, str]


def terms(ref: Ref) -> list[str]:
    """What names a thing: its codes and its label, normalised."""
    return normalised((*ref.codes, ref.label))


def learned(source: Source, ref: Ref) -> list[Spoken]:
    """Rows that earlier decisions speak for, with score and reason."""
    return [*_decided(source, ref), *_by_pattern(source, ref)]


def doubted(source: Source, ref: Ref) -> dict[int, str]:
    """Rows that people have turned down for such a name in this source."""
    rows = Verdict.objects.filter(source=source, kind=ref.kind, term__in=terms(ref), accepted=False)
    return {row.canonical_id: f"{row.by} chose another on {local_day(row.at)}" for row in rows}


def _decided(source: Source, ref: Ref) -> Iterator[Spoken]:
    rows = Verdict.objects.filter(kind=ref.kind, term__in=terms(ref), accepted=True).select_related("source")
    for row in rows.order_by("at"):
        score = SAME if row.source_id == source.pk else ELSEWHERE
        where = "" if row.source_id == source.pk else f" of {row.source.title}"
        yield row.canonical_id, score, f"{row.by} mapped this name{where} to it on {local_day(row.at)}"


def _by_pattern(source: Source, ref: Ref) -> Iterator[Spoken]:
    """Codes of this source that begin alike meant codes that begin alike, with the same number."""
    mine = [found.groups() for term in terms(ref) if (found := CODE.match(term))]
    if not mine or not issubclass(CANONICAL[ref.kind], Master):
        return
    model: Any = CANONICAL[ref.kind]
    rows: dict[int, str] = dict(model.objects.values_list("pk", "code"))
    agreed = Counter(_prefixes(source, ref.kind, rows))
    by_code = {normalise(code): row for row, code in rows.items() if code}
    for prefix, number in mine:
        for (theirs, ours), count in agreed.items():
            row = by_code.get(f"{ours}{number}")
            if theirs == prefix and count >= FEW and row is not None:
                score = PATTERN_OF_MANY if count >= MANY else PATTERN
                yield (
                    row,
                    score,
                    f"{count} codes {theirs}… of {source.title} meant {ours}… of the same number",
                )


def _prefixes(source: Source, kind: str, rows: dict[int, str]) -> Iterator[tuple[str, str]]:
    """(prefix in the source, prefix of our code) of every name that has been mapped to the same number."""
    known = Identity.objects.filter(source=source, kind=kind)
    for row, codes in known.values_list("canonical_id", "codes"):
        ours = CODE.match(normalise(rows.get(row, "")))
        for theirs in (CODE.match(code) for code in codes):
            if ours and theirs and ours[2] == theirs[2] and ours[1] != theirs[1]:
                yield theirs[1], ours[1]


def remember(source: Source, ref: Ref, chosen: int | None, offered: Sequence[Suggestion], *, by: str) -> None:
    """Keep a decision: the row a name means, and those that were offered before it and turned down.

    Args:
        chosen: None: none of them, it is something new.
    """
    ahead = [each.canonical_id for each in offered]
    ahead = ahead[: ahead.index(chosen)] if chosen in ahead else ahead
    said = [(row, False) for row in ahead] + ([(chosen, True)] if chosen is not None else [])
    _keep(source, ref, said, by)


def _keep(source: Source, ref: Ref, said: Iterable[tuple[int, bool]], by: str) -> None:
    verdicts = {
        (term, row): Verdict(
            source=source, kind=ref.kind, term=term, canonical_id=row, accepted=accepted, by=by
        )
        for row, accepted in said
        for term in terms(ref)
    }
    Verdict.objects.bulk_create(
        verdicts.values(),
        update_conflicts=True,
        unique_fields=["source", "kind", "term", "canonical_id"],
        update_fields=["accepted", "by", "at"],
    )
