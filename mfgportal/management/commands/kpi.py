"""`manage.py kpi OEE --plant Lyon --last 30d --by line`: KPIs as a table, CSV or JSON."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.box import HEAVY_HEAD
from rich.console import Console
from rich.table import Table as RichTable

from kpis.engine import UnsupportedBreakdown, evaluate
from kpis.periods import beside
from kpis.scope import UnsupportedGrain
from mfgportal import kpi_question as asked
from mfgportal.exports.csv_file import csv_lines
from mfgportal.exports.table import Table, column
from mfgportal.figures import trust
from mfgportal.kpi_rows import TITLES, Row, about, masked, rows_of
from mfgportal.scope import BadScope, Selection

EXAMPLE = "manage.py kpi OEE MTBF --plant Lyon --last 30d --by line --grain week"
PLAIN_WIDTH = 240


class Command(BaseCommand):
    help = f"Print KPIs of a place and period. Example: {EXAMPLE}"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kpi", nargs="+", help="names or titles, in any case")
        for place in ("plant", "line", "equipment"):
            parser.add_argument(f"--{place}", default="", help=f"name, code or id of a {place}")
        parser.add_argument("--as", dest="person", default="", help="a user name: show what they may see")
        parser.add_argument("--last", default="7d", help="as 30d, 4w, 3m, 1y, up to today (default 7d)")
        parser.add_argument("--from", dest="first_day", default="", help="first day, YYYY-MM-DD")
        parser.add_argument("--to", dest="last_day", default="", help="last day, YYYY-MM-DD")
        parser.add_argument("--by", default="", help="one line per part: line, equipment, reason …")
        parser.add_argument("--grain", default="", help="one line per day, week, month …")
        parser.add_argument("--compare", action="store_true", help="beside the period before")
        parser.add_argument("--confidence", type=float, default=0.9, help="of bounds (default 0.9)")
        parser.add_argument("--format", choices=("table", "csv", "json"), default="table")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            names, chosen, rows = _answer(options)
        except BadScope as bad:
            raise CommandError(f"--{bad.parameter}: {bad.message}") from bad
        except (asked.NotFound, UnsupportedBreakdown, UnsupportedGrain, ValueError) as refused:
            raise CommandError(str(refused)) from refused
        if options["format"] == "json":
            told = {"about": dict(about(chosen, trust(chosen), names)), "values": rows}
            self.stdout.write(json.dumps(told, indent=2, default=str, ensure_ascii=False))
        elif options["format"] == "csv":
            columns = [column(name, "text" if name in TITLES else "number") for name in (rows or [{}])[0]]
            self.stdout.write("".join(csv_lines(Table("kpi", columns, iter(rows), ()))), ending="")
        else:
            self._print(names, chosen, rows)

    def _print(self, names: Sequence[str], chosen: Selection, rows: list[Row]) -> None:
        """A drawn table on a terminal, a plain one elsewhere."""
        terminal = self.stdout.isatty()
        console = Console(
            file=self.stdout,  # type: ignore[arg-type]  # it writes as a file does
            width=None if terminal else PLAIN_WIDTH,
            no_color=not terminal,
        )
        columns = [name for name in TITLES if any(row[name] for row in rows)]
        table = RichTable(box=HEAVY_HEAD if terminal else None, pad_edge=False)
        for name in columns:
            table.add_column(TITLES[name], justify="right" if name in {"shown", "sample_size"} else "left")
        for row in rows:
            table.add_row(*(str(row[name]) for name in columns))
        for name, value in about(chosen, trust(chosen), names):
            console.print(f"{name}: {value}", highlight=False, markup=False)
        console.print(table)


def _answer(options: dict[str, Any]) -> tuple[list[str], Selection, list[Row]]:
    user = asked.user_named(options["person"])
    names = asked.kpi_names(options["kpi"], user)
    place = asked.place_named(options["plant"], options["line"], options["equipment"], user)
    chosen = asked.select(
        place,
        last=options["last"],
        first_day=options["first_day"],
        last_day=options["last_day"],
        compare=options["compare"],
    )
    by, grain = asked.breakdown(options["by"]), asked.grain(options["grain"])
    (values,) = beside([(by, evaluate(names, chosen.scope, grain, by, options["confidence"]))], chosen.scope)
    before = evaluate(names, chosen.scope_before, grain, by, options["confidence"]) if chosen.compare else []
    if by == "technician":
        values, before = masked(values, user), masked(before, user)
    return names, chosen, rows_of(values, before, chosen, by)
