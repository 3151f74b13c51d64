"""The equipment hierarchy of ISA-95 / IEC 62264: enterprise → plant (site) → line → equipment (work unit)."""

from django.core.exceptions import ValidationError
from django.db import models

from kpis.evidence import overlay_order
from kpis.models.base import Master
from kpis.models.masters import ShiftCalendar

ENTERPRISE = "Enterprise"


def name_of_place(*places: Master | None) -> str:
    """The name of the first that is one: the narrowest, where these come first; of none the enterprise's."""
    return next((place.name for place in places if place), ENTERPRISE)


def check_overlay(given: str) -> None:
    try:
        overlay_order(given)
    except ValueError as wrong:
        raise ValidationError(str(wrong)) from wrong


class Plant(Master):
    """A site. ``timezone`` is an IANA name; buckets and screens of its machines use it.

    ``micro_stop_s``: unplanned stops shorter than this are performance losses, not failures.
    ``overlay``: loss classes joined by commas, the strongest first, as ``kpis.evidence.overlay_order`` reads
    them; "": the usual order. ``labour_rate``: per hour of work whose record and technician have none.
    ``repeat_window_days``: how soon after a repair another one on the machine is a repeat.
    ``capacity_s_per_week``: the crew's weekly working time, net of what is no maintenance.
    ``history_from``/``history_to``: first and last production day its machines have components for; the
    roll-up moves them, and only outwards.
    """

    timezone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3, default="EUR")
    micro_stop_s = models.PositiveIntegerField(default=300)
    overlay = models.CharField(max_length=200, blank=True, default="", validators=[check_overlay])
    labour_rate = models.DecimalField(max_digits=10, decimal_places=2, null=True, blank=True)
    repeat_window_days = models.PositiveSmallIntegerField(default=7)
    capacity_s_per_week = models.FloatField(null=True, blank=True)
    calendar = models.ForeignKey(
        ShiftCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="plants"
    )

    history_from = models.DateField(null=True, blank=True)
    history_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]


class Line(Master):
    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, related_name="lines")

    class Meta:
        ordering = ["name"]


class Equipment(Master):
    """A machine or another maintained item.

    ``work_unit``: it produces, so it carries OEE. Others carry maintenance KPIs only.
    ``calendar`` falls back to the plant's, then to round the clock.
    ``replacement_value`` is in the plant's currency.
    """

    plant = models.ForeignKey(Plant, on_delete=models.PROTECT, related_name="equipment")
    line = models.ForeignKey(Line, null=True, blank=True, on_delete=models.PROTECT, related_name="equipment")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    calendar = models.ForeignKey(
        ShiftCalendar, null=True, blank=True, on_delete=models.PROTECT, related_name="equipment"
    )
    equipment_class = models.CharField(max_length=120, blank=True, default="")
    work_unit = models.BooleanField(default=False)
    replacement_value = models.DecimalField(max_digits=16, decimal_places=2, null=True, blank=True)
    in_service_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "equipment"
