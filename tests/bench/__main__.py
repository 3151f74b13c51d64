"""``make bench``: speed of sync and KPIs, each figure beside its reference, measured in the same run.

BENCH_ROWS: rows of the largest load (1,000,000). BENCH_DAYS: history of the stand-in Odoo (180).
BENCH_DLT: the Python of an environment that has dlt; without it that reference is left out.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table

from tests.bench import figures

ROWS = int(os.environ.get("BENCH_ROWS", "1000000"))
DAYS = os.environ.get("BENCH_DAYS", "180")
DLT = os.environ.get("BENCH_DLT", "")
STEPS = ("first", "unchanged", "10 % changed")
Taken = dict[str, float]
"""``clock.Spent`` as its process printed it."""


def main() -> None:
    table = Table("What", "Ours", "Reference", "Compared", "Wanted", title=f"mfgportal, {ROWS:,} rows")
    with tempfile.TemporaryDirectory(prefix="mfgportal-bench-") as folder, _servers(Path(folder)):
        for part in (_loading, _syncing, _reading, _kpis):
            for line in part():
                table.add_row(*line)
                Console(stderr=True).print(*line)
    Console().print(table)


@contextmanager
def _servers(folder: Path) -> Iterator[None]:
    """PostgreSQL in a folder of its own, with our tables, as this process's children will find it."""
    folder.chmod(0o711)
    os.environ |= {
        "VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "mfgportal.settings",
        "LOG_LEVEL": "ERROR",
    }
    from mfgportal import embedded

    place = embedded.place(folder)
    with embedded.running([embedded.postgres(place)], folder / "log"):
        os.environ["DATABASE_URL"] = place.database_url
        os.environ["BENCH_SOCKETS"] = str(place.sockets)
        os.environ["BENCH_SERVER"] = (place.data / "postmaster.pid").read_text().split()[0]
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0"], check=True)
        sockets = str(place.sockets)
        with psycopg.connect(host=sockets, user=embedded.OWNER, dbname="postgres") as connection:
            # Each part begins with empty tables.
            connection.execute("ALTER TABLE auditlog_logentry DISABLE TRIGGER never_emptied")
        yield


def _measure(python: str, module: str, *arguments: str) -> Any:
    command = [python, "-m", f"tests.bench.{module}", *arguments]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def _loading() -> Iterator[tuple[str, ...]]:
    ours = _measure(sys.executable, "loading", str(ROWS))
    theirs = _measure(DLT, "dlt_load", _url_for_dlt(), str(ROWS)) if DLT else []
    for step, mine, bare in zip(STEPS, ours["ours"], ours["bare"], strict=True):
        yield _compared(f"load, {step}", "COPY + upsert", mine, bare, "time < 2 ×")
    for step, mine, other in zip(STEPS, ours["ours"], theirs, strict=False):
        yield _faster(f"load, {step}", "dlt", mine, other)


def _url_for_dlt() -> str:
    """dlt asks for a host and a password, and PostgreSQL takes the last host."""
    return f"postgresql://mfgportal:none@localhost/postgres?host={os.environ['BENCH_SOCKETS']}"


def _syncing() -> Iterator[tuple[str, ...]]:
    for rows in (ROWS // 100, ROWS // 10, ROWS):
        found = _measure(sys.executable, "syncing", str(rows))
        yield f"memory, {rows:,} rows", f"{found['peak_mib']:.0f} MiB", "", "", "< 300 MiB"
    yield _faster("sync without changes", "first", found["again"], found["first"])


def _compared(what: str, other: str, mine: Taken, theirs: Taken, wanted: str) -> tuple[str, ...]:
    """How many times as long ours takes."""
    clock, work = mine["wall"] / theirs["wall"], _cpu(mine) / _cpu(theirs)
    return what, _rate(mine), f"{other} {_rate(theirs)}", f"{clock:.2f} × ({work:.2f} × computing)", wanted


def _faster(what: str, other: str, mine: Taken, theirs: Taken) -> tuple[str, ...]:
    """How many times as fast ours is."""
    clock, work = theirs["wall"] / mine["wall"], _cpu(theirs) / _cpu(mine)
    return what, _rate(mine), f"{other} {_rate(theirs)}", f"{clock:.1f} × ({work:.1f} × computing)", "≥ 5 ×"


def _cpu(taken: Taken) -> float:
    return taken["own"] + taken["postgres"]


def _rate(taken: Taken, rows: int = ROWS) -> str:
    return f"{rows / taken['wall']:,.0f} rows/s, {_cpu(taken) / rows * 1e6:.0f} µs computing"


def _reading() -> Iterator[tuple[str, ...]]:
    options = ("--odoo-port", "0", "--atlas-port", "0", "--days", DAYS)
    command = [sys.executable, "-m", "sync.sandbox", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        assert sandbox.stdout is not None
        try:
            url = sandbox.stdout.readline().partition("Odoo at ")[2].partition(",")[0]
            found = _measure(sys.executable, "reading", url)
        finally:
            sandbox.terminate()
    for pace, title in (
        ("fast", "the stand-in's pace"),
        ("paced", "a real server's pace (each call 80 ms more)"),
    ):
        whole, alone, rows = (found[pace][name] for name in ("whole", "alone", "rows"))
        what = f"sync of {rows:,} Odoo rows at {title}"
        added = f"+{(whole['wall'] / alone['wall'] - 1) * 100:.0f} %"
        yield what, _rate(whole, rows), f"reading and decoding alone {_rate(alone, rows)}", added, "< 25 %"


def _kpis() -> Iterator[tuple[str, ...]]:
    def measure(module: str, *arguments: str) -> Any:
        return _measure(sys.executable, module, *arguments)

    yield from figures.rollup(measure)
    yield from figures.asking(measure)


if __name__ == "__main__":
    main()
