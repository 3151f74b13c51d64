"""The demo's sources: the two stand-in systems of ``sync.sandbox``."""

from collections.abc import Collection

from django.db import transaction

from sync.models import Ownership, Source
from sync.records import Kind
from sync.sources import add_source

ODOO_OWNS = frozenset({Kind.PRODUCT, Kind.REASON, Kind.CALENDAR, Kind.OPERATION, Kind.RUN, Kind.PRODUCTION})


@transaction.atomic
def seed(odoo_url: str = "http://127.0.0.1:8069", atlas_url: str = "http://127.0.0.1:8081") -> None:
    """Create or update the sources ``atlas`` and ``odoo`` and who owns what. Safe to call again."""
    atlas = add_source(
        name="atlas",
        title="Atlas CMMS",
        connector="atlas",
        url=atlas_url,
        username="sync@mfgportal.example",
        password="mfgportal",  # noqa: S106 the stand-in's, on this machine
        # The stand-in counts no requests, so the first load need not be spread over hours.
        options={"requests_per_minute": 6000, "requests_per_hour": 360_000},
    )
    odoo = add_source(
        name="odoo",
        title="Odoo",
        connector="odoo",
        url=odoo_url,
        database="mfg",
        username="mfgportal",
        password="mfgportal",  # noqa: S106 the stand-in's, on this machine
    )
    _own(odoo, ODOO_OWNS)
    _own(atlas, frozenset(Kind) - ODOO_OWNS)


def _own(source: Source, kinds: Collection[Kind]) -> None:
    for kind in kinds:
        Ownership.objects.update_or_create(kind=kind, defaults={"source": source})
