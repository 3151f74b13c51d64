"""The sync's fake source, so that bulk work meets real loading."""

from tests.sync.conftest import fake_connector, make_source, plant

__all__ = ["fake_connector", "make_source", "plant"]
