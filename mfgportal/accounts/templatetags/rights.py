"""`{% if user|may:"manage rates" %}`: the table of rights, asked by templates."""

from typing import Any

from django import template

from mfgportal.accounts import access, masks
from mfgportal.accounts.models import User
from mfgportal.accounts.rights import Right

register = template.Library()


@register.filter
def may(user: User, right: str) -> bool:
    """Whether the person's role grants the right of that name. Raises ``ValueError`` for no such right."""
    return access.may(user, Right(right))


@register.filter
def for_person(payload: Any, user: User) -> Any:
    """A source's row as the person may see it."""
    return masks.without_people(user, payload)


@register.filter
def technician(user: User, technician: object) -> str:
    """A technician's name as the person may see it; of a row with ``pk`` and ``name``."""
    return masks.technician_name(user, getattr(technician, "pk", None), getattr(technician, "name", ""))
