"""The connectors we have: a folder and a line here each."""

from importlib import import_module

from sync.connectors.base import Connector

REGISTRY = {
    "odoo": "sync.connectors.odoo.connector.OdooConnector",
    "atlas": "sync.connectors.atlas.connector.AtlasConnector",
    "rest": "sync.connectors.rest.connector.RestConnector",
    "files": "sync.connectors.files.connector.FilesConnector",
    "push": "sync.connectors.push.connector.PushConnector",
}


def connector_class(name: str) -> type[Connector]:
    """Return the connector registered under ``name``; KeyError when there is none."""
    module, _, attribute = REGISTRY[name].rpartition(".")
    found: type[Connector] = getattr(import_module(module), attribute)
    return found


def addable() -> list[str]:
    """Names of the connectors that people set up."""
    return [name for name in REGISTRY if not connector_class(name).pushed]
