import pytest

from sync.exceptions import dismiss
from sync.models import Source, SyncException
from tests.sync.conftest import good
from tests.sync.fake import FakeConnector, World
from tests.sync.test_run import put_stop

PlantOf = tuple[Source, World]
CURE = "Give the account the right."


@pytest.fixture(autouse=True)
def doubtful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has no events."""
    doubt = staticmethod(lambda stream: CURE if stream == "events" else "")
    monkeypatch.setattr(FakeConnector, "why_empty", doubt)


def test_a_stream_without_a_row_is_told_once_and_closes_itself(plant: PlantOf) -> None:
    source, world = plant
    good(source, "events")
    good(source, "events", "counts")
    exception = SyncException.objects.get()
    assert (exception.kind, exception.count, exception.message) == ("nothing_visible", 1, CURE)
    put_stop(world, 1)
    good(source, "events")
    exception.refresh_from_db()
    assert exception.status == "resolved"


def test_where_there_is_nothing_it_can_be_dismissed_for_good(plant: PlantOf) -> None:
    source, _ = plant
    good(source, "events")
    dismiss(SyncException.objects.get(), reason="We have none.", by="lead")
    good(source, "events")
    assert SyncException.objects.get().status == "dismissed"
