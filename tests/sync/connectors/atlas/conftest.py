"""A scripted Atlas for each test."""

import re

import pytest
from pytest_httpserver import HTTPServer

from tests.sync.connectors.atlas.fake import FakeAtlas


@pytest.fixture
def atlas(httpserver: HTTPServer) -> FakeAtlas:
    fake = FakeAtlas(httpserver)
    httpserver.clear()
    httpserver.expect_request(re.compile(".*")).respond_with_handler(fake.answer)
    return fake
