"""Facts of which we have none: straight into their table, which takes half of what comparing them takes."""

from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter

from django.db import connection
from psycopg import sql

from sync.load.touched import Span, joined, of_orders
from sync.staging import Line, as_json, copy_rows

# Many keys at once, which PostgreSQL walks through in the order of the index.
KNOWN = sql.SQL(
    """
    SELECT EXISTS (
        SELECT FROM {} WHERE source = %s AND external_key = ANY(ARRAY(SELECT jsonb_array_elements_text(%s)))
    )
    """
)


def any_known(table: str, source: str, keys: Collection[str]) -> bool:
    """Whether a table of facts holds one of the keys, be it with a tombstone."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN.format(sql.Identifier(table)), [source, as_json(list(keys))])
        return bool(cursor.fetchone()[0])


def add(table: str, source: str, columns: Mapping[str, str], lines: Sequence[Line]) -> list[Span]:
    """Write facts with a span, none of which is known; return the spans that they touch.

    These are their own, and those of all other steps of their orders.
    """
    place = {name: number for number, name in enumerate(columns)}
    spans = joined(map(itemgetter(*(place[name] for name in ("equipment_id", "start", "end"))), lines))
    if "order_key" in columns:
        spans += of_orders({(source, line[place["order_key"]]) for line in lines})
    copy_rows(table, columns, lines)
    return spans
