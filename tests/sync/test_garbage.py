import gc

import pytest

from sync.garbage import SELDOM, seldom_collected


def test_the_collector_looks_seldom_and_then_as_before() -> None:
    before = gc.get_threshold()
    with seldom_collected():
        assert gc.get_threshold() == SELDOM
    assert gc.get_threshold() == before


def test_it_is_as_before_after_an_error_too() -> None:
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), seldom_collected():
        divmod(1, 0)
    assert gc.get_threshold() == before
