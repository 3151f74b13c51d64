"""The queue's, the syncs' and the sources' pages ask a bounded number of queries, however much there is."""

import pytest

from tests.mfgportal.queue import LogIn, World, a_run, a_source, a_stream, an_exception
from tests.mfgportal.web.conftest import Counted

PAGES = {
    "exceptions": "/exceptions/",
    "exception": "/exceptions/{mine}/",
    "raw_record": "/exceptions/{mine}/records/{raw}/",
    "sync_runs": "/sync/",
    "sync_run": "/sync/runs/{run}/",
    "sources": "/sources/",
    "api_exceptions": "/api/v1/exceptions",
    "api_equipment": "/api/v1/equipment",
    "api_kpis": "/api/v1/kpis?kpi=oee,mtbf",
    "api_streams": "/api/v1/sync/streams",
}


def crowd(world: World) -> None:
    """Many of everything."""
    for number in range(12):
        an_exception(world.stream, plant=world.lyon, holds=2, title=f"Unknown machine {number}")
        a_run(a_stream(world.source, f"stream-{number}"))
    a_stream(a_source("atlas"), "assets")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("crowded", [False, True], ids=["few", "many"])
def test_queries_are_as_recorded(
    name: str, crowded: bool, world: World, as_user: LogIn, counted: Counted
) -> None:
    run = a_run(world.stream)
    raw = world.mine.held_records.all()[0].raw_id
    if crowded:
        crowd(world)
    counted(name, as_user(world.admin), PAGES[name].format(mine=world.mine.pk, raw=raw, run=run.pk))
