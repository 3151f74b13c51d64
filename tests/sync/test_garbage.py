import gc

import pytest

from sync.garbage import SELDOM, seldom_collected


def test_the_collector_is_as_it_was_even_after_an_error() -> None:
    before = gc.get_threshold()
    with pytest.raises(OSError, match="gone"), seldom_collected():
        assert gc.get_threshold() == SELDOM
        raise OSError("gone")
    assert gc.get_threshold() == before
