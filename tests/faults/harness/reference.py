"""An undisturbed portal: the same sources read once, from the start, in peace."""

from datetime import timedelta

from django.utils import timezone

from kpis.rollup import mark_open_events, refresh
from sync import anomalies, demo
from sync.locate import locate
from sync.models import ReconciliationDue, Source, Stream, SyncRun
from sync.reconcile.rules import RULES
from sync.replay import release_all
from sync.run import run_stream

SMALL_PAGES, LARGE_PAGES = 40, 500
ODOO_OPTIONS = {"timeout_s": 2, "total_s": 3, "max_answer_mb": 1}
ATLAS_OPTIONS = ODOO_OPTIONS | {"requests_per_minute": 6000, "requests_per_hour": 360_000}
SELDOM = 3600
FIRST_FACTS = 40
"""Rank of the first stream of facts."""


def seed(odoo_url: str, atlas_url: str, page_size: int = SMALL_PAGES) -> None:
    """Both sources with small pages and short patience; streams are due when a test says so.

    Systems are compared a day later: beside each test that would ask the sources as much as the test does.
    """
    demo.seed(odoo_url=odoo_url, atlas_url=atlas_url)
    for name, options in {"odoo": ODOO_OPTIONS, "atlas": ATLAS_OPTIONS}.items():
        Source.objects.filter(name=name).update(options=options | {"page_size": page_size})
    later = timezone.now() + timedelta(seconds=SELDOM)
    Stream.objects.update(every_s=SELDOM, refresh_every_s=None, next_due=later)
    tomorrow = timezone.now() + timedelta(days=1)
    ReconciliationDue.objects.bulk_create(ReconciliationDue(rule=rule, at=tomorrow) for rule in RULES)


def read_in_peace(*, below_rank: int = 100) -> None:
    """Read each stream to its end, masters first, and compute the components."""
    for stream in Stream.objects.filter(rank__lt=below_rank, enabled=True).order_by("rank", "-source__name"):
        run = run_stream(stream.pk)
        assert run is not None
        assert run.status == SyncRun.Status.DONE, f"{stream}: {run.error}"
    release_all()
    locate()
    compute()


def compute() -> None:
    """Bring the components up to date."""
    mark_open_events(timezone.now())
    refresh(timezone.now())
    anomalies.check()
