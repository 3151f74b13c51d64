from django.test import Client
from django.utils import timezone

from sync.heartbeat import beat
from tests.mfgportal.queue import LogIn, World, a_run


def test_it_tells_what_the_page_shows(world: World, as_user: LogIn) -> None:
    beat()
    a_run(world.stream, status="failed", ended_at=timezone.now())
    found = as_user(world.lead).get("/api/v1/sync/monitor").json()
    (stream,) = found["streams"]
    assert stream["last_24_hours"] == {"runs": 1, "failed": 1, "success": 0.0}
    assert stream["run_seconds"]["p50"] is not None
    assert stream["row_delay_seconds"] == {"p50": None, "p95": None}
    assert found["worker_alive"] is True
    assert found["breakers"] == {"odoo": "closed"}
    assert found["queues"]["held"] == 3
    assert found["storage"]["database_bytes"] > 0


def test_exceptions_are_those_of_ones_plants(world: World, as_user: LogIn) -> None:
    address = "/api/v1/sync/monitor"
    counts = {
        user.username: sum(row["count"] for row in as_user(user).get(address).json()["exceptions"])
        for user in (world.lead, world.admin)
    }
    assert counts == {"lead": 2, "admin": 3}
    assert Client().get(address).status_code == 401
