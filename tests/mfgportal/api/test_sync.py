from datetime import timedelta

from django.utils import timezone

from sync.models import SyncRun
from tests.mfgportal.queue import LogIn, World, a_run, a_stream


def test_streams_tell_their_state_and_the_age_of_their_data(world: World, as_user: LogIn) -> None:
    now = timezone.now()
    a_stream(world.source, "fresh", read_through=now)
    a_stream(world.source, "late", read_through=now - timedelta(hours=2))
    a_stream(world.source, "broken", read_through=now, failures=3)
    a_stream(world.source, "paused", enabled=False)
    rows = as_user(world.lead).get("/api/v1/sync/streams").json()
    states = {row["name"]: row["state"] for row in rows}
    assert states == {
        "fresh": "fresh", "late": "late", "broken": "failed", "paused": "paused", "productivity": "waiting",
    }  # fmt: skip
    late = next(row for row in rows if row["name"] == "late")
    assert 7199 < late["lag_s"] < 7260
    assert next(row for row in rows if row["name"] == "productivity")["exception"] == world.nobodys.pk


def test_runs_are_filtered_newest_first(world: World, as_user: LogIn) -> None:
    a_run(world.stream)
    a_run(world.stream, status=SyncRun.Status.FAILED, error="No answer")
    client = as_user(world.lead)
    assert [row["status"] for row in client.get("/api/v1/sync/runs").json()["results"]] == ["failed", "done"]
    failed = client.get("/api/v1/sync/runs", {"status": "failed", "source": "odoo"}).json()["results"]
    assert [(row["error"], row["stream_name"]) for row in failed] == [("No answer", "productivity")]
    assert client.get("/api/v1/sync/runs", {"stream": "other"}).json()["count"] == 0
