"""Rows that break our program: found by halving the batch, queued alone, and passed."""

import logging
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, transaction

from sync.landing import Landed
from sync.mapping import said_before
from sync.models import Stream
from sync.pipeline import Outcome, process, withdraw
from sync.queue.writer import Held, Problem, settle

logger = logging.getLogger(__name__)

MOST_POISON = 25


def load(
    stream: Stream, rows: Sequence[Landed], *, known: bool = False, create: str = "", by: str = ""
) -> Outcome:
    """Process rows in the caller's transaction; see ``pipeline.process``.

    Raises:
        Exception: as it came, when so many rows fail that the fault is not in the rows.
    """
    if not rows:
        return Outcome()
    try:
        with transaction.atomic():
            return process(stream, rows, known=known, create=create, by=by)
    except (OperationalError, InterfaceError):
        raise
    # A row may break our code in ways we did not foresee. The one row is queued with its traceback in the
    # log, and the rows beside it go on.
    except Exception as error:
        if len(rows) == 1:
            return _set_aside(stream, rows[0], error)
        outcome = Outcome()
        for half in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
            outcome.add(load(stream, half, known=known, create=create, by=by))
            if outcome.poison > MOST_POISON:
                raise
        return outcome


def _set_aside(stream: Stream, row: Landed, error: Exception) -> Outcome:
    logger.error("%s failed to load", row.external_key, exc_info=error, extra={"trace_id": row.trace_id})
    reason = f"{type(error).__name__}: {error}".strip().splitlines()[0]
    problem = Problem(
        kind="dead_letter",
        cause=row.external_key,
        title=f"{row.external_key} cannot be loaded",
        message=f"Loading it failed: {reason}",
        external_key=row.external_key,
        trace_id=row.trace_id,
        context={"error": type(error).__name__},
        held=Held(row=row, start=row.updated_at, end=row.updated_at),
    )
    if row.previous is not None:
        withdraw(stream, said_before(stream, row.previous))
    settle(stream, [problem], known_keys=[row.external_key])
    return Outcome(held=1, poison=1)
