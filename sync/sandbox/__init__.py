"""Stand-in source systems for the demo and the tests: an Odoo and a CMMS before one simulated factory."""

from sync.sandbox.factory import Factory
from sync.sandbox.serving import PortTaken, Sandbox, serve
from sync.sandbox.wire import Request, Response

__all__ = ["Factory", "PortTaken", "Request", "Response", "Sandbox", "serve"]
