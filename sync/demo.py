"""The demo's sources: the two stand-in systems of ``sync.sandbox``."""

from collections.abc import Collection
from urllib.parse import urlsplit

from django.db import transaction

from sync.models import Ownership, Source
from sync.records import Kind
from sync.sources import add_source

NAMES = ("atlas", "odoo")
ODOO_OWNS = frozenset(
    {Kind.PRODUCT, Kind.REASON, Kind.CALENDAR, Kind.OPERATION, Kind.RUN, Kind.PRODUCTION, Kind.STOCK}
)


class RealSources(Exception):
    """The portal already reads real systems under the demo's names, which the demo must not overwrite."""


@transaction.atomic
def seed(odoo_url: str = "http://127.0.0.1:8069", atlas_url: str = "http://127.0.0.1:8081") -> None:
    """Create or update the sources ``atlas`` and ``odoo`` and who owns what. Safe to call again.

    Raises:
        RealSources: one of the names is taken by a system that is not on this machine.
    """
    for known in Source.objects.filter(name__in=NAMES):
        if urlsplit(known.url).hostname not in {"127.0.0.1", "localhost"}:
            raise RealSources(f"The source {known.name!r} reads {known.url}: run without the sandbox.")
    atlas = add_source(
        name="atlas",
        title="Atlas CMMS",
        connector="atlas",
        url=atlas_url,
        username="sync@mfgportal.example",
        password="mfgportal",  # noqa: S106 the stand-in's, on this machine
        # The stand-in counts no requests, so the first load need not be spread over hours.
        options={
            "requests_per_minute": 6000,
            "requests_per_hour": 360_000,
            "cost_categories": {"External service": "contractor"},
        },
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
    Source.objects.filter(name__in=NAMES).update(enabled=True)
    _own(odoo, ODOO_OWNS)
    _own(atlas, frozenset(Kind) - ODOO_OWNS)


def rest(odoo_url: str, atlas_url: str) -> None:
    """Stop reading the stand-ins, which do not run now; ``seed`` goes on with them."""
    Source.objects.filter(name__in=NAMES, url__in=[odoo_url, atlas_url]).update(enabled=False)


def _own(source: Source, kinds: Collection[Kind]) -> None:
    for kind in kinds:
        Ownership.objects.update_or_create(kind=kind, defaults={"source": source})
