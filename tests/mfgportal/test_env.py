"""Secrets from the environment, from files, or made and kept."""

import stat
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.exceptions import ImproperlyConfigured

from mfgportal import env


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(env, "VAR_DIR", tmp_path / "var")
    return tmp_path / "var"


def secret(*, generate: bool) -> str:
    return env.secret("A_SECRET", file="a_secret", make=lambda: uuid4().hex, generate=generate)


def test_the_environment_comes_first(monkeypatch: pytest.MonkeyPatch, var: Path) -> None:
    monkeypatch.setenv("A_SECRET", "given")
    assert secret(generate=True) == "given"
    assert not var.exists()


def test_a_file_may_hold_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "mounted").write_text("from a file\n")
    monkeypatch.setenv("MOUNTED_FILE", str(tmp_path / "mounted"))  # a name of its own: it is cached
    assert env.secret("MOUNTED", file="mounted", make=str, generate=False) == "from a file"


def test_production_must_be_given_it() -> None:
    with pytest.raises(ImproperlyConfigured, match="Set A_SECRET, or A_SECRET_FILE"):
        secret(generate=False)


def test_a_made_one_is_kept_and_private(var: Path) -> None:
    assert secret(generate=True) == secret(generate=True) == (var / "a_secret").read_text()
    assert stat.S_IMODE((var / "a_secret").stat().st_mode) == 0o600
    assert [path.name for path in var.iterdir()] == ["a_secret"]


def keep(path: Path) -> str:
    return env.kept(path, lambda: uuid4().hex)


def test_processes_that_start_together_read_the_same(tmp_path: Path) -> None:
    with ProcessPoolExecutor(8, mp_context=get_context("fork")) as pool:
        assert len(set(pool.map(keep, [tmp_path / "raced"] * 32))) == 1


def test_a_file_of_another_user_says_what_to_do(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret(generate=True)

    def denied(*_: object) -> str:
        raise PermissionError

    monkeypatch.setattr(Path, "read_text", denied)
    with pytest.raises(ImproperlyConfigured, match="made by another user"):
        secret(generate=True)
