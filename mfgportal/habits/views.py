"""Saved views: whose a person sees, and what may be saved."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.urls import Resolver404, resolve

from mfgportal.accounts.access import plants_of
from mfgportal.accounts.models import User
from mfgportal.habits.models import SavedView

NO_PAGES = ("api", "account", "static", "views", "search", "start", "healthz", "readyz", "metrics")
"""First parts of addresses that are no page to come back to."""


def views_of(user: User) -> QuerySet[SavedView]:
    """The person's own views, then those shared with their plants and role."""
    return SavedView.objects.filter(Q(owner=user) | shared_with(user)).select_related("owner", "plant")


def shared_with(user: User) -> Q:
    of_plant = Q(plant=None) | Q(plant__in=plants_of(user))
    of_role = Q(role="") | Q(role=user.role)
    return (Q(plant__isnull=False) | ~Q(role="")) & of_plant & of_role


def page_address(given: str) -> str:
    """Path and query string of a page of the portal. Raises ValidationError for anything else.

    An address from elsewhere, or one that changes something when opened, must not come to stand in others'
    menus.
    """
    parts = urlsplit(given.strip())
    path = parts.path or "/"
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//") or "\\" in given:
        raise ValidationError("Only pages of this portal can be saved.")
    try:
        resolve(path)
    except Resolver404:
        raise ValidationError("There is no such page.") from None
    if path.split("/")[1] in NO_PAGES:
        raise ValidationError("This page has no state to be saved.")
    return path + (f"?{parts.query}" if parts.query else "")
