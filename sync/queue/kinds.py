"""What can go wrong, as data: one entry per kind of exception. Pages, API and glossary read it."""

from sync.queue.kind import ExceptionKind, Resolution
from sync.queue.of_figures import OF_FIGURES
from sync.queue.of_records import OF_RECORDS
from sync.queue.of_streams import OF_STREAMS
from sync.queue.of_systems import OF_SYSTEMS

__all__ = ["KEY_KINDS", "KINDS", "ExceptionKind", "Resolution"]

KINDS: dict[str, ExceptionKind] = {
    kind.key: kind for kind in (*OF_RECORDS, *OF_SYSTEMS, *OF_FIGURES, *OF_STREAMS)
}

KEY_KINDS = ("unmapped_key", "orphan")
"""Those about a key that leads nowhere: ``context["ref"]`` holds it, and its records wait."""
