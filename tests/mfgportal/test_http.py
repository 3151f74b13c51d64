"""What every answer carries, and what a log line looks like."""

import logging

import pytest
from django.test import Client

from mfgportal.logs import LineFormatter

pytestmark = pytest.mark.django_db


def test_every_answer_says_how_long_it_took(client: Client) -> None:
    timing = client.get("/healthz")["Server-Timing"]
    assert timing.startswith("app;dur=")
    assert float(timing.removeprefix("app;dur=")) > 0


def test_only_our_own_scripts_and_styles_are_allowed(client: Client) -> None:
    policy = client.get("/healthz")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy


def test_a_log_record_is_one_line_with_its_trace() -> None:
    record = logging.LogRecord("sync.run", logging.WARNING, __file__, 1, "two\nlines", None, None)
    record.trace_id = "abc"
    assert LineFormatter().format(record).endswith("WARNING sync.run two\\nlines trace=abc")
