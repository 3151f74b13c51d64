"""Stops as lists show them: a breakdown that two systems tell of is one, as in the KPIs, and names both."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from kpis.models import Downtime, LossClass
from mfgportal.web.down import UNSPECIFIED
from sync.models import Source


@dataclass(frozen=True, slots=True)
class Teller:
    """A system that tells of a stop, with the page of what it says."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class StopRow:
    """A row of a list: ``stop`` says most of it; from the first start to the last end (None: it goes on).
    ``tellers``: whose records it is made of, where there are several."""

    stop: Downtime
    start: datetime
    end: datetime | None
    tellers: Sequence[Teller] = ()


def folded(stops: Iterable[Downtime]) -> list[StopRow]:
    """One row for breakdowns of a machine that overlap or touch and come from several systems.

    Args:
        stops: with reason and machine; their order is kept, by the first of each row.
    """
    rows = list(stops)
    groups = [group for group in _together(rows) if len({stop.source for stop in group}) > 1]
    of = {stop.pk: group for group in groups for stop in group}
    titles = dict(Source.objects.values_list("name", "title")) if groups else {}
    shown: dict[int, StopRow] = {}
    for stop in rows:
        group = of.get(stop.pk, [stop])
        if group[0].pk not in shown:
            shown[group[0].pk] = _row(group, titles)
    return list(shown.values())


def _together(stops: Iterable[Downtime]) -> Iterator[list[Downtime]]:
    """Breakdowns of one machine that overlap or touch."""
    now = timezone.now()
    group: list[Downtime] = []
    until = now
    broken = [stop for stop in stops if stop.reason.loss_class == LossClass.BREAKDOWN]
    for stop in sorted(broken, key=lambda one: (one.equipment_id, one.start, one.pk)):
        if group and (group[0].equipment_id != stop.equipment_id or stop.start > until):
            yield group
            group = []
        until = max(until, stop.end or now) if group else stop.end or now
        group.append(stop)
    if group:
        yield group


def _row(group: Sequence[Downtime], titles: dict[str, str]) -> StopRow:
    says_most = min(group, key=lambda stop: (stop.reason.code == UNSPECIFIED, stop.start, stop.pk))
    ends = [stop.end for stop in group]
    return StopRow(
        stop=says_most,
        start=min(stop.start for stop in group),
        end=None if None in ends else max(end for end in ends if end),
        tellers=[_teller(stop, titles) for stop in group] if len(group) > 1 else (),
    )


def _teller(stop: Downtime, titles: dict[str, str]) -> Teller:
    return Teller(titles.get(stop.source, stop.source), reverse("event", args=["downtime", stop.pk]))
