"""Pages by cursor: each row once, whatever comes or goes between two pages."""

from datetime import timedelta
from itertools import chain

import pytest
from django.test import Client

from sync.models import SyncException, SyncRun
from tests.mfgportal.queue import START, LogIn, World, a_run, an_exception


@pytest.fixture
def client(world: World, as_user: LogIn) -> Client:
    return as_user(world.admin)


def walked(client: Client, address: str) -> list[list[int]]:
    """The ids of all pages, in order."""
    pages, following = [], address
    while following:
        answer = client.get(following).json()
        pages.append([row["id"] for row in answer["results"]])
        following = answer["next"]
    return pages


@pytest.mark.parametrize("sort", ["impact", "age", "recent"])
def test_all_pages_together_are_the_list_in_its_order(world: World, client: Client, sort: str) -> None:
    for number in range(7):
        an_exception(world.stream, plant=world.lyon, holds=number % 3)
    whole = [row["id"] for row in client.get(f"/api/v1/exceptions?sort={sort}").json()["results"]]
    pages = walked(client, f"/api/v1/exceptions?sort={sort}&page_size=3")
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    assert list(chain.from_iterable(pages)) == whole
    assert len(whole) == SyncException.objects.count()


def test_back_is_the_way_forth(world: World, client: Client) -> None:
    for number in range(5):
        a_run(world.stream, started_at=START + timedelta(minutes=number))
    first = client.get("/api/v1/sync/runs?page_size=2").json()
    second = client.get(first["next"]).json()
    third = client.get(second["next"]).json()
    assert (first["previous"], third["next"], len(third["results"])) == (None, None, 1)
    assert client.get(third["previous"]).json()["results"] == second["results"]
    back = client.get(second["previous"]).json()
    assert (back["results"], back["previous"]) == (first["results"], None)


def test_rows_that_come_and_go_shift_nothing(world: World, client: Client) -> None:
    old = [a_run(world.stream, started_at=START + timedelta(minutes=number)).pk for number in range(6)]
    first = client.get("/api/v1/sync/runs?page_size=3").json()
    for number in range(4):
        a_run(world.stream, started_at=START + timedelta(hours=1 + number))
    SyncRun.objects.filter(pk=first["results"][-1]["id"]).delete()
    second = client.get(first["next"]).json()
    assert [row["id"] for row in first["results"] + second["results"]] == sorted(old, reverse=True)


def test_runs_of_the_same_moment_come_once_each(world: World, client: Client) -> None:
    for _ in range(5):
        run = a_run(world.stream)
        SyncRun.objects.filter(pk=run.pk).update(started_at=START)
    pages = walked(client, "/api/v1/sync/runs?page_size=2")
    assert len(set(chain.from_iterable(pages))) == 5


def test_a_cursor_is_good_for_its_own_question_only(world: World, client: Client) -> None:
    for _ in range(3):
        a_run(world.stream)
    following = client.get("/api/v1/sync/runs?page_size=1").json()["next"]
    cursor = following.partition("cursor=")[2]
    assert client.get(f"/api/v1/sync/runs?page_size=2&cursor={cursor}").status_code == 200
    for address in (
        f"/api/v1/sync/runs?status=done&cursor={cursor}",
        f"/api/v1/exceptions?cursor={cursor}",
        f"/api/v1/sync/runs?cursor={cursor[:-1]}",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "cursor")
