"""Reading ahead: one page, in order, and nothing of it outlives its reader."""

from collections.abc import Iterator
from contextlib import closing
from threading import Event, active_count

import pytest

from sync.connectors.base import Page
from sync.errors import SourceUnavailable
from sync.models import Source, SyncRun
from sync.reading import ahead
from tests.sync.conftest import read
from tests.sync.fake import World
from tests.sync.test_run import put_stop, stream_of

PlantOf = tuple[Source, World]


def page(number: int) -> Page:
    return Page([], {"page": number})


def numbers(pages: Iterator[Page]) -> list[int]:
    return [found.cursor["page"] for found in pages]


def test_pages_come_in_their_order() -> None:
    assert numbers(ahead(page(number) for number in range(5))) == [0, 1, 2, 3, 4]
    assert numbers(ahead(iter(()))) == []


def test_one_page_is_read_ahead_and_no_more() -> None:
    begun = [Event() for _ in range(4)]

    def source() -> Iterator[Page]:
        for number, event in enumerate(begun):
            event.set()
            yield page(number)

    with closing(ahead(source())) as pages:
        next(pages)
        assert begun[1].wait(5)
        assert not begun[2].wait(0.05)


def test_an_error_comes_as_it_is_and_after_the_pages_before_it() -> None:
    def source() -> Iterator[Page]:
        yield page(0)
        raise SourceUnavailable("Gone.", retry_after=7)

    with closing(ahead(source())) as pages:
        assert next(pages).cursor == {"page": 0}
        with pytest.raises(SourceUnavailable, match="Gone") as gone:
            next(pages)
    assert gone.value.retry_after == 7


def test_leaving_early_waits_for_the_thread() -> None:
    reading, over = Event(), Event()

    def source() -> Iterator[Page]:
        yield page(0)
        reading.set()
        over.wait(0.2)
        over.set()
        yield page(1)

    before = active_count()
    with closing(ahead(source())) as pages:
        next(pages)
        assert reading.wait(5)
    assert over.is_set()
    assert active_count() == before


@pytest.mark.django_db
def test_a_page_that_cannot_be_committed_ends_the_run_and_closes_the_connector(
    plant: PlantOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, world = plant
    world.page = 2
    for number in range(6):
        put_stop(world, number)
    closed = world.closed

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sync.run.store", broken)
    (run,) = read(source, "events")
    assert (run.status, run.read) == (SyncRun.Status.FAILED, 0)
    assert stream_of(source).cursor == {}
    assert world.closed == closed + 1
