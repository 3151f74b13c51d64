"""Marks (equipment, production day) to be computed again, in the transaction that changes what they rest on.

Too many marks cost time, a missing one costs truth: when in doubt, mark. A machine has components from its
plant's ``history_from`` to today, and nothing before ``HISTORY_START`` is computed: so a fact that is open by
mistake for years marks these days, and no more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from kpis.days import DayClock
from kpis.models import Downtime, Equipment, Plant, Production, Run, ShiftComponents, StaleDay
from kpis.setups import load_clocks

HISTORY_START = date(2015, 1, 1)
"""Older dates are taken as wrong: they would make every machine's history decades long."""

SpanOf = tuple[int, datetime, datetime | None]
"""Equipment id, start, end (None = open)."""


@transaction.atomic
def mark_spans(spans: Iterable[SpanOf], as_of: datetime) -> None:
    """Marks the days that facts touch: give a changed fact's old and new span. The end's day is included.

    Days after ``as_of`` need no mark: each is computed whole when it comes.
    """
    known = list(spans)
    plants = dict(Equipment.objects.filter(pk__in={span[0] for span in known}).values_list("pk", "plant_id"))
    clocks = load_clocks(set(plants.values()))
    pairs: set[tuple[int, date]] = set()
    first: dict[int, date] = {}
    for equipment_id, start, end in known:
        plant_id = plants[equipment_id]
        for day in _days(clocks[plant_id], start, end, as_of):
            pairs.add((equipment_id, day))
            first[plant_id] = min(day, first.get(plant_id, day))
    for plant_id, day in sorted(first.items()):
        _reach_back(plant_id, day, clocks[plant_id].day_of(as_of.timestamp()))
    _mark(pairs)


def mark_orders(orders: Iterable[tuple[str, str]], as_of: datetime) -> None:
    """Marks all days of order steps, each named by (source, order key).

    A count is spread over all runs of its order, so one run or count that changes moves the others' share.
    Call it after the change, with old and new keys, beside ``mark_spans``.
    """
    keys: defaultdict[str, set[str]] = defaultdict(set)
    for source, order_key in orders:
        if order_key:
            keys[source].add(order_key)
    spans: list[SpanOf] = []
    for source, wanted in keys.items():
        for model in (Run, Production):
            found = model.objects.filter(source=source, order_key__in=wanted)
            spans += found.values_list("equipment_id", "start", "end")
    mark_spans(spans, as_of)


@transaction.atomic
def mark_equipment(equipment_ids: Collection[int]) -> None:
    """Marks the whole history of machines: what decides how their time counts has changed."""
    rows = Equipment.objects.filter(pk__in=equipment_ids).values_list(
        "pk", "plant__history_from", "plant__history_to"
    )
    _mark((pk, day) for pk, first, last in rows for day in _range(first, last))


def mark_plants(plant_ids: Collection[int]) -> None:
    """After a change of a plant's zone, calendar or micro-stop limit."""
    mark_equipment(list(Equipment.objects.filter(plant__in=plant_ids).values_list("pk", flat=True)))


def mark_calendars(calendar_ids: Collection[int]) -> None:
    """After a change of attendances or leaves. A plant's calendar also moves its production days."""
    touched = Q(calendar__in=calendar_ids) | Q(plant__calendar__in=calendar_ids)
    mark_equipment(list(Equipment.objects.filter(touched).values_list("pk", flat=True)))


def mark_reasons(reason_ids: Collection[int], as_of: datetime) -> None:
    """After a change of a reason's loss class."""
    stops = Downtime.objects.filter(reason__in=reason_ids)
    mark_spans(stops.values_list("equipment_id", "start", "end"), as_of)


@transaction.atomic
def mark_open_events(as_of: datetime, min_age: timedelta = timedelta(minutes=1)) -> None:
    """Marks what time alone changes: new days, days that go on, open events. To call before ``refresh``."""
    _open_days(as_of)
    _mark_newcomers()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO kpis_staleday (equipment_id, day)
            SELECT DISTINCT equipment_id, day FROM kpis_shiftcomponents c
            WHERE provisional AND computed_at < %s AND NOT EXISTS (
                SELECT FROM kpis_staleday s WHERE s.equipment_id = c.equipment_id AND s.day = c.day
            )
            """,
            [as_of - min_age],
        )


def extend_history(as_of: datetime) -> None:
    """Moves each plant's history to hold its earliest fact and today, marking nothing: for a rebuild."""
    clocks = load_clocks(Plant.objects.values_list("pk", flat=True))
    for plant in Plant.objects.all():
        today = clocks[plant.pk].day_of(as_of.timestamp())
        earliest = _earliest(plant, clocks[plant.pk], as_of)
        if earliest is not None:
            plant.history_from = min(earliest, plant.history_from or today)
            plant.history_to = max(plant.history_to or today, today)
            plant.save(update_fields=["history_from", "history_to"])


def _earliest(plant: Plant, clock: DayClock, as_of: datetime) -> date | None:
    starts = [
        start
        for model in (Downtime, Run, Production)
        for start in model.objects.filter(equipment__plant=plant, start__lte=as_of)
        .order_by("start")
        .values_list("start", flat=True)[:1]
    ]
    return max(HISTORY_START, clock.day_of(min(starts).timestamp())) if starts else None


def _days(clock: DayClock, start: datetime, end: datetime | None, as_of: datetime) -> Iterator[date]:
    if start > as_of:
        return iter(())
    last = as_of if end is None else min(max(start, end), as_of)
    return _range(max(HISTORY_START, clock.day_of(start.timestamp())), clock.day_of(last.timestamp()))


def _range(first: date | None, last: date | None) -> Iterator[date]:
    if first is None or last is None:
        return iter(())
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _reach_back(plant_id: int, day: date, today: date) -> None:
    """All machines of a plant are under watch from its first known day on, so the others need rows too."""
    if Plant.objects.filter(pk=plant_id, history_from__lte=day).exists():
        return
    plant = Plant.objects.select_for_update(no_key=True).get(pk=plant_id)
    if plant.history_from is not None and plant.history_from <= day:
        return
    known = plant.history_from - timedelta(days=1) if plant.history_from else today
    plant.history_from, plant.history_to = day, max(plant.history_to or today, today)
    plant.save(update_fields=["history_from", "history_to"])
    _mark_plant(plant, day, known)


def _open_days(as_of: datetime) -> None:
    plants = list(Plant.objects.all())
    clocks = load_clocks([plant.pk for plant in plants])
    for plant in plants:
        today = clocks[plant.pk].day_of(as_of.timestamp())
        if plant.history_to is None:
            _begin(plant, clocks[plant.pk], as_of)
        elif plant.history_to < today:
            _open_to(plant.pk, today)


def _begin(plant: Plant, clock: DayClock, as_of: datetime) -> None:
    """A fact that was dated ahead when it came has become the plant's first."""
    earliest = _earliest(plant, clock, as_of)
    if earliest is not None:
        _reach_back(plant.pk, earliest, clock.day_of(as_of.timestamp()))


def _open_to(plant_id: int, today: date) -> None:
    plant = Plant.objects.select_for_update(no_key=True).get(pk=plant_id)
    if plant.history_to is not None and plant.history_to < today:
        _mark_plant(plant, plant.history_to + timedelta(days=1), today)
        plant.history_to = today
        plant.save(update_fields=["history_to"])


def _mark_plant(plant: Plant, first: date, last: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kpis_staleday (equipment_id, day) SELECT id, day::date FROM kpis_equipment,"
            " generate_series(%s::timestamp, %s::timestamp, interval '1 day') AS day WHERE plant_id = %s",
            [first, last, plant.pk],
        )


def _mark_newcomers() -> None:
    """Machines that came after their plant's history began, and were never computed."""
    computed = ShiftComponents.objects.filter(equipment=OuterRef("pk"))
    marked = StaleDay.objects.filter(equipment=OuterRef("pk"))
    fresh = Equipment.objects.filter(active=True, gone_at=None).exclude(plant__history_from=None)
    mark_equipment(list(fresh.exclude(Exists(computed)).exclude(Exists(marked)).values_list("pk", flat=True)))


def _mark(pairs: Iterable[tuple[int, date]]) -> None:
    columns = [list(column) for column in zip(*sorted(pairs), strict=True)]
    if not columns:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kpis_staleday (equipment_id, day) SELECT * FROM unnest(%s::bigint[], %s::date[])",
            columns,
        )
