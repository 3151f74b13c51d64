"""The declarations that come with mfgportal: a file each in ``systems/``."""

from functools import cache
from pathlib import Path
from typing import Any

from sync.connectors.base import Connector
from sync.connectors.declared.loading import DeclarationError, parsed
from sync.connectors.rest.connector import RestConnector

SYSTEMS = Path(__file__).parent / "systems"


@cache
def shipped() -> dict[str, str]:
    """Name → system, of all."""
    return {path.stem: str(parsed(path.read_text())["system"]) for path in sorted(SYSTEMS.glob("*.yaml"))}


def shipped_declaration(name: str) -> dict[str, Any]:
    """Raises ``DeclarationError`` when there is none of that name."""
    if name not in shipped():
        raise DeclarationError([f"There is no declaration “{name}”. Shipped are: {', '.join(shipped())}"])
    return parsed((SYSTEMS / f"{name}.yaml").read_text())


def shipped_class(name: str) -> type[Connector]:
    return RestConnector.of({"declaration": shipped_declaration(name)})
