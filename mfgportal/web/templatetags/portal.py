"""What templates need beyond Django's own tags."""

from typing import Any

from django import template
from django.template.context import RequestContext

from mfgportal.web import navigation as sections

register = template.Library()


@register.inclusion_tag("navigation.html", takes_context=True)
def navigation(context: RequestContext) -> dict[str, Any]:
    """The top bar; nothing but the brand for a person who is not logged in."""
    request = context.request
    known = request.user.is_authenticated
    return {
        "items": sections.items(request) if known else [],
        "user": request.user,
        "csrf_token": context.get("csrf_token"),
    }
