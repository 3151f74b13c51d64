"""Stand-in source systems for the demo and the tests: an Odoo and a CMMS before one simulated factory."""

from sync.sandbox.factory import Factory

__all__ = ["Factory"]
