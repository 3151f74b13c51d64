"""What is so at this moment: stops that last, late streams, exceptions that stay open, rising failures."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from kpis.health import Health, health
from kpis.models import Downtime, LossClass
from kpis.targets import Spot
from mfgportal.alerts.age import OF_MACHINES, Known, known_to
from mfgportal.alerts.hysteresis import Mark, mark
from mfgportal.alerts.models import AlertRule
from mfgportal.alerts.places import equipment_in, scope_of, subject_of
from mfgportal.alerts.reading import Reading, Sight
from mfgportal.locales import symbols
from mfgportal.mapping_targets import mapped_kind
from mfgportal.web.format import lasting
from mfgportal.workbench.sleep import asleep
from sync.models import SyncException
from sync.queue.kinds import KINDS
from sync.records import Kind

MOST = 500
"""Subjects of one rule looked at at a time."""
TREND_DAYS = 365
RISING = 0.05
LATE = "late_stream"
RANK = {"info": 0, "warning": 1, "error": 2}


def stops(rule: AlertRule, now: datetime) -> Sight:
    """Unplanned stops that go on, and have lasted too long. Raises CannotJudge: one may be over already."""
    data = known_to(rule, now, {Kind.DOWNTIME})
    rows = Downtime.objects.filter(
        equipment_in(rule),
        end=None,
        inherited=False,
        deleted_at=None,
        start__lte=now - timedelta(seconds=rule.longer_than_s),
    ).exclude(reason__loss_class__in=[LossClass.PLANNED_STOP, LossClass.NOT_SCHEDULED])
    found = rows.select_related("equipment", "reason").order_by("start")[:MOST]
    return Sight([_judged(_stop(rule, stop, now), data) for stop in found], complete=True)


def _judged(reading: Reading, data: Known) -> Reading:
    return replace(reading, held=data.why_not(reading.place))


def _stop(rule: AlertRule, stop: Downtime, now: datetime) -> Reading:
    machine, lasts = stop.equipment, (now - stop.start).total_seconds()
    return Reading(
        subject=f"stop/{stop.pk}",
        text=f"{machine.name} has stood for more than {lasting(rule.longer_than_s)}: {stop.reason.name}",
        marks=(Mark.BREACH,),
        value=lasts,
        limit=float(rule.longer_than_s),
        unit="s",
        place=Spot(machine.plant_id, machine.line_id, machine.pk),
    )


def late_streams(rule: AlertRule, now: datetime) -> Sight:
    """Streams the queue calls late, for longer than the rule says."""
    return _exceptions(rule, SyncException.objects.filter(kind=LATE), now)


def exceptions(rule: AlertRule, now: datetime) -> Sight:
    """Open exceptions of at least that severity, for longer than the rule says."""
    wanted = [name for name, rank in RANK.items() if rank >= RANK.get(rule.least, 0)]
    return _exceptions(rule, SyncException.objects.filter(severity__in=wanted).exclude(kind=LATE), now)


def _exceptions(rule: AlertRule, rows: QuerySet[SyncException], now: datetime) -> Sight:
    old = rows.filter(
        _place(rule),
        status=SyncException.Status.OPEN,
        first_seen__lte=now - timedelta(seconds=rule.longer_than_s),
    ).select_related("equipment")
    found = old.annotate(sleeps=asleep(now)).order_by("first_seen")
    return Sight([_exception(rule, row, now) for row in found[:MOST]], complete=True)


def _place(rule: AlertRule) -> Q:
    """What concerns no plant concerns the enterprise's rules alone."""
    if rule.line_id is not None or rule.equipment_id is not None:
        return equipment_in(rule)
    return Q() if rule.plant_id is None else Q(plant=rule.plant_id)


def _exception(rule: AlertRule, row: Any, now: datetime) -> Reading:
    named = mapped_kind(row) != Kind.TECHNICIAN  # people's names stay inside the portal
    age = (now - row.first_seen).total_seconds()
    return Reading(
        subject=f"exception/{row.pk}",
        text=row.title if named else KINDS[row.kind].title,
        # What somebody has put off opens nothing, and is not over either.
        marks=(Mark.BAND if row.sleeps else Mark.BREACH,),
        value=age,
        limit=float(rule.longer_than_s),
        unit="s",
        place=_spot(row),
    )


def _spot(row: SyncException) -> Spot:
    machine = row.equipment
    if machine is not None:
        return Spot(machine.plant_id, machine.line_id, machine.pk)
    return Spot(row.plant_id)


def trends(rule: AlertRule, now: datetime) -> Sight:
    """Machines whose failures come closer together than chance allows (MIL-HDBK-189, one-sided p)."""
    data = known_to(rule, now, OF_MACHINES)
    today = data.through.date()
    scope = scope_of(rule, today - timedelta(days=TREND_DAYS), today)
    found = (_trend(rule, each) for each in health(scope, now))
    return Sight([_judged(reading, data) for reading in found if reading], complete=False)


def _trend(rule: AlertRule, each: Health) -> Reading | None:
    if each.trend is None:
        return None
    p, limit, machine = each.trend.rising, rule.limit or RISING, each.machine
    # A p just above the limit is no all-clear: without a limit of its own, twice the opening one closes.
    stands = mark(p, limit, rule.close_limit or 2 * limit, above=False)
    said = symbols(f"{p:.2g}")
    return Reading(
        subject=subject_of(Spot(machine.plant_id, None, machine.equipment_id)),
        text=f"Failure intensity of {machine.name} rises: p = {said}, {each.failures} failures in a year",
        marks=(stands,),
        value=p,
        limit=limit,
        unit="p",
        high_is_bad=False,
        place=Spot(machine.plant_id, None, machine.equipment_id),
    )
