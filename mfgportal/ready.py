"""Whether this installation can serve and whether its workers live: asked by load balancers and the runner.

Ready means: pages work. For that PostgreSQL must answer and be migrated. Without the broker or a worker the
pages still show what there is, so both only degrade it: taking the web away would make things worse.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from sync import broker, heartbeat

OK = "ok"
_known_to_be_migrated = False


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers. It asks nothing of others: a restart would not mend them."""
    return HttpResponse(OK, content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> HttpResponse:
    """200 with ``status`` ok or degraded, 503 with not ready; ``checks`` says of each part how it is."""
    needed = _needed()
    if set(needed.values()) != {OK}:
        return _answer("not ready", needed, HTTPStatus.SERVICE_UNAVAILABLE)
    helpful = {"broker": _broker(), "worker": _worker()}
    status = OK if set(helpful.values()) == {OK} else "degraded"
    return _answer(status, needed | helpful, HTTPStatus.OK)


def _answer(status: str, checks: dict[str, str], code: int) -> JsonResponse:
    body: dict[str, Any] = {"status": status, "checks": checks}
    response = JsonResponse(body, status=code)
    response["Cache-Control"] = "no-store"
    return response


def _needed() -> dict[str, str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return {"database": OK, "migrations": _migrations()}
    except DatabaseError:
        return {"database": "no answer from PostgreSQL"}


def _migrations() -> str:
    """Once all are applied they stay so for the life of this process."""
    global _known_to_be_migrated
    if not _known_to_be_migrated:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            return f"{len(missing)} not applied, the first of them {missing[0][0]}"
        _known_to_be_migrated = True
    return OK


def _broker() -> str:
    return "no answer from Redis" if broker.depth() is None else OK


def _worker() -> str:
    tick = heartbeat.last_tick()
    if tick is None:
        return "no worker has run a tick yet"
    now = timezone.now()
    age = round((now - tick).total_seconds())
    return f"the last tick was {age} s ago" if tick_is_old(tick, now) else OK


def tick_is_old(tick: datetime | None, now: datetime) -> bool:
    """Whether beat, broker or worker must be taken for dead."""
    return tick is None or now - tick > timedelta(seconds=settings.TICK_MAX_AGE_S)
