"""Typed records into ``kpis_production``: by our load stage, and by the bare COPY and upsert of the same.

``python -m tests.bench.loading ROWS`` prints what they take as JSON: first load, the same again, a tenth
changed.
"""

import json
import sys
from collections.abc import Callable, Sequence

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 models need the set-up
from django.utils import timezone  # noqa: E402
from psycopg import sql  # noqa: E402

from sync.garbage import seldom_collected  # noqa: E402
from sync.landing import Landed  # noqa: E402
from sync.load.facts import COMMON, SPECS, Ids, upsert  # noqa: E402
from sync.records import ProductionRecord  # noqa: E402
from sync.staging import copy_rows, names, qualified  # noqa: E402
from tests.bench import plant, rows  # noqa: E402
from tests.bench.clock import Spent, as_json  # noqa: E402

BATCH = 5000
SPEC = SPECS[ProductionRecord]
VERSIONS = (0, 0, 1)
Batch = Sequence[tuple[Landed, ProductionRecord]]


def main(count: int) -> None:
    _, ids = plant.afresh(count)
    with seldom_collected():  # as in a run
        mine = [_timed(count, version, lambda batch: ours(batch, ids)) for version in VERSIONS]
    _, ids = plant.afresh(count)
    theirs = [_timed(count, version, lambda batch: bare(batch, ids)) for version in VERSIONS]
    print(json.dumps({"ours": [*map(as_json, mine)], "bare": [*map(as_json, theirs)]}))


def _timed(count: int, version: int, load: Callable[[Batch], None]) -> Spent:
    """What loading alone takes, without the making of the records."""
    found = Spent()
    with found.theirs():
        for page in rows.pages(count, BATCH):
            batch = [read(number, version) for number in page]
            with found.ours(), transaction.atomic():
                load(batch)
    return found


def read(number: int, version: int) -> tuple[Landed, ProductionRecord]:
    """A row as mapping hands it to the load."""
    record = rows.record(rows.payload(number, version))
    return Landed(number, record.external_key, {}, rows.trace_of(number), record.updated_at), record


def ours(batch: Batch, ids: Ids) -> None:
    """By the engine's load stage, marks of stale days included."""
    upsert(rows.SOURCE, SPEC, batch, ids).mark(timezone.now())


def bare(batch: Batch, ids: Ids) -> None:
    """As one would by hand, knowing nothing of stale days, ideal cycles and what exists."""
    columns = {**COMMON, **SPEC.columns}
    compared = [name for name in columns if name != "loaded_at"]
    parts = {
        "all": names(columns),
        "set": sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in columns
        ),
        "old": qualified("t", compared),
        "new": qualified("excluded", compared),
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(CREATE).format(**parts))
        copy_rows("bench_stage", columns, (_line(landed, record, ids) for landed, record in batch))
        cursor.execute(sql.SQL(UPSERT).format(**parts))
        cursor.execute("DROP TABLE bench_stage")


CREATE = "CREATE TEMP TABLE bench_stage AS SELECT {all} FROM kpis_production WITH NO DATA"
UPSERT = """
    INSERT INTO kpis_production AS t ({all}) SELECT {all} FROM bench_stage
    ON CONFLICT (source, external_key) DO UPDATE SET {set} WHERE ({old}) IS DISTINCT FROM ({new})
"""


def _line(landed: Landed, record: ProductionRecord, ids: Ids) -> tuple[object, ...]:
    at = record.updated_at
    return rows.SOURCE, record.external_key, landed.trace_id, at, at, None, *SPEC.values(record, ids)


if __name__ == "__main__":
    main(int(sys.argv[1]))
