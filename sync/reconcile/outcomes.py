"""Differences in the exception queue: one per rule and subject, closed by a comparison that agrees."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count

from sync.models import ReconciliationLine, ReconciliationRun, SyncException
from sync.queue.telling import raise_each
from sync.queue.writer import Problem, close
from sync.reconcile.base import Rule

KIND = "reconciliation_difference"


def open_differences() -> dict[str, int]:
    """Open differences by rule. One query."""
    rows = SyncException.objects.filter(kind=KIND, status=SyncException.Status.OPEN)
    counted = rows.values_list("context__rule").annotate(found=Count("pk"))
    return {str(rule): found for rule, found in counted.order_by()}


def tell(rule: Rule, run: ReconciliationRun, lines: Sequence[ReconciliationLine]) -> None:
    """Bring the queue in line with a comparison, in the caller's transaction.

    One by hand of a single month or source leaves what it did not look at as it was.
    """
    told = _told(rule)
    differing: dict[str, list[ReconciliationLine]] = defaultdict(list)
    for line in lines:
        if not line.agrees:
            differing[line.subject].append(line)
    compared = {(line.subject, line.period) for line in lines}
    kept = {key: _kept(rule, run, row, compared) for key, row in told.items()}
    gone = [row.pk for key, row in told.items() if not kept[key] and key not in differing]
    close(SyncException.objects.filter(pk__in=gone), "The sides agree again.")
    _raise(rule, run, differing, kept)


def _told(rule: Rule) -> dict[str, SyncException]:
    rows = SyncException.objects.filter(kind=KIND, context__rule=rule.key)
    return {str(row.context["subject"]): row for row in rows.exclude(status=SyncException.Status.RESOLVED)}


def _kept(
    rule: Rule, run: ReconciliationRun, told: SyncException, compared: set[tuple[str, str]]
) -> list[dict[str, Any]]:
    """Differences told before that this comparison says nothing about."""
    whole = run.month is None and run.source_id is None
    subjects = {subject for subject, _ in compared}
    subject = str(told.context["subject"])
    # What could not be compared this time stays as it was told.
    if whole and (subject in subjects or not run.reason):
        return []
    found: list[dict[str, Any]] = told.context.get("differences", [])
    return [one for one in found if (subject, str(one["period"])) not in compared]


def _raise(
    rule: Rule,
    run: ReconciliationRun,
    differing: Mapping[str, Sequence[ReconciliationLine]],
    kept: Mapping[str, list[dict[str, Any]]],
) -> None:
    raise_each(
        (lines[0].stream, _problem(rule, run, lines, kept.get(subject, [])))
        for subject, lines in differing.items()
        if lines[0].stream
    )


def _problem(
    rule: Rule, run: ReconciliationRun, lines: Sequence[ReconciliationLine], kept: Sequence[dict[str, Any]]
) -> Problem:
    worst = max(lines, key=lambda line: line.difference)
    return Problem(
        kind=KIND,
        cause=f"{rule.key}:{worst.subject}",
        title=f"{rule.title}: {worst.title}",
        message=f"{_words(rule, worst)} {worst.note}".strip(),
        context={
            "rule": rule.key,
            "subject": worst.subject,
            "run": run.pk,
            "differences": [*(_difference(rule, line) for line in lines), *kept],
        },
        plant_id=worst.plant_id,
        equipment_id=worst.equipment_id,
    )


def _words(rule: Rule, line: ReconciliationLine) -> str:
    sides = ", ".join(f"{title} {value:,.6g}" for title, value in _sides(rule, line))
    when = f" in {line.period}" if line.period else ""
    return f"{sides} {line.unit}{when}."


def _sides(rule: Rule, line: ReconciliationLine) -> list[tuple[str, float]]:
    """Titles and values, as pairs: the database does not keep the order of a JSON object."""
    titles = {**rule.sides, **rule.parts}
    values = ((title, line.sides.get(key)) for key, title in titles.items())
    return [(title, value) for title, value in values if value is not None]


def _difference(rule: Rule, line: ReconciliationLine) -> dict[str, Any]:
    return {
        "line": line.pk,
        "period": line.period,
        "unit": line.unit,
        "sides": _sides(rule, line),
        "difference": line.difference,
    }
