"""What the environment makes of the settings, each in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "ALLOWED_HOSTS": "mfg.example.com",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
}


def portal(tmp_path: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """A process of the portal with nothing of the portal in its environment but `env`."""
    plain = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *arguments],
        env=plain | {"VAR_DIR": str(tmp_path / "var")} | env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def settings(tmp_path: Path, *names: str, **env: str) -> list[object]:
    code = (
        f"import json; from mfgportal import settings as s; print(json.dumps([vars(s)[n] for n in {names}]))"
    )
    done = portal(tmp_path, "-c", code, **env)
    assert done.returncode == 0, done.stderr
    answer: list[object] = json.loads(done.stdout)
    return answer


@pytest.mark.slow
def test_production_passes_the_deployment_check(tmp_path: Path) -> None:
    done = portal(tmp_path, "manage.py", "check", "--deploy", "--fail-level=WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("missing", ["SECRET_KEY", "FIELD_ENCRYPTION_KEYS"])
def test_production_without_a_secret_does_not_start(tmp_path: Path, missing: str) -> None:
    done = portal(tmp_path, "manage.py", "check", **{k: v for k, v in PRODUCTION.items() if k != missing})
    assert f"Set {missing}, or {missing}_FILE" in done.stderr


def test_a_local_portal_needs_nothing_and_answers_to_this_machine_only(tmp_path: Path) -> None:
    names = ("DEBUG", "ALLOWED_HOSTS", "SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE")
    assert settings(tmp_path, *names) == [False, ["localhost", "127.0.0.1", "[::1]"], False, False]


def test_production_is_https_unless_told_otherwise(tmp_path: Path) -> None:
    names = ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS")
    assert settings(tmp_path, *names, **PRODUCTION) == [True, True, True, 31_536_000]
    assert settings(tmp_path, *names, **PRODUCTION, HTTPS="0") == [False, False, False, 0]


def test_servers_are_embedded_unless_named(tmp_path: Path) -> None:
    [databases, broker] = settings(tmp_path, "DATABASES", "CELERY_BROKER_URL")
    assert isinstance(databases, dict)
    assert Path(databases["default"]["HOST"]).name == "sockets" or databases["default"]["HOST"].startswith(
        "/tmp"
    )
    assert str(broker).startswith("redis+socket:///")
    named = {"DATABASE_URL": "postgres://u:p@db:5433/mfg", "REDIS_URL": "redis://r:6379/3"}
    [databases, broker] = settings(tmp_path, "DATABASES", "CELERY_BROKER_URL", **named)
    assert isinstance(databases, dict)
    assert [databases["default"][key] for key in ("HOST", "PORT", "NAME")] == ["db", 5433, "mfg"]
    assert broker == "redis://r:6379/3"


def test_only_the_web_server_limits_its_queries(tmp_path: Path) -> None:
    code = "import mfgportal.{}; from django.conf import settings; print(settings.DATABASES['default'])"
    assert "statement_timeout=20000" in portal(tmp_path, "-c", code.format("wsgi")).stdout
    assert "statement_timeout" not in portal(tmp_path, "-c", code.format("celery")).stdout


def test_a_killed_workers_tasks_come_back_soon(tmp_path: Path) -> None:
    names = ("CELERY_TASK_ACKS_LATE", "CELERY_TASK_REJECT_ON_WORKER_LOST", "CELERY_BROKER_TRANSPORT_OPTIONS")
    [late, reject, transport] = settings(tmp_path, *names)
    assert (late, reject) == (True, True)
    assert isinstance(transport, dict)
    assert transport["visibility_timeout"] == 3600
    assert (transport["unacked_restore_interval"], transport["unacked_restore_throttle"]) == (2, 1)
