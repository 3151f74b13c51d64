"""``value|restated``: what was published of a value that reads otherwise now."""

from django import template

from mfgportal.web.published import restated

register = template.Library()
register.filter("restated", restated)
