"""The one reader of the environment: variables, their `_FILE` variants, a `.env` file, generated secrets."""

import os
from collections.abc import Callable
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

environ.Env.read_env(BASE_DIR / ".env")
env = environ.FileAwareEnv()

VAR_DIR = BASE_DIR / env.str("VAR_DIR", default="var")
PRODUCTION = bool(env.list("ALLOWED_HOSTS", default=[]))
"""Whether hosts are named: then secrets must be given, and HTTPS is assumed."""
HTTPS: bool = env.bool("HTTPS", default=PRODUCTION)


def secret(name: str, *, file: str, make: Callable[[], str], generate: bool) -> str:
    """The secret from the environment, else the one kept in `var/<file>` if `generate` allows that."""
    given: str = env.str(name, default="").strip()  # files end in a line feed
    if given:
        return given
    if not generate:
        raise ImproperlyConfigured(f"Set {name}, or {name}_FILE to the path of a file that holds it.")
    return kept(VAR_DIR / file, make)


def kept(path: Path, make: Callable[[], str]) -> str:
    """The content of `path`, made on first use. Processes that start together all read the same."""
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
    try:
        return path.read_text().strip()
    except PermissionError as denied:
        raise ImproperlyConfigured(
            f"{path} was made by another user. Run as that user, remove {path.parent}, or set VAR_DIR."
        ) from denied
