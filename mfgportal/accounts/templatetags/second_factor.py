"""Tells an administrator whether a second factor is missing, or not demanded here."""

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest

from mfgportal.accounts.second_factor import lacks_factor

register = template.Library()


@register.inclusion_tag("people/_factor.html")
def second_factor_notice(request: HttpRequest) -> dict[str, Any]:
    """One query for an administrator, none for others."""
    return {"user": request.user, "lacks": lacks_factor(request), "demanded": settings.MFA_REQUIRED}
