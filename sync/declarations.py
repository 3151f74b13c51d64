"""Declarations as people bring them: shipped ones by name, their own as text."""

from typing import Any

from sync.connectors import REGISTRY, connector_class
from sync.connectors.declared.classes import DeclaredConnector, declaration_in, shipped

OPTION, TEXT = "declaration", "declaration_yaml"


def declared(connector: str) -> type[DeclaredConnector] | None:
    """The connector's class where a declaration describes its streams."""
    found = connector_class(connector)
    return found if issubclass(found, DeclaredConnector) else None


def all_shipped() -> dict[str, tuple[str, str]]:
    """``<connector>:<name>`` → its text, and the name of the system it is for."""
    bases = {name: base for name in REGISTRY if (base := declared(name)) is not None}
    return {
        f"{connector}:{name}": (text, str(declaration_in(base, text)["system"]))
        for connector, base in bases.items()
        for name, text in shipped(base).items()
    }


def options_of(base: type[DeclaredConnector], text: str) -> dict[str, Any]:
    """What a source keeps of a declaration: its content for the connector, its text for people.

    Raises:
        DeclarationError: each place where it is wrong, and what is wanted there.
    """
    return {OPTION: declaration_in(base, text), TEXT: text}


def without_declaration(options: dict[str, Any]) -> dict[str, Any]:
    """The other options of a source."""
    return {name: value for name, value in options.items() if name not in (OPTION, TEXT)}


def declaration_of(options: dict[str, Any]) -> dict[str, Any]:
    """The part of a source's options that is its declaration."""
    return {name: value for name, value in options.items() if name in (OPTION, TEXT)}
