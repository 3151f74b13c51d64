"""Who may see an alert, and who of those is told."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from mfgportal.accounts.access import plants_of
from mfgportal.accounts.models import User
from mfgportal.alerts.models import Alert, AlertRule, Notification, Signal

EVERYONES = (Signal.LATE_STREAM, Signal.EXCEPTION)
"""Of these signals, what concerns no plant concerns everyone, as in the exception queue."""


def alerts_of(user: User) -> QuerySet[Alert]:
    """Alerts the person may see: those of their plants, and of no plant where they concern everyone."""
    if user.sees_all_plants:
        return Alert.objects.all()
    return Alert.objects.filter(Q(plant__in=plants_of(user)) | Q(plant=None, rule__signal__in=EVERYONES))


def rules_of(user: User) -> QuerySet[AlertRule]:
    """Rules the person may see: those of their plants and of the enterprise."""
    if user.sees_all_plants:
        return AlertRule.objects.all()
    return AlertRule.objects.filter(Q(plant__in=plants_of(user)) | Q(plant=None))


def sees(user: User, alert: Alert, plant_ids: Collection[int]) -> bool:
    """``alerts_of`` for one alert and a person whose plants are at hand."""
    if user.sees_all_plants:
        return True
    if alert.plant_id is None:
        return alert.rule.signal in EVERYONES
    return alert.plant_id in plant_ids


@dataclass(frozen=True, slots=True)
class Recipients:
    """People a rule names, with their plants; of an alert those who may see it are told."""

    people: tuple[tuple[User, frozenset[int]], ...]

    def of(self, alert: Alert) -> list[User]:
        return [user for user, plants in self.people if sees(user, alert, plants)]


def first_recipients(rule: AlertRule) -> Recipients:
    """By role and by name. Two queries."""
    return _recipients(rule.roles, rule.users.all())


def next_recipients(rule: AlertRule) -> Recipients:
    """Those who are told when nobody acknowledges. Two queries."""
    return _recipients(rule.escalate_roles, rule.escalate_users.all())


def _recipients(roles: Collection[str], named: QuerySet[User]) -> Recipients:
    people = User.objects.filter(Q(role__in=roles) | Q(pk__in=named.values("pk")), is_active=True)
    rows = people.order_by("pk").prefetch_related("plants")
    return Recipients(tuple((user, frozenset(plant.pk for plant in user.plants.all())) for user in rows))


def told_of(user: User) -> QuerySet[Notification]:
    """The person's messages in the portal that they have not read."""
    return Notification.objects.filter(user=user, channel=Notification.Channel.PORTAL, read_at=None)
