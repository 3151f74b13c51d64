"""The one reader of the environment: plain variables, `NAME_FILE` variants, a `.env` file, generated secrets."""

import os
from collections.abc import Callable
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

environ.Env.read_env(BASE_DIR / ".env")
env = environ.FileAwareEnv()

VAR_DIR = BASE_DIR / env.str("VAR_DIR", default="var")


def secret(name: str, *, file: str, make: Callable[[], str], generate: bool) -> str:
    """The secret from the environment; without one, the generated one kept in `var/<file>` if `generate` allows."""
    given = env.str(name, default="")
    if given:
        return given
    if not generate:
        raise ImproperlyConfigured(f"Set {name}, or {name}_FILE to the path of a file that holds it.")
    return kept(VAR_DIR / file, make)


def kept(path: Path, make: Callable[[], str]) -> str:
    """The content of `path`, made on first use. Of several processes that start together, all read the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
