"""Both stand-in servers over one factory."""

from __future__ import annotations

from sync.sandbox.atlas_server import AtlasServer
from sync.sandbox.factory import Factory
from sync.sandbox.odoo_server import OdooServer
from sync.sandbox.wire import Server


class Sandbox:
    """Two running servers. `odoo.fault` and `atlas.fault` inject trouble (see `wire.Response`)."""

    def __init__(self, factory: Factory, odoo: Server, atlas: Server, atlas_api: AtlasServer) -> None:
        self.factory = factory
        self.odoo = odoo
        self.atlas = atlas
        self.atlas_api = atlas_api

    @property
    def odoo_url(self) -> str:
        return self.odoo.url

    @property
    def atlas_url(self) -> str:
        return self.atlas.url

    def close(self) -> None:
        self.odoo.close()
        self.atlas.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class PortTaken(Exception):
    """Names the address that could not be served."""

    def __init__(self, name: str, host: str, port: int, why: str) -> None:
        super().__init__(f"cannot serve the sandbox's {name} at {host}:{port}: {why}")


def serve(factory: Factory, *, host: str = "127.0.0.1", odoo_port: int = 0, atlas_port: int = 0,
          rate_limit_per_minute: int | None = None) -> Sandbox:  # fmt: skip
    """Starts both servers; port 0 takes a free one.

    Raises:
        PortTaken: an address is in use or not ours.
    """
    atlas_api = AtlasServer(factory, rate_limit_per_minute)

    def clock() -> int:
        return factory.now

    try:
        odoo = Server(OdooServer(factory).answer, host, odoo_port, clock)
    except OSError as error:
        raise PortTaken("Odoo", host, odoo_port, error.strerror or str(error)) from error
    try:
        atlas = Server(atlas_api.answer, host, atlas_port, clock)
    except OSError as error:
        odoo.close()
        raise PortTaken("CMMS", host, atlas_port, error.strerror or str(error)) from error
    return Sandbox(factory, odoo, atlas, atlas_api)
