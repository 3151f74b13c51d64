"""What every answer carries, and the health page."""

import logging

import pytest
from django.test import Client

from mfgportal.logs import LineFormatter

pytestmark = pytest.mark.django_db


def test_every_answer_says_how_long_it_took(client: Client) -> None:
    timing = client.get("/health")["Server-Timing"]
    assert timing.startswith("app;dur=")
    assert float(timing.removeprefix("app;dur=")) > 0


def test_only_our_own_scripts_and_styles_are_allowed(client: Client) -> None:
    policy = client.get("/health")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_health_needs_no_log_in(client: Client) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_health_names_the_server_that_is_away(client: Client, settings: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    answer = client.get("/health")
    assert (answer.status_code, answer.content) == (503, b"no answer from Redis")


def test_a_log_record_is_one_line_with_its_trace() -> None:
    record = logging.LogRecord("sync.run", logging.WARNING, __file__, 1, "two\nlines", None, None)
    record.trace_id = "abc"
    assert LineFormatter().format(record).endswith("WARNING sync.run two\\nlines trace=abc")
