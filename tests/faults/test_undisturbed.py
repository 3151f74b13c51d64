"""The measure itself: what real processes read in peace is what the sources have, with known causes."""

import pytest

from sync.sandbox import Sandbox
from tests.faults.conftest import Sound
from tests.faults.harness.portal import Portal, every_stream

pytestmark = pytest.mark.slow


def test_real_processes_read_all_there_is(portal: Portal, sound: Sound, sandbox: Sandbox) -> None:
    portal.comes_to_rest(every_stream())
    sound.at_any_moment()
    sound.at_rest()
