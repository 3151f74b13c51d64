"""Compares systems with each other and with what we hold, and prints what differs.

Ends with 1 when differences are found, with 2 when something could not be compared.
"""

from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sync.models import ReconciliationLine, ReconciliationRun, Source
from sync.reconcile.base import Rule
from sync.reconcile.engine import reconcile
from sync.reconcile.rules import RULES

DIFFERENT, NOT_COMPARED = 1, 2
WIDE, NARROW = 44, 16


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "rule", nargs="?", choices=sorted(RULES), help="one comparison; all, when left out"
        )
        parser.add_argument("--source", default="", help="only this source, where a comparison knows sources")
        parser.add_argument("--month", type=_month, help="only this month, such as 2026-11")
        parser.add_argument("--all", action="store_true", help="print the lines that agree, too")

    def handle(self, *, rule: str | None, source: str, month: date | None, **options: Any) -> None:
        only = _source(source) if source else None
        runs = [self.compare(RULES[key], only, month, options["all"]) for key in ([rule] if rule else RULES)]
        differing = sum(run.differing for run in runs if RULES[run.rule].raises)
        if differing:
            raise CommandError(f"{differing} differences.", returncode=DIFFERENT)
        if any(run.status != ReconciliationRun.Status.DONE for run in runs):
            raise CommandError("Not all could be compared.", returncode=NOT_COMPARED)

    def compare(
        self, rule: Rule, source: Source | None, month: date | None, everything: bool
    ) -> ReconciliationRun:
        run = reconcile(
            rule,
            trigger=ReconciliationRun.Trigger.MANUAL,
            by="command line",
            source=source,
            month=month if rule.months else None,
        )
        if run is None:
            raise CommandError("Another comparison is under way.", returncode=NOT_COMPARED)
        self.stdout.write(f"{rule.title}: {run.status}, {run.compared} compared, {run.differing} differ")
        if run.reason:
            self.stdout.write(f"  {run.reason}")
        lines = run.lines.all() if everything else run.lines.filter(agrees=False)
        self.table(rule, lines)
        return run

    def table(self, rule: Rule, lines: Iterable[ReconciliationLine]) -> None:
        titles = {**rule.sides, **rule.parts}
        for at, line in enumerate(lines):
            if not at:
                self.stdout.write(_cells(rule.subject, "Period", *titles.values(), "Difference", ""))
            figures = (_number(line.sides.get(key)) for key in titles)
            last = _number(line.difference), line.unit
            self.stdout.write(_cells(line.title, line.period or "all", *figures, *last))
            if line.note and not line.agrees:
                self.stdout.write(f"    {line.note}")


def _month(text: str) -> date:
    return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 a month has no zone


def _source(name: str) -> Source:
    found = Source.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Source.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"There is no source “{name}”. Known: {known}.")
    return found


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.2f}".removesuffix(".00")


def _cells(first: str, *others: str) -> str:
    return "  " + f"{first[:WIDE]:<{WIDE}}" + "".join(f"  {other[:NARROW]:>{NARROW}}" for other in others)
