"""What an unknown key might mean. Only suggested: a likeness never maps by itself."""

from collections.abc import Iterator

from rapidfuzz import fuzz, process, utils

from kpis.models.base import Master as CanonicalMaster
from sync.identities import CANONICAL, Suggestion, normalise, normalised, primary_codes
from sync.records import Kind, Ref

LEAST_SCORE = 45


def suggest(ref: Ref, *, limit: int = 5) -> list[Suggestion]:
    """Canonical rows like the reference by name or code, best first."""
    model = CANONICAL[ref.kind]
    if not issubclass(model, CanonicalMaster):
        return []
    rows = {row: (name, code) for row, name, code in model._default_manager.values_list("pk", "name", "code")}
    best: dict[int, tuple[float, str]] = {}
    for row, score, reason in [*_by_name(ref, rows), *_by_code(ref, rows)]:
        if score >= LEAST_SCORE and score > best.get(row, (0.0, ""))[0]:
            best[row] = (score, reason)
    ranked = sorted(best.items(), key=lambda entry: (-entry[1][0], entry[0]))[:limit]
    return [Suggestion(row, *rows[row], round(score, 1), reason) for row, (score, reason) in ranked]


def _by_name(ref: Ref, rows: dict[int, tuple[str, str]]) -> Iterator[tuple[int, float, str]]:
    names = {row: name for row, (name, _) in rows.items()}
    for wanted in {ref.label, *ref.codes} - {""}:
        for name, score, row in process.extract(
            wanted, names, scorer=fuzz.WRatio, processor=utils.default_process, limit=10
        ):
            yield row, score, f"“{wanted}” is like the name “{name}”"


def _by_code(ref: Ref, rows: dict[int, tuple[str, str]]) -> Iterator[tuple[int, float, str]]:
    codes = _codes(ref.kind, rows)
    for wanted in normalised((*ref.codes, ref.label)):
        for code, score, index in process.extract(
            wanted, [code for code, _ in codes], scorer=fuzz.ratio, limit=10
        ):
            yield codes[index][1], score, f"“{wanted}” is like the code “{code}”"


def _codes(kind: Kind, rows: dict[int, tuple[str, str]]) -> list[tuple[str, int]]:
    own = [(normalise(code), row) for row, (_, code) in rows.items() if code]
    given = [(code, row) for row, codes in primary_codes(kind).items() if row in rows for code in codes]
    return sorted({*own, *given})
