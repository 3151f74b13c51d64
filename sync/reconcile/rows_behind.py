"""The rows behind a difference of a stream: compared one by one with what we hold, after a fresh read.

The source's keys are listed first and the stream is read after, so that a row which came meanwhile is no
difference: what was listed must be here, and what is here longer must have been listed.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db import connection
from django.utils import timezone
from psycopg import sql

from sync.connectors.base import Connector, Counted, StreamSpec
from sync.models import Stream, SyncRun
from sync.reconcile.base import ROWS_KEPT, Explanation, Row, label
from sync.reconcile.chain import Chain, chains, month_of, number
from sync.run import run_stream
from sync.staging import Line, copy_rows

STAGE = "stage_counted"
EPSILON = 1e-6


def explained(
    connector: Connector, stream: Stream, spec: StreamSpec, month: date | None, unit: str
) -> Explanation:
    """Look again, row by row. ``unit``: the quantity that differs; "" for the number of rows.

    Raises SyncError where the source does not give its rows.
    """
    began = timezone.now()
    _stage(connector.tally_rows(stream.name, month), unit)
    run = run_stream(stream.pk, by="reconciliation")
    period = label(month) if month else ""
    joined = _Join(stream, spec, period, unit, began)
    chain = chains(stream, spec).get(period) or Chain()
    lost = [] if unit else chain.lost
    sides = joined.sides()
    if not unit:
        accounted = sides["landed"] - (chain.landed - chain.accounted)
        sides |= {"accounted": accounted, "loaded": chain.loaded, "evidence": chain.evidence}
        sides["held"] = chain.held
    rows, total = joined.rows()
    failed = f" Reading it again failed: {run.error}" if run and run.status == SyncRun.Status.FAILED else ""
    return Explanation(
        note=_note(rows, total, lost) + failed,
        rows=[*rows, *(_lost(stream, key) for key in lost)],
        total=total + (0 if unit else chain.landed - chain.accounted),
        sides=sides,
    )


def _stage(rows: Iterable[Counted], unit: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE IF NOT EXISTS {STAGE} (key varchar, value float8)")
        cursor.execute(f"TRUNCATE {STAGE}")
    copy_rows(STAGE, {"key": "varchar", "value": "float8"}, _lines(rows, unit))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {STAGE}")


def _lines(rows: Iterable[Counted], unit: str) -> Iterator[Line]:
    for row in rows:
        yield row.external_key, row.values.get(unit, 0.0) if unit else 1.0


class _Join:
    """The staged rows beside the landed ones of a month; ``began``: when the former were listed."""

    def __init__(self, stream: Stream, spec: StreamSpec, period: str, unit: str, began: datetime) -> None:
        self.stream, self.unit = stream, unit
        value = number(unit) if unit else sql.SQL("1.0::float8")
        in_month = sql.SQL("{} = {}").format(month_of(spec), sql.Literal(period))
        self.joined = sql.SQL(
            "(SELECT COALESCE(s.key, r.key) AS key, s.key IS NOT NULL AS there, r.key IS NOT NULL AS here,"
            " COALESCE(s.value, 0) AS theirs, COALESCE(r.value, 0) AS ours FROM {stage} s FULL JOIN"
            " (SELECT r.external_key AS key, {value} AS value, r.landed_at FROM sync_rawrecord r"
            "  WHERE r.stream_id = {stream} AND r.gone_at IS NULL AND {in_month}) r ON r.key = s.key"
            " WHERE s.key IS NOT NULL OR r.landed_at < {began}) joined"
        ).format(
            stage=sql.Identifier(STAGE),
            value=value,
            stream=sql.Literal(stream.pk),
            in_month=in_month if period else sql.SQL("true"),
            began=sql.Literal(began),
        )

    def sides(self) -> dict[str, float]:
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL("SELECT COALESCE(sum(theirs), 0), COALESCE(sum(ours), 0) FROM {}").format(self.joined)
            )
            theirs, ours = cursor.fetchone()
        return {"source": theirs, "landed": ours}

    def rows(self) -> tuple[list[Row], int]:
        """Rows that are on one side only, or not the same on both; the first, and how many there are."""
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "SELECT key, there, here, theirs, ours, count(*) OVER () FROM {joined}"
                    " WHERE NOT (there AND here) OR abs(theirs - ours) > {epsilon}"
                    " ORDER BY abs(theirs - ours) DESC, key LIMIT {most}"
                ).format(joined=self.joined, epsilon=sql.Literal(EPSILON), most=sql.Literal(ROWS_KEPT))
            )
            found = cursor.fetchall()
        return [self._row(*row) for row in found], found[0][5] if found else 0

    def _row(self, key: str, there: bool, here: bool, theirs: float, ours: float, _: int) -> Row:
        where = "both" if there and here else "source" if there else "landed"
        text = {
            "both": f"{self.unit}: {theirs:g} at the source, {ours:g} as read",
            "source": "at the source, not read under this month",
            "landed": "read, but not at the source any more under this month",
        }[where]
        return Row(
            where=where,
            text=text,
            value=theirs - ours,
            source=self.stream.source.name,
            external_key=key,
        )


def _lost(stream: Stream, key: str) -> Row:
    text = "read, but neither loaded nor waiting in the queue, though it means something"
    return Row(where="accounted", text=text, value=1, source=stream.source.name, external_key=key)


def _note(rows: list[Row], total: int, lost: list[str]) -> str:
    links = []
    if any(row.where == "source" for row in rows):
        links.append("Source → read: rows of the source were not read.")
    if any(row.where == "landed" for row in rows):
        links.append("Source → read: rows are gone from the source; the daily sweep takes them out.")
    if any(row.where == "both" for row in rows):
        links.append("Source → read: rows have another quantity than was read.")
    if lost:
        links.append("Read → loaded: rows were neither loaded nor put into the queue.")
    if total and not links:
        links.append("Rows differ.")
    return " ".join(links)
