"""Keys of screens: made once and shown once, found by their hash, refused when over; who may manage them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from mfgportal.accounts.access import may, plants_of
from mfgportal.accounts.models import User
from mfgportal.accounts.rights import Right
from mfgportal.displays.models import Display

BYTES = 32
NOTED_EVERY = timedelta(minutes=1)


class KeyOver(Exception):
    """A key that was good once: it expired, or was revoked. The message says which."""


@dataclass(frozen=True, slots=True)
class Made:
    """A new display with its key, which is kept nowhere."""

    display: Display
    key: str


def displays_of(user: User) -> QuerySet[Display]:
    """Displays of the person's plants."""
    return Display.objects.filter(plant__in=plants_of(user))


def may_manage(user: User) -> bool:
    """Whether the person's role makes and revokes displays."""
    return may(user, Right.MANAGE_DISPLAYS)


def make(display: Display, by: User) -> Made:
    """Save a new display with a key of its own. Raises PermissionDenied outside of the person's plants."""
    if not may_manage(by) or not plants_of(by).filter(pk=display.plant_id).exists():
        raise PermissionDenied("Displays are made by those who manage the plant.")
    key = secrets.token_urlsafe(BYTES)
    display.key_digest, display.created_by = digest(key), by
    display.save()
    return Made(display, key)


def revoke(display: Display, by: User, now: datetime | None = None) -> None:
    """End it for good, at once. Safe to repeat."""
    if display.revoked_at is None:
        display.revoked_at, display.revoked_by = now or timezone.now(), by.username
        display.save(update_fields=["revoked_at", "revoked_by"])


def find(key: str, now: datetime | None = None) -> Display:
    """The display of a key, noted as used. Raises Http404 for one that never was, KeyOver."""
    at = now or timezone.now()
    display = Display.objects.select_related("plant", "line").filter(key_digest=digest(key)).first()
    if display is None:
        raise Http404
    if display.revoked_at is not None:
        raise KeyOver("The key of this display was revoked.")
    if display.expires_at <= at:
        raise KeyOver("The key of this display has expired.")
    before = Q(last_used_at=None) | Q(last_used_at__lt=at - NOTED_EVERY)
    Display.objects.filter(before, pk=display.pk).update(last_used_at=at)
    return display


def digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
