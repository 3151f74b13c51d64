"""Rules that are due look at the data and open, follow and close alerts. One worker at a time."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from kpis.models import Plant
from mfgportal.alerts import kpi_signals, state_signals
from mfgportal.alerts.hysteresis import Decision, decide
from mfgportal.alerts.models import Alert, AlertRule, Signal
from mfgportal.alerts.people import Recipients, first_recipients
from mfgportal.alerts.reading import CannotJudge, Reading, Sight
from mfgportal.alerts.record import Action, Post, close, note_worst, opened, told_before, write
from mfgportal.web.format import percent
from sync.completeness import completeness
from sync.locks import only_one

JUDGING_LOCK = 0x616C7274
MOST_RULES = 50
MOST_CHANGES = 200
"""Alerts one look may open; the next look goes on with the rest."""

LOOKS: Mapping[str, Callable[[AlertRule, datetime], Sight]] = {
    Signal.TARGET: kpi_signals.look,
    Signal.LIMIT: kpi_signals.look,
    Signal.TREND: state_signals.trends,
    Signal.STOP: state_signals.stops,
    Signal.LATE_STREAM: state_signals.late_streams,
    Signal.EXCEPTION: state_signals.exceptions,
}
EVERY = {
    Signal.TARGET: timedelta(minutes=1),
    Signal.LIMIT: timedelta(minutes=1),
    Signal.TREND: timedelta(hours=1),
}
OFTEN = timedelta(seconds=30)


def judge_due(now: datetime | None = None) -> int:
    """Judge the rules that are due; how many. Does nothing while another worker does it."""
    with only_one(JUDGING_LOCK, 0) as mine:
        if not mine:
            return 0
        moment = now or timezone.now()
        due = AlertRule.objects.filter(Q(next_due=None) | Q(next_due__lte=moment), enabled=True)
        rules = due.select_related("plant", "line", "equipment")
        chosen = rules.order_by(F("next_due").asc(nulls_first=True), "pk")[:MOST_RULES]
        for rule in chosen:
            judge(rule, moment)
        return len(chosen)


def judge(rule: AlertRule, now: datetime) -> None:
    """One look of one rule. What it may not judge stays as it is, and the rule says why."""
    try:
        sight = LOOKS[rule.signal](rule, now)
    except CannotJudge as held:
        _looked(rule, now, str(held))
        return
    with transaction.atomic():
        held_back = _apply(rule, sight, now)
        _looked(rule, now, held_back)


def _looked(rule: AlertRule, now: datetime, cannot_judge: str) -> None:
    """Not ``save``: what people decided meanwhile stays, and the audit trail holds only what they decide."""
    AlertRule.objects.filter(pk=rule.pk).update(
        judged_at=now,
        next_due=now + EVERY.get(Signal(rule.signal), OFTEN),
        cannot_judge=cannot_judge[:300],
    )


def _apply(rule: AlertRule, sight: Sight, now: datetime) -> str:
    """Open, follow and close; why something was left as it is, or ""."""
    rows = rule.alerts.exclude(status=Alert.Status.CLOSED).select_for_update(of=("self",))
    known = {alert.subject: alert for alert in rows.select_related("plant", "rule")}
    post = Post(rule, zone_of(rule), now)
    held, opening = "", []
    for reading in sight.readings:
        alert = known.get(reading.subject)
        decision = _decide(rule, reading, is_open=alert is not None)
        if alert is not None:
            note_worst(alert, reading)
        if decision is not Decision.STAY and (gap := _gap(rule, reading)):
            held = gap
        elif decision is Decision.OPEN:
            opening.append(reading)
        elif decision is Decision.CLOSE and alert is not None:
            _close(alert, reading.value, post)
    _open(rule, opening[:MOST_CHANGES], post)
    _close_what_is_over(known, sight, post)
    return held


def _decide(rule: AlertRule, reading: Reading, *, is_open: bool) -> Decision:
    by_bucket = rule.signal in {Signal.TARGET, Signal.LIMIT}
    return decide(
        reading.marks,
        is_open=is_open,
        open_after=rule.open_after if by_bucket else 1,
        close_after=rule.close_after if by_bucket else 1,
    )


def _gap(rule: AlertRule, reading: Reading) -> str:
    """Why the subject's data is late or not complete, or "". Asked only when something would change."""
    if reading.held or reading.window is None:
        return reading.held
    start, end = reading.window
    place = reading.place
    found = completeness(
        start=start,
        end=end,
        plant_ids=_only(place.plant_id if place.line_id is None and place.equipment_id is None else None),
        line_ids=_only(place.line_id if place.equipment_id is None else None),
        equipment_ids=_only(place.equipment_id),
    )
    if found.share >= rule.min_completeness:
        return ""
    return f"only {percent(found.share)} of the source records are in the numbers ({reading.text})"


def _only(pk: int | None) -> tuple[int, ...] | None:
    return None if pk is None else (pk,)


def _open(rule: AlertRule, readings: list[Reading], post: Post) -> None:
    people = first_recipients(rule) if readings else Recipients(())
    plants = Plant.objects.in_bulk({reading.place.plant_id for reading in readings if reading.place.plant_id})
    for reading in readings:
        alert = opened(rule, reading, post.now)
        alert.plant = plants.get(reading.place.plant_id or 0)
        alert.tell_at = post.due(alert) if rule.by_email else post.now
        alert.save()
        event = write(alert, Action.OPENED, post.now, detail=reading.text)
        post.tell(event, people.of(alert))


def _close(alert: Alert, value: float | None, post: Post, detail: str = "") -> None:
    event = close(alert, value, post.now, detail)
    post.tell(event, told_before(alert))


def _close_what_is_over(known: Mapping[str, Alert], sight: Sight, post: Post) -> None:
    if not sight.complete:
        return
    seen = {reading.subject for reading in sight.readings}
    for subject, alert in known.items():
        if subject not in seen:
            _close(alert, None, post, "It is over.")


def zone_of(rule: AlertRule) -> str:
    """Whose clock quiet hours go by where an alert has no plant: that of all plants, if they share one."""
    if rule.plant is not None:
        return rule.plant.timezone
    zones = list(Plant.objects.order_by("timezone").values_list("timezone", flat=True).distinct()[:2])
    return zones[0] if len(zones) == 1 else "UTC"


def switch(rule: AlertRule, *, enabled: bool, by: str) -> None:
    """Switch a rule off, which closes what it has open, or on again: it then looks at once."""
    now = timezone.now()
    with transaction.atomic():
        rule.enabled, rule.next_due, rule.cannot_judge = enabled, None, ""
        rule.save(update_fields=["enabled", "next_due", "cannot_judge"])
        if not enabled:
            for alert in rule.alerts.exclude(status=Alert.Status.CLOSED).select_for_update():
                close(alert, None, now, f"The rule was switched off by {by}.")
