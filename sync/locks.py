"""Advisory locks: be the only one at something, across workers. They go with the connection, so with us."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from psycopg import errors

T = TypeVar("T")
DEADLOCK_TRIES = 3


@contextmanager
def only_one(space: int, number: int) -> Iterator[bool]:
    """Be the only one at thing ``number`` of a ``space``, or learn that there is somebody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [space, number])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            with suppress(OperationalError, InterfaceError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [space, number])


def retried(action: Callable[[], T], *, again: Callable[[], object] = lambda: None) -> T:
    """Do it in a transaction; once more when PostgreSQL ends it to resolve a deadlock.

    Args:
        again: called before it is done once more, to forget what the lost transaction has left in memory.
    """
    for left in reversed(range(DEADLOCK_TRIES)):
        try:
            with transaction.atomic():
                return action()
        except OperationalError as error:
            if not left or not isinstance(error.__cause__, errors.DeadlockDetected):
                raise
            again()
    raise AssertionError("unreachable")
