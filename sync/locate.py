"""Plants of what waits for a machine nobody has mapped, where they became known after the rows came."""

from collections import defaultdict

from django.db import transaction

from sync.mapping import ref_of
from sync.models import Source, SyncException
from sync.queue.writer import place
from sync.records import Kind
from sync.whereabouts import plants_of


@transaction.atomic
def locate() -> None:
    """Look again for the plants of open unknown machines. Those that somebody works on are left for later."""
    lost: dict[int, list[SyncException]] = defaultdict(list)
    rows = SyncException.objects.filter(
        kind="unmapped_key", status="open", plant=None, context__ref__kind=Kind.EQUIPMENT.value
    )
    for exception in rows.select_for_update(of=("self",), skip_locked=True):
        lost[exception.source_id].append(exception)
    for source in Source.objects.filter(id__in=lost):
        refs = {exception.pk: ref_of(exception.context) for exception in lost[source.pk]}
        plants = plants_of(source, set(refs.values()))
        for exception in lost[source.pk]:
            if refs[exception.pk] in plants:
                place(exception, plants[refs[exception.pk]])
