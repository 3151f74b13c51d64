"""Who is who: names in sources → canonical rows. Resolves many references at once, never row by row."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.db.models.functions import Upper

from kpis.models import (
    Equipment,
    Line,
    Operation,
    Part,
    Plant,
    Product,
    Reason,
    ShiftCalendar,
    Technician,
    WorkOrder,
)
from kpis.models.base import FromSource
from sync import rules
from sync.models import Counterpart, Identity, Ownership, Source
from sync.records import KIND_OF, Kind, Master, PlantRecord, ReasonRecord, Ref

CANONICAL: dict[Kind, type[FromSource]] = {
    Kind.PLANT: Plant,
    Kind.LINE: Line,
    Kind.EQUIPMENT: Equipment,
    Kind.PRODUCT: Product,
    Kind.PART: Part,
    Kind.TECHNICIAN: Technician,
    Kind.REASON: Reason,
    Kind.CALENDAR: ShiftCalendar,
    Kind.OPERATION: Operation,
    Kind.WORK_ORDER: WorkOrder,
}
WORD = re.compile(r"\d+|[^\W\d_]+")
KEYLESS = "code:"
CODE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A canonical row an unknown key might mean. ``score`` 0-100; ``reason`` says what is alike."""

    canonical_id: int
    name: str
    code: str
    score: float
    reason: str


@dataclass(frozen=True, slots=True)
class Naming:
    """What one source calls a canonical row, ready to be remembered."""

    kind: Kind
    key: str
    canonical_id: int
    method: str
    codes: tuple[str, ...] = ()
    label: str = ""
    by: str = ""


def normalise(code: str) -> str:
    """A code without what people vary: case, separators, leading zeros. "LYO-PR-03" equals "lyo pr 3".

    A separator between two numbers stays, since A-1-3 is not A-13.
    """
    parts: list[str] = []
    for word in WORD.findall(unicodedata.normalize("NFKC", code).upper()):
        number = word.isdecimal()
        if number and parts and parts[-1].isdecimal():
            parts.append(".")
        parts.append((word.lstrip("0") or "0") if number else word)
    return "".join(parts)


def normalised(codes: Iterable[str]) -> list[str]:
    """Codes as they are compared and stored, cut to what is stored; sorted, without empty ones."""
    return sorted({normalise(code)[:CODE_LENGTH] for code in codes} - {""})


def identity_key(ref: Ref) -> str:
    """The key under which the crosswalk knows a reference: its own, or its code where it has no key."""
    return ref.key or (KEYLESS + next(iter(normalised(ref.codes)), ref.label))[:CODE_LENGTH]


def ref_to(record: Master) -> Ref:
    """The reference that others make to this record. The name of a plant or a reason serves as its code."""
    named = isinstance(record, PlantRecord | ReasonRecord)
    codes = (*record.codes, record.name) if named else record.codes
    return Ref(kind=KIND_OF[type(record)], key=record.external_key, codes=codes, label=record.name)


def owners() -> dict[str, int]:
    """Kind → id of the source that is its system of record."""
    return dict(Ownership.objects.filter(field="").values_list("kind", "source_id"))


def resolve(source: Source, refs: Iterable[Ref]) -> dict[Ref, int]:
    """Canonical ids of the references that can be resolved beyond doubt; the others are left out."""
    open_refs = set(refs)
    found: dict[Ref, int] = {}
    for step in (_by_identity, _by_work_order, _by_number, _by_reason_code, _by_code, _by_product, _by_rule):
        if open_refs:
            found |= step(source, open_refs)
            open_refs -= found.keys()
    return found


def _by_identity(source: Source, refs: Collection[Ref]) -> dict[Ref, int]:
    keys = {identity_key(ref) for ref in refs}
    rows = Identity.objects.filter(source=source, external_key__in=keys)
    known = {(kind, key): row for kind, key, row in rows.values_list("kind", "external_key", "canonical_id")}
    pairs = ((ref, known.get((ref.kind, identity_key(ref)))) for ref in refs)
    return {ref: row for ref, row in pairs if row is not None}


def _by_work_order(source: Source, refs: Collection[Ref]) -> dict[Ref, int]:
    """Work orders are facts and carry their own key; those kept as a counterpart stand for the other's."""
    wanted = {ref.key: ref for ref in refs if ref.kind == Kind.WORK_ORDER and ref.key}
    if not wanted:
        return {}
    other = Counterpart.objects.filter(source=source, kind=Kind.WORK_ORDER, external_key__in=wanted)
    known = dict(other.values_list("external_key", "canonical_id"))
    own = WorkOrder.objects.filter(source=source.name, external_key__in=wanted)
    known |= dict(own.values_list("external_key", "id"))
    return {wanted[key]: row for key, row in known.items()}


def _by_number(source: Source, refs: Collection[Ref]) -> dict[Ref, int]:
    """Work orders of other sources by their number."""
    wanted = {code.upper(): ref for ref in refs if ref.kind == Kind.WORK_ORDER for code in ref.codes}
    if not wanted:
        return {}
    others = WorkOrder.objects.exclude(source=source.name).alias(upper=Upper("number"))
    found = others.filter(upper__in=wanted, deleted_at=None).values_list(Upper("number"), "id")
    return _single((wanted[number], row) for number, row in found)


def _by_reason_code(source: Source, refs: Collection[Ref]) -> dict[Ref, int]:
    """The standard reasons have no source, so their own codes count."""
    wanted = [ref for ref in refs if ref.kind == Kind.REASON and ref.codes]
    if not wanted:
        return {}
    known = {normalise(code): row for code, row in Reason.objects.values_list("code", "id")}
    return _single((ref, known[code]) for ref in wanted for code in normalised(ref.codes) if code in known)


def _by_code(source: Source, refs: Collection[Ref]) -> dict[Ref, int]:
    found: dict[Ref, int] = {}
    for kind in {ref.kind for ref in refs if ref.codes}:
        mine = {ref: set(normalised(ref.codes)) for ref in refs if ref.kind == kind}
        named = _naming(kind, {code for codes in mine.values() for code in codes})
        found |= _single(
            (ref, identity.canonical_id)
            for ref, codes in mine.items()
            for identity in {entry.pk: entry for code in codes for entry in named[code]}.values()
            if not _another_of_same_list(source, ref, identity)
        )
    return found


def _by_product(source: Source, refs: Collection[Ref]) -> dict[Ref, int]:
    """Spare parts that a source knows as products: the part that is that product."""
    wanted = {ref.key: ref for ref in refs if ref.kind == Kind.PART and ref.key}
    if not wanted:
        return {}
    named = Identity.objects.filter(source=source, kind=Kind.PRODUCT, external_key__in=wanted)
    products = {product: wanted[key] for key, product in named.values_list("external_key", "canonical_id")}
    parts = Part.objects.filter(product__in=products, gone_at=None).values_list("product", "id")
    return _single((products[product], part) for product, part in parts)


def _by_rule(source: Source, refs: Collection[Ref]) -> dict[Ref, int]:
    """What a person's rule says of all names of a pattern. Two rules that disagree decide nothing."""
    return _single(rules.by_key(source, refs))


def _naming(kind: Kind, codes: Collection[str]) -> dict[str, list[Identity]]:
    named: dict[str, list[Identity]] = defaultdict(list)
    for identity in Identity.objects.filter(kind=kind, codes__overlap=list(codes)):
        for code in identity.codes:
            named[code].append(identity)
    return named


def _another_of_same_list(source: Source, ref: Ref, identity: Identity) -> bool:
    """Two rows of one list of one source are two things, even when they share a code."""
    if identity.source_id != source.pk or not ref.key:
        return False
    return identity.external_key != ref.key and _model(identity.external_key) == _model(ref.key)


def _model(key: str) -> str:
    return key.partition("/")[0]


def _single(pairs: Iterable[tuple[Ref, int]]) -> dict[Ref, int]:
    """Those references for which all pairs agree; a code that means two things decides nothing."""
    candidates: dict[Ref, set[int]] = defaultdict(set)
    for ref, row in pairs:
        candidates[ref].add(row)
    return {ref: next(iter(rows)) for ref, rows in candidates.items() if len(rows) == 1}


def remember(source: Source, namings: Sequence[Naming]) -> None:
    """Write names into the crosswalk. A name we have keeps how it was found; its codes are renewed."""
    unique = {(naming.kind, naming.key): naming for naming in namings}
    Identity.objects.bulk_create(
        (
            Identity(
                source=source,
                kind=naming.kind,
                external_key=naming.key,
                canonical_id=naming.canonical_id,
                codes=normalised(naming.codes),
                label=naming.label[:200],
                method=naming.method,
                created_by=naming.by,
            )
            for naming in unique.values()
        ),
        update_conflicts=True,
        unique_fields=["source", "kind", "external_key"],
        update_fields=["codes", "label"],
    )


def map_to(source: Source, ref: Ref, canonical_id: int, *, by: str) -> None:
    """A person says what a key means; takes the place of whatever the crosswalk said."""
    Identity.objects.update_or_create(
        source=source,
        kind=ref.kind,
        external_key=identity_key(ref),
        defaults={
            "canonical_id": canonical_id,
            "codes": normalised(ref.codes),
            "label": ref.label[:200],
            "method": Identity.Method.MANUAL,
            "created_by": by,
        },
    )


def primary_codes(kind: Kind) -> dict[int, list[str]]:
    """Normalised codes any source gave, by canonical id."""
    codes: dict[int, list[str]] = defaultdict(list)
    for row, given in Identity.objects.filter(kind=kind).values_list(F("canonical_id"), "codes"):
        codes[row].extend(given)
    return codes
