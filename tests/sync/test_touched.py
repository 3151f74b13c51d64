"""Spans of new facts are joined in Python as PostgreSQL joins those of changed ones."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from psycopg import sql

from sync.load.touched import JOINED, Span, joined

FIRST = datetime(2026, 3, 1, tzinfo=UTC)


def spans(seed: int) -> list[Span]:
    random = Random(seed)
    starts = [FIRST + timedelta(hours=random.randrange(600)) for _ in range(25)]
    ends = [start + timedelta(hours=random.choice((0, 2, 30, 80))) for start in starts]
    return [
        (random.choice((1, 2)), a, None if random.random() < 0.05 else b)
        for a, b in zip(starts, ends, strict=True)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_both_join_alike(seed: int) -> None:
    given = spans(seed)
    fact = sql.SQL("unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS")
    table = sql.SQL('(SELECT * FROM {} f (equipment_id, start, "end"))').format(fact)
    with connection.cursor() as cursor:
        cursor.execute(JOINED.format(fact=table), [list(column) for column in zip(*given, strict=True)])
        assert sorted(joined(given), key=str) == sorted(cursor.fetchall(), key=str)
