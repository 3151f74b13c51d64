"""Reads the books of machines, and of plants' work without one, for some months."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from kpis.models import CurrencyRate, Equipment, Plant, PlantRate
from kpis.work.facts import Book, Hours, Money, Order, Planned, Rules, Stopped, Taken
from kpis.work.queries import HOURS, MONEY, NAMED, ORDERS, REPAIRS, STOPPED, TAKEN
from kpis.work.rates import Rates, StopRates, dated, rates_of

EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
MARGIN = timedelta(days=2)
"""Days of sources are UTC's, those of plants are not."""


class Subject(NamedTuple):
    """A machine's work, or a plant's without one (None)."""

    plant_id: int
    equipment_id: int | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A subject, and the time of which its facts are needed."""

    subject: Subject
    start: datetime = EARLIEST
    end: datetime = LATEST


def load_rules(plant_ids: Collection[int]) -> dict[int, Rules]:
    """By plant."""
    rates = load_rates()
    return {plant.pk: _rules(plant, rates) for plant in Plant.objects.filter(pk__in=plant_ids)}


def load_rates() -> Rates:
    rows = CurrencyRate.objects.values_list("currency", "valid_from", "per_enterprise_unit")
    return rates_of(settings.ENTERPRISE_CURRENCY, ((code, day, float(rate)) for code, day, rate in rows))


def load_books(wanted: Sequence[Wanted], rules: Mapping[int, Rules]) -> Iterator[tuple[Subject, Book]]:
    """The books of subjects; of the facts outside the time asked for there may be some, too."""
    orders = _grouped(ORDERS, _padded(wanted))
    money = _grouped(MONEY, _padded(wanted))
    known = {row[0] for rows in orders.values() for row in rows}
    named = _named({row[0] for rows in money.values() for row in rows if row[0]} - known)
    booked = {"hours": _booked(HOURS, known), "taken": _booked(TAKEN, known)}
    repairs = _grouped(REPAIRS, list(_around(wanted, orders, rules)))
    stopped, stop_rates = _grouped(STOPPED, _padded(wanted)), load_stop_rates(wanted)
    for place, each in enumerate(wanted, start=1):
        mine = {row[0]: _order(row) for row in orders[place]}
        cost = [Money(*row) for row in money[place]]
        about = {one.order_id: named[one.order_id] for one in cost if one.order_id in named}
        yield (
            each.subject,
            Book(
                rules=rules[each.subject.plant_id],
                machine=each.subject.equipment_id is not None,
                orders=mine,
                named=about,
                hours=[Hours(*row) for pk in mine for row in booked["hours"][pk]],
                taken=[Taken(*row) for pk in mine for row in booked["taken"][pk]],
                money=cost,
                repairs=[_order(row) for row in repairs[place]],
                stopped=[Stopped(*row) for row in stopped[place]],
                stop_rates=stop_rates.get(each.subject, StopRates()),
            ),
        )


def load_stop_rates(wanted: Sequence[Wanted]) -> dict[Subject, StopRates]:
    """Of the machines whose plants have rates."""
    plants = {each.subject.plant_id for each in wanted}
    found: defaultdict[tuple[int, int | None, int | None], list[tuple[date, float]]] = defaultdict(list)
    for row in PlantRate.objects.filter(plant__in=plants):
        found[row.plant_id, row.line_id, row.equipment_id].append((row.valid_from, float(row.per_hour)))
    if not found:
        return {}
    machines = Equipment.objects.filter(pk__in=[each.subject.equipment_id for each in wanted])
    return {
        Subject(plant, pk): StopRates(
            tuple(dated(found[key]) for key in _closest_first(plant, line, pk) if key in found)
        )
        for pk, plant, line in machines.values_list("pk", "plant_id", "line_id")
    }


def _closest_first(plant: int, line: int | None, machine: int) -> list[tuple[int, int | None, int | None]]:
    keys: list[tuple[int, int | None, int | None]] = [(plant, None, machine)]
    return [*keys, *([(plant, line, None)] if line else []), (plant, None, None)]


def _rules(plant: Plant, rates: Rates) -> Rules:
    return Rules(
        zone=ZoneInfo(plant.timezone),
        currency=plant.currency,
        rates=rates,
        labour_rate=None if plant.labour_rate is None else float(plant.labour_rate),
        repeat_window=timedelta(days=plant.repeat_window_days),
    )


def _padded(wanted: Sequence[Wanted]) -> list[Wanted]:
    return [Wanted(each.subject, each.start - MARGIN, each.end + MARGIN) for each in wanted]


def _around(
    wanted: Sequence[Wanted], orders: Mapping[int, Sequence[tuple[Any, ...]]], rules: Mapping[int, Rules]
) -> Iterator[Wanted]:
    """The time of which repairs tell a repeat: a window before the first order to a window after the last."""
    for place, each in enumerate(wanted, start=1):
        window = rules[each.subject.plant_id].repeat_window + MARGIN
        made = [row[6] for row in orders[place] if row[6] is not None]
        yield Wanted(each.subject, min([each.start, *made]) - window, min(LATEST, each.end + window))


def _parameters(wanted: Sequence[Wanted]) -> dict[str, Any]:
    return {
        "plants": [each.subject.plant_id for each in wanted],
        "machines": [each.subject.equipment_id for each in wanted],
        "starts": [each.start for each in wanted],
        "ends": [each.end for each in wanted],
    }


def _grouped(statement: str, wanted: Sequence[Wanted]) -> defaultdict[int, list[tuple[Any, ...]]]:
    """Rows by the place of their subject."""
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(wanted))
        for place, *row in cursor.fetchall():
            found[place].append(tuple(row))
    return found


def _booked(statement: str, orders: Collection[int]) -> defaultdict[int, list[tuple[Any, ...]]]:
    """Rows by their order."""
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"orders": list(orders)})
        for row in cursor.fetchall():
            found[row[0]].append(row)
    return found


def _named(orders: Collection[int]) -> dict[int, Order]:
    """Orders that only costs name: their own machine is another one."""
    if not orders:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(NAMED, {"orders": list(orders)})
        return {row[1]: _order(row[1:]) for row in cursor.fetchall()}


def _order(row: Sequence[Any]) -> Order:
    *values, known, days, interval, estimated, of_a_plan = row
    names = (
        "id", "work_type", "status", "priority", "team", "technician_id", "created_at", "created_on",
        "requested_at", "due_at", "began_at", "completed_at", "completed_on", "cancelled_at",
    )  # fmt: skip
    return Order(
        **dict(zip(names, values, strict=True)),
        planned=_planned(known, days),
        interval_days=interval,
        estimated_s=estimated,
        of_a_plan=of_a_plan,
    )


def _planned(known: Sequence[datetime | None] | None, days: Sequence[datetime | None]) -> tuple[Planned, ...]:
    if known is None:
        return ()
    return tuple(Planned(at or EARLIEST, day) for at, day in zip(known, days, strict=True))


def month_span(month: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """[start, end) of the calendar month that begins on ``month``."""
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    first, after = (datetime(day.year, day.month, 1, tzinfo=zone) for day in (month, following))
    return first, after
