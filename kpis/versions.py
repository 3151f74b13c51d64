"""What the rows under an answer are at, told without computing it: the same version, the same answer.

PostgreSQL stamps each version of a row with the transaction that wrote it: rows that come, go or change
change the count, the newest stamp or the sum of stamps.
"""

from collections.abc import Sequence

from django.db import connection
from django.db.models import BigIntegerField, Count, Max, Model, QuerySet, Sum
from django.db.models.expressions import RawSQL

from kpis.definitions import Kpi
from kpis.families import Family, families_for
from kpis.models import CurrencyRate, Equipment, Line, Plant, PlantRate, Reason, StaleDay, StaleWork, Target
from kpis.reading import sources
from kpis.scope import By, Scope

Version = tuple[int | None, ...]
STAMP = "xmin::text::bigint"
WHOLE: tuple[type[Model], ...] = (Plant, Line, Equipment, Reason, CurrencyRate, PlantRate, Target)
"""Small tables that names and rules come from, looked at as a whole."""


def version_of(rows: QuerySet) -> Version:  # type: ignore[type-arg]  # of any rows
    """The version of a table's rows."""
    stamp = RawSQL(  # noqa: S611 - the name is the table's own
        f'"{rows.model._meta.db_table}".{STAMP}', (), output_field=BigIntegerField()
    )
    found = rows.order_by().aggregate(count=Count("pk"), newest=Max(stamp), total=Sum(stamp))
    return tuple(None if found[name] is None else int(found[name]) for name in ("count", "newest", "total"))


def component_versions(kpis: Sequence[Kpi], scope: Scope, bys: Sequence[By]) -> list[Version]:
    """Of the component rows that the KPIs are summed from, and of the marks of rows to be computed again.

    Facts that are loaded mark their days in the same transaction. Of levels, the facts they are read from.
    """
    tables = [family for family, _ in families_for(kpis, bys).values()]
    rows = [rows for family in tables for rows in _rows(family, scope)]
    stale = StaleDay.objects.filter(day__range=(scope.first_day, scope.last_day))
    work = StaleWork.objects.filter(month__range=(scope.first_day.replace(day=1), scope.last_day))
    if scope.plant_ids is not None:
        stale, work = (
            stale.filter(equipment__plant__in=scope.plant_ids),
            work.filter(plant__in=scope.plant_ids),
        )
    return [version_of(each) for each in (*rows, stale, work)]


def _rows(family: Family, scope: Scope) -> Sequence[QuerySet]:  # type: ignore[type-arg]  # of any rows
    if family.level:
        return (family.days._default_manager.all(),)
    return [source.rows for source in sources(scope, None, family)]


def master_versions(plant_ids: Sequence[int] | None = None) -> list[Version]:
    """Of the small tables, of places those in the plants (None: in all). One query."""
    limits = {Plant: '"id"', Line: '"plant_id"', Equipment: '"plant_id"'} if plant_ids is not None else {}
    each = (
        f"SELECT {place}, count(*), max({STAMP}), sum({STAMP})::bigint "  # noqa: S608 - our own names
        f'FROM "{model._meta.db_table}"' + (f" WHERE {limits[model]} = ANY(%s)" if model in limits else "")
        for place, model in enumerate(WHOLE)
    )
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(each)} ORDER BY 1", [list(plant_ids or ())] * len(limits))
        return [tuple(row) for row in cursor.fetchall()]
