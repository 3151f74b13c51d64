"""The production shape, as far as it can be checked without an engine."""

from pathlib import Path
from typing import Any

import pytest
import yaml

COMPOSE: dict[str, Any] = yaml.safe_load((Path(__file__).parent.parent / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]


def test_all_parts_are_there() -> None:
    assert set(SERVICES) == {"migrate", "web", "worker", "ticker", "beat", "postgres", "redis"}


@pytest.mark.parametrize("name", ["web", "worker", "ticker", "postgres", "redis"])
def test_what_others_rely_on_is_checked(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_dependencies_and_volumes_exist() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]


@pytest.mark.parametrize("name", ["web", "worker", "ticker", "beat"])
def test_the_portal_waits_for_migrations(name: str) -> None:
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_portal_runs_without_rights() -> None:
    portal = COMPOSE["x-portal"]
    assert "USER portal" in portal["build"]["dockerfile_inline"]
    assert portal["cap_drop"] == ["ALL"]
    assert "{{" not in str(portal)


def test_no_secret_is_in_the_file() -> None:
    assert "${POSTGRES_PASSWORD:?" in SERVICES["postgres"]["environment"]["POSTGRES_PASSWORD"]
    assert "${POSTGRES_PASSWORD:?" in COMPOSE["x-portal"]["environment"]["DATABASE_URL"]
