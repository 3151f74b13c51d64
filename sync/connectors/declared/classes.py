"""Connectors whose streams a declaration describes: one class for each declaration."""

import sys
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, ClassVar

import orjson
from pydantic import BaseModel

from sync.connectors.base import Connector, StreamSpec
from sync.connectors.declared.loading import DeclarationError, checked, parsed


class DeclaredConnector(Connector):
    """Reads what ``options["declaration"]`` describes; ``of`` makes the class for it, once per content.

    Its shipped declarations are the files in the folder ``systems`` beside its module.
    """

    streams: ClassVar[Mapping[str, StreamSpec]] = {}
    model: ClassVar[type[BaseModel]]
    declaration: ClassVar[Any]

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> type[Connector]:
        given = options.get("declaration")
        if not given:
            raise DeclarationError(["The source has none yet: choose a shipped one, or write your own"])
        return _made(cls, orjson.dumps(given, option=orjson.OPT_SORT_KEYS))


@lru_cache(maxsize=64)
def _made(base: type[DeclaredConnector], content: bytes) -> type[DeclaredConnector]:
    declaration: Any = checked(base.model, orjson.loads(content))
    own = {"declaration": declaration, "streams": declaration.specs(), "__module__": base.__module__}
    return type(f"Declared{base.__name__}", (base,), own)


@cache
def shipped(base: type[DeclaredConnector]) -> dict[str, str]:
    """The text of each declaration that comes with the connector, by name."""
    folder = Path(str(sys.modules[base.__module__].__file__)).parent / "systems"
    return {path.stem: path.read_text() for path in sorted(folder.glob("*.yaml"))}


def declaration_in(base: type[DeclaredConnector], text: str) -> dict[str, Any]:
    """The declaration a text holds, checked.

    Raises:
        DeclarationError: each place where it is wrong, and what is wanted there.
    """
    found = parsed(text)
    base.of({"declaration": found})
    return found


def shipped_class(base: type[DeclaredConnector], name: str) -> type[Connector]:
    return base.of({"declaration": parsed(shipped(base)[name])})
