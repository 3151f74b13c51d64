"""People: one role each, and the plants they may see."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    EXECUTIVE = "executive", "Executive"
    PLANT_MANAGER = "plant_manager", "Plant manager"
    MAINTENANCE_LEAD = "maintenance_lead", "Maintenance lead"
    INTEGRATOR = "integrator", "Integrator"
    ADMIN = "admin", "Administrator"


ALL_PLANTS = frozenset({Role.EXECUTIVE, Role.INTEGRATOR, Role.ADMIN})
"""Roles that see every plant."""


class User(AbstractUser):
    """A person. Executives, integrators and administrators see every plant; others the plants listed here."""

    role = models.CharField(max_length=20, choices=Role, default=Role.PLANT_MANAGER)
    plants = models.ManyToManyField("kpis.Plant", blank=True, related_name="people")

    @property
    def sees_all_plants(self) -> bool:
        return self.role in ALL_PLANTS
