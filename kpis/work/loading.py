"""Reads the books of machines, and of plants' work without one, for some months."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from kpis.models import CurrencyRate, Plant
from kpis.work.facts import CORRECTIVE, Book, Hours, Money, Order, Planned, Rules, Taken
from kpis.work.rates import Rates, rates_of

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


SUBJECTS = """
    WITH subject AS MATERIALIZED (
        SELECT * FROM unnest(%(plants)s::bigint[], %(machines)s::bigint[], %(starts)s::timestamptz[],
            %(ends)s::timestamptz[]) WITH ORDINALITY AS s (plant_id, machine_id, lo, hi, place)
    )
"""
OF_SUBJECT = """
    subject s CROSS JOIN LATERAL (
        SELECT * FROM kpis_workorder WHERE equipment_id = s.machine_id
        UNION ALL
        SELECT * FROM kpis_workorder
        WHERE s.machine_id IS NULL AND equipment_id IS NULL AND plant_id = s.plant_id
    ) o
"""
# A change that was seen from both sides is known to within one look at the source. What was first seen as it
# is says nothing of when it became so, and a day is no time.
CHANGES = """
    LEFT JOIN LATERAL (
        SELECT min(c.at) FILTER (WHERE c.status_to = 'in_progress' AND c.status_from <> '') AS begun,
            max(c.at) FILTER (
                WHERE c.status_to = 'completed' AND c.status_from <> '' AND c.basis IN ('exact', 'updated')
            ) AS completed,
            max(COALESCE(c.at, c.seen_at)) FILTER (WHERE c.status_to = 'cancelled') AS cancelled
        FROM kpis_statuschange c
        WHERE c.work_order_id = o.id AND c.source = o.source AND c.external_key = o.external_key
    ) c ON true
"""
LOGGED = """
    LEFT JOIN LATERAL (
        SELECT min(l.start) AS first, max(l.start) AS last FROM kpis_labour l
        WHERE l.work_order_id = o.id AND l.counts AND l.deleted_at IS NULL
    ) l ON true
    LEFT JOIN LATERAL (
        SELECT max(u.used_at) AS last, min(u.used_at) AS first FROM kpis_partuse u
        WHERE u.work_order_id = o.id AND u.counts AND u.deleted_at IS NULL
    ) u ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(w.known_at ORDER BY w.id) AS known, array_agg(w.scheduled_at ORDER BY w.id) AS days,
            max(w.scheduled_at) AS last, min(w.scheduled_at) AS first
        FROM kpis_workorderschedule w WHERE w.work_order_id = o.id
    ) w ON true
"""
COLUMNS = """
    o.id, o.work_type, o.status, o.priority, o.team, o.assigned_to_id, o.created_at, o.created_on,
    o.requested_at, o.due_at, LEAST(o.started_at, c.begun, l.first) AS began_at,
    COALESCE(o.completed_at, c.completed) AS completed_at, o.completed_on,
    COALESCE(c.cancelled, o.source_updated_at, o.loaded_at) AS cancelled_at,
    COALESCE(w.known, CASE WHEN o.scheduled_at IS NOT NULL THEN ARRAY[o.created_at] END) AS known,
    COALESCE(w.days, ARRAY[o.scheduled_at]) AS days,
    o.plan_interval_days, o.estimated_s, o.plan_key <> '' OR o.plan_interval_days IS NOT NULL
"""
# An order matters to a time when any of its dates and of what was booked on it surround that.
ORDERS = f"""
    {SUBJECTS}
    SELECT s.place, {COLUMNS} FROM {OF_SUBJECT} {CHANGES} {LOGGED}
    WHERE o.deleted_at IS NULL
        AND GREATEST(o.created_at, o.created_on + 1, o.requested_at, o.due_at, o.completed_at, o.scheduled_at,
            o.completed_on + 1, o.started_at, c.begun, c.completed, c.cancelled, l.last, u.last, w.last,
            CASE WHEN o.status = 'cancelled' THEN COALESCE(o.source_updated_at, o.loaded_at) END) >= s.lo
        AND LEAST(o.created_at, o.created_on, o.requested_at, o.due_at, o.completed_at, o.scheduled_at,
            o.completed_on, o.started_at, c.begun, c.completed, c.cancelled, l.first, u.first, w.first,
            CASE WHEN o.status = 'cancelled' THEN COALESCE(o.source_updated_at, o.loaded_at) END) < s.hi
"""  # noqa: S608 constants
HOURS = """
    SELECT l.work_order_id, l.technician_id, l.start, l.seconds,
        COALESCE(l.hourly_rate, t.hourly_rate)::float8
    FROM kpis_labour l LEFT JOIN kpis_technician t ON t.id = l.technician_id
    WHERE l.work_order_id = ANY(%(orders)s) AND l.counts AND l.deleted_at IS NULL
"""
TAKEN = """
    SELECT u.work_order_id, u.used_at, u.quantity, u.unit_cost::float8 FROM kpis_partuse u
    WHERE u.work_order_id = ANY(%(orders)s) AND u.counts AND u.deleted_at IS NULL
"""
MONEY = f"""
    {SUBJECTS}
    SELECT s.place, e.work_order_id, e.at, e.day, e.category, e.amount::float8, e.currency
    FROM subject s CROSS JOIN LATERAL (
        SELECT * FROM kpis_costentry WHERE equipment_id = s.machine_id
        UNION ALL
        SELECT * FROM kpis_costentry
        WHERE s.machine_id IS NULL AND equipment_id IS NULL AND plant_id = s.plant_id
        UNION ALL
        SELECT k.* FROM kpis_workorder o JOIN kpis_costentry k ON k.work_order_id = o.id
        WHERE k.equipment_id IS NULL AND k.plant_id IS NULL AND o.deleted_at IS NULL AND (
            o.equipment_id = s.machine_id
            OR (s.machine_id IS NULL AND o.equipment_id IS NULL AND o.plant_id = s.plant_id))
    ) e
    LEFT JOIN kpis_workorder o ON o.id = e.work_order_id
    WHERE e.deleted_at IS NULL AND e.counts
        AND COALESCE(e.day, e.at,
            CASE WHEN o.status = 'completed' THEN COALESCE(o.completed_at, o.completed_on) END, o.created_at
        ) BETWEEN s.lo AND s.hi
"""  # noqa: S608 constants
NAMED = f"SELECT 0, {COLUMNS} FROM kpis_workorder o {CHANGES} {LOGGED} WHERE o.id = ANY(%(orders)s)"  # noqa: S608
REPAIRS = f"""
    {SUBJECTS}
    SELECT s.place, {COLUMNS}
    FROM subject s JOIN kpis_workorder o ON o.equipment_id = s.machine_id {CHANGES} {LOGGED}
    WHERE o.deleted_at IS NULL AND o.work_type = '{CORRECTIVE}' AND o.created_at < s.hi
        AND COALESCE(o.completed_at, c.completed, o.completed_on, o.created_at, now()) >= s.lo
"""  # noqa: S608 constants


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
            ),
        )


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
