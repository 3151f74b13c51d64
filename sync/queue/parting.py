"""Exceptions that a person has split: which rows fold into which part."""

from collections.abc import Collection, Mapping

from sync.models import SyncException

SPLIT = "split"
"""Member of a part's context: keys of the landed rows that fold into it."""


def parts(marks: Collection[str]) -> Mapping[tuple[str, str], str]:
    """(fingerprint, key of a landed row) → fingerprint of the part the row folds into. One query."""
    rows = SyncException.objects.filter(split_from__fingerprint__in=list(marks))
    found = rows.values_list("split_from__fingerprint", "fingerprint", f"context__{SPLIT}")
    return {(whole, key): part for whole, part, keys in found for key in keys or ()}
