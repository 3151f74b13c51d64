"""The floor of the pages' tests, and ways into it."""

from tests.mfgportal.web.conftest import everyone, floor, of_lyon

__all__ = ["everyone", "floor", "of_lyon"]
