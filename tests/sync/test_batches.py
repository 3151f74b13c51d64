from collections.abc import Iterator
from itertools import islice

import pytest

from sync import batches
from sync.batches import joined
from sync.connectors.base import Page, Row


def page(number: int, size: int = 1000) -> Page:
    return Page([Row(f"x/{number}/{at}", {}) for at in range(size)], {"after": number}, 9000)


def sizes(found: Iterator[Page]) -> list[int]:
    return [len(one.rows) for one in found]


def test_the_first_page_comes_at_once_and_the_others_by_the_thousand() -> None:
    assert sizes(joined(page(number) for number in range(8))) == [1000, 4000, 3000]


def test_no_page_is_asked_for_before_the_first_one_is_given() -> None:
    asked: list[int] = []

    def source() -> Iterator[Page]:
        for number in range(3):
            asked.append(number)
            yield page(number)

    list(islice(joined(source()), 1))
    assert asked == [0]


def test_a_batch_has_the_place_after_its_last_page_and_all_rows_in_their_order() -> None:
    _, batch = joined(page(number, 2) for number in range(4))
    assert batch.cursor == {"after": 3}
    assert batch.total == 9000
    assert [row.external_key for row in batch.rows] == [f"x/{n}/{at}" for n in (1, 2, 3) for at in (0, 1)]


def test_a_slow_source_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "LONGEST_S", 0.0)
    assert sizes(joined(page(number) for number in range(3))) == [1000] * 3


def test_what_came_before_an_error_is_given_before_it() -> None:
    def source() -> Iterator[Page]:
        yield from (page(0), page(1), page(2))
        raise OSError("gone")

    found: list[int] = []
    with pytest.raises(OSError, match="gone"):
        found.extend(len(one.rows) for one in joined(source()))
    assert found == [1000, 2000]


def test_an_empty_page_still_moves_the_place() -> None:
    assert [one.cursor for one in joined(iter([Page([], {"since": "t"}, 0)]))] == [{"since": "t"}]


def test_nothing_is_nothing() -> None:
    assert list(joined(iter(()))) == []
