"""People: one role each, and the plants they may see. And the keys they give to programs."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone


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

    # The key of the request that is being answered, if a program asks: it may narrow the plants.
    key: "ApiKey | None" = None

    @property
    def sees_all_plants(self) -> bool:
        return self.role in ALL_PLANTS and (self.key is None or self.key.all_plants)


class ApiKey(models.Model):
    """What is known of a program's token, which itself is kept as a hash. It outlives the token.

    A key without a token is of no use any more: it has expired or was revoked.
    """

    name = models.CharField(max_length=80)
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_keys")
    token = models.OneToOneField(
        "knox.AuthToken", on_delete=models.SET_NULL, null=True, related_name="api_key"
    )
    prefix = models.CharField(max_length=25)
    scopes = ArrayField(models.CharField(max_length=40))
    # Not "no plants": a plant that is removed must not open all others.
    all_plants = models.BooleanField(default=True)
    plants = models.ManyToManyField("kpis.Plant", blank=True, related_name="api_keys")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def state(self) -> str:
        """Whether it works, in a word."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.token_id is None or self.expires_at <= timezone.now() else "works"
