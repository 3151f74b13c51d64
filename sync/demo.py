"""The demo's sources: the two stand-in systems of ``sync.sandbox``."""


def seed(odoo_url: str = "http://127.0.0.1:8069", atlas_url: str = "http://127.0.0.1:8081") -> None:
    """Create or update the sources ``atlas`` and ``odoo``. Safe to call again."""
    raise NotImplementedError
