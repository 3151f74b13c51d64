"""A drop folder as the example's systems fill it: two exports of an ERP, a workbook of a CMMS."""

import os
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

AGE_S = 3600
MACHINES = [
    ("W1", "PR-01", "Presse 1", "Pressen"),
    ("W1", "PR-02", "Presse 2", "Pressen"),
    ("W2", "FR-01", "Fräse 1", "Fräsen"),
]
MACHINE_HEADER = ("Werk", "Maschine", "Bezeichnung", "Gruppe")
ITEMS = [("Artikel", "Bezeichnung"), ("T-0", "Gehäuse"), ("T-1", "Deckel")]
COUNT_HEADER = ["Auftrag", "AVO", "Maschine", "Artikel", "Beginn", "Ende", "Menge", "Ausschuss"]
ORDER_HEADER = ["Number", "Subject", "Machine", "Type", "Status", "Created", "Completed", "Changed"]


def put(path: Path, text: str | bytes, *, age_s: float = AGE_S, encoding: str = "cp1252") -> Path:
    """A file that was last written to some time ago."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return aged(path, age_s)


def aged(path: Path, age_s: float = AGE_S) -> Path:
    then = time.time() - age_s
    os.utime(path, (then, then))
    return path


def csv(rows: Sequence[Sequence[str]]) -> str:
    return "".join(";".join(row) + "\r\n" for row in rows)


def counts(rows: Sequence[Sequence[str]], header: Sequence[str] = COUNT_HEADER) -> str:
    total = ["Summe", *[""] * 5, "99,0", ""][: len(header)]
    return csv([["Rückmeldungen"], ["Stand: 03.11.2026"], header, *rows, total])


def count(order: int, day: int, made: str = "1.200,5") -> list[str]:
    start, end = f"{day:02}.11.2026 06:00", f"{day:02}.11.2026 14:00:00"
    return [f"A{order}", "10", MACHINES[order % 3][1], f"T-{order % 2}", start, end, made, "12"]


def workbook(path: Path, rows: Sequence[Sequence[Any]], sheet: str = "Orders", age_s: float = AGE_S) -> Path:
    book = Workbook()
    book.worksheets[0].title = "Read me"
    page = book.create_sheet(sheet)
    for row in rows:
        page.append(list(row))
    book.save(path)
    return aged(path, age_s)


def order(number: int, machine: str = "PR-01") -> list[Any]:
    created = datetime(2026, 11, 2, 8) + timedelta(hours=number)  # noqa: DTZ001 a sheet has no zones
    done = created + timedelta(hours=3) if number % 2 else None
    status, sort = ("Done" if done else "Open"), ("Repair" if number % 3 else "Service")
    changed = created + timedelta(days=1)
    return [f"WO{number:05}", f"Lager {number} tauschen", machine, sort, status, created, done, changed]


def fill(folder: Path) -> None:
    put(folder / "items.csv", csv(ITEMS), age_s=5 * AGE_S)
    put(folder / "machines.csv", csv([MACHINE_HEADER, *MACHINES]), age_s=5 * AGE_S)
    put(folder / "counts-2026-10.csv", counts([count(n, 1 + n) for n in range(8)]), age_s=3 * AGE_S)
    put(folder / "Counts-2026-11.CSV", counts([count(n, 1 + n) for n in range(8, 15)]), age_s=2 * AGE_S)
    workbook(folder / "work orders 1.xlsx", [ORDER_HEADER, *(order(n) for n in range(9))], age_s=AGE_S)
