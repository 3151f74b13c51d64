"""The floor of the pages' tests, and ways into it."""

from tests.mfgportal.web.conftest import counted, everyone, floor, of_lyon

__all__ = ["counted", "everyone", "floor", "of_lyon"]
