"""Secrets typed where they would be kept, shown and exported in clear: among a source's options."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from sync.declarations import OPTION, without_declaration

SOUNDS_SECRET = re.compile(
    r"pass(word|wd|phrase|code)?$|secret|token$|api[_-]?key|credential|authorization|private[_-]?key|bearer",
    re.IGNORECASE,
)
NO_VALUES = frozenset({"answer", "token_url", "header"})
"""Of how to sign in: what only says where a secret is found, or goes."""


def secrets_in(options: Mapping[str, Any]) -> list[str]:
    """Names of options that hold a secret, with what they are in: ``auth.password``."""
    declared = options.get(OPTION) or {}
    found = [name for name, value in _values(without_declaration(dict(options))) if _secret(name) and value]
    for part in ("auth", "headers"):
        given = declared.get(part) or {}
        found += [
            f"{part}.{name}"
            for name, value in _values(given)
            if (_secret(name) or (part == "auth" and name == "value")) and value and "{" not in str(value)
        ]
    return found


def said(names: list[str]) -> str:
    """What to do with them."""
    what = "looks like a secret" if len(names) == 1 else "look like secrets"
    return (
        f"{', '.join(names)} {what}: options are kept and shown in clear. Put it into the field Password or "
        "API key, which are encrypted; a declaration names them {password} and {api_key}."
    )


def _secret(name: str) -> bool:
    return SOUNDS_SECRET.search(name.rpartition(".")[2]) is not None


def _values(given: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Plain values with their names, however deep."""
    if isinstance(given, Mapping):
        for name, value in given.items():
            if name not in NO_VALUES:
                yield from _values(value, f"{above}.{name}" if above else str(name))
    elif isinstance(given, list):
        for value in given:
            yield from _values(value, above)
    else:
        yield above, given
