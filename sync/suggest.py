"""What an unknown key might mean. Only suggested: a likeness never maps by itself."""

from collections.abc import Iterable, Iterator, Mapping

from rapidfuzz import fuzz, process

from kpis.models import Equipment
from kpis.models.base import Master as CanonicalMaster
from sync.identities import CANONICAL, Suggestion, normalise, normalised, primary_codes
from sync.likeness import likeness
from sync.models import Identity
from sync.records import Kind, Ref

LEAST_NAME = 45
LEAST_CODE = 70
TAKEN = 0.5
FREE = 25.0
DOUBTED = 0.3

Rows = dict[int, tuple[str, str]]
Found = Iterable[tuple[int, float, str]]


def suggest(
    ref: Ref,
    *,
    plant_id: int | None = None,
    witnesses: Found = (),
    doubted: Mapping[int, str] | None = None,
    limit: int = 5,
) -> list[Suggestion]:
    """Canonical rows the reference may mean, best first: by what witnesses them, by name, by code.

    Args:
        plant_id: only machines of this plant, where the reference is to a machine.
        witnesses: rows other records speak for, or earlier decisions, with score and reason.
        doubted: rows a person has turned down for it, with what there is to say of that.
    """
    model = CANONICAL[ref.kind]
    if not issubclass(model, CanonicalMaster):
        return []
    query = model._default_manager.values_list("pk", "name", "code")
    if ref.kind == Kind.EQUIPMENT and plant_id:
        query = Equipment.objects.filter(plant=plant_id).values_list("pk", "name", "code")
    rows: Rows = {row: (name, code) for row, name, code in query}
    taken = _taken(ref)
    best: dict[int, tuple[float, str]] = {}
    for row, score, reason in [*_free(ref, rows, taken), *_by_name(ref, rows), *_by_code(ref, rows)]:
        weighed = score * TAKEN if row in taken else score
        if weighed > best.get(row, (0.0, ""))[0]:
            best[row] = (weighed, reason)
    _take_evidence(best, rows, witnesses, doubted or {})
    ranked = sorted(best.items(), key=lambda entry: (-entry[1][0], entry[0]))[:limit]
    return [Suggestion(row, *rows[row], round(score, 1), reason) for row, (score, reason) in ranked]


def _take_evidence(
    best: dict[int, tuple[float, str]], rows: Rows, witnesses: Found, doubted: Mapping[int, str]
) -> None:
    for row, score, reason in witnesses:
        if row in rows and score >= best.get(row, (0.0, ""))[0]:
            best[row] = (score, reason)
    for row in doubted.keys() & best.keys():
        best[row] = (best[row][0] * DOUBTED, f"{best[row][1]}; {doubted[row]}")


def _taken(ref: Ref) -> set[int]:
    """Machines that another row of the same table of the source is known to be: hardly this one too."""
    model = ref.key.partition("/")[0] if ref.kind == Kind.EQUIPMENT else ""
    named = Identity.objects.filter(kind=ref.kind, external_key__startswith=f"{model}/")
    return set(named.values_list("canonical_id", flat=True)) if model else set()


def _free(ref: Ref, rows: Rows, taken: set[int]) -> Iterator[tuple[int, float, str]]:
    if taken:
        model = ref.key.partition("/")[0]
        yield from ((row, FREE, f"no {model} is known for it yet") for row in rows if row not in taken)


def _by_name(ref: Ref, rows: Rows) -> Iterator[tuple[int, float, str]]:
    names = {row: name for row, (name, _) in rows.items()}
    for wanted in {ref.label, *ref.codes} - {""}:
        for name, score, row in process.extract(
            wanted,
            names,
            scorer=likeness,
            limit=10,
            score_cutoff=LEAST_NAME,
        ):
            yield row, score, f"“{wanted}” is like the name “{name}”"


def _by_code(ref: Ref, rows: Rows) -> Iterator[tuple[int, float, str]]:
    codes = _codes(ref.kind, rows)
    for wanted in normalised((*ref.codes, ref.label)):
        for code, score, index in process.extract(
            wanted, [code for code, _ in codes], scorer=fuzz.ratio, limit=10, score_cutoff=LEAST_CODE
        ):
            yield codes[index][1], score, f"“{wanted}” is like the code “{code}”"


def _codes(kind: Kind, rows: Rows) -> list[tuple[str, int]]:
    own = [(normalise(code), row) for row, (_, code) in rows.items() if code]
    given = [(code, row) for row, codes in primary_codes(kind).items() if row in rows for code in codes]
    return sorted({*own, *given})
