"""Orders and books as plain values."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from kpis.work.facts import Book, Order, Planned, Rules
from kpis.work.rates import Rates, rates_of
from kpis.work.tally import tally

IDS = count(1)
EUR = Rates("EUR")
ZONE = ZoneInfo("Europe/Paris")


def at(day: int, hour: float = 8, month: int = 6) -> datetime:
    """Of 2026, UTC."""
    return datetime(2026, month, day, tzinfo=UTC) + timedelta(hours=hour)


def order(**given: Any) -> Order:
    usual: dict[str, Any] = {"id": next(IDS), "work_type": "corrective", "status": "completed"}
    return Order(**(usual | given))


def plan(*entries: tuple[datetime, datetime | None]) -> tuple[Planned, ...]:
    """When it was known, and for when it was planned."""
    return tuple(Planned(*entry) for entry in entries)


def rules(**given: Any) -> Rules:
    usual: dict[str, Any] = {"zone": ZONE, "currency": "EUR", "rates": EUR, "labour_rate": None}
    return Rules(**(usual | given))


def dollars() -> Rates:
    """1.25 dollars for a euro, and 1.00 from 10 June on."""
    return rates_of("EUR", [("USD", date(2026, 6, 1), 1.25), ("USD", date(2026, 6, 10), 1.0)])


def book(*orders: Order, machine: bool = True, **given: Any) -> Book:
    known = {one.id: one for one in orders}
    settings = given.pop("rules", rules())
    return Book(rules=settings, machine=machine, orders=known, repairs=list(orders), **given)


def sums(found: Book) -> dict[str, float]:
    """Components of a book over all its rows, without those that are 0."""
    total: dict[str, float] = {}
    for values in tally(found).values():
        for name, value in values.items():
            total[name] = total.get(name, 0) + value
    return {name: value for name, value in total.items() if value}
