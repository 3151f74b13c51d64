"""Words about people's sessions."""

import re

from django import template
from django.conf import settings

from mfgportal.accounts.sessions import words

register = template.Library()

BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
NAMES = {"Edg": "Edge", "OPR": "Opera"}
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")


@register.filter
def browser(user_agent: str) -> str:
    """A browser and its system in few words; what is not known is shown as it was sent."""
    program = next((name for name in BROWSERS if re.search(rf"\b{name}\w*/", user_agent)), "")
    system = next((name for name in SYSTEMS if name in user_agent), "")
    return ", ".join(part for part in (NAMES.get(program, program), system) if part) or user_agent[:60]


@register.simple_tag
def session_rule() -> str:
    """How long a session lasts here."""
    idle, most = settings.SESSION_IDLE_MINUTES, settings.SESSION_MAX_HOURS
    parts = [f"after {words(idle * 60)} without a click"] if idle else []
    parts += [f"{words(most * 3600)} after log-in"] if most else []
    return f"A session ends {', and '.join(parts)}." if parts else "A session ends when you log out."
