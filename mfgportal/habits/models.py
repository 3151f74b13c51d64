"""What a person has arranged for themselves: how the portal opens, and addresses kept under a name."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from mfgportal.accounts.models import Role, User


class Theme(models.TextChoices):
    SYSTEM = "", "As the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class SavedView(models.Model):
    """A page with all its state, under a name.

    ``address`` is path and query string of a page of the portal. Whoever opens it sees their own plants: a
    view shares the question, never the answer. ``plant``, ``role``: with whom it is shared beside its owner;
    with both, with those of the plant who have the role.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    address = models.CharField(max_length=2000)
    plant = models.ForeignKey("kpis.Plant", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=20, choices=Role, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_of_a_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def shared(self) -> bool:
        return self.plant_id is not None or bool(self.role)


class Preference(models.Model):
    """How the portal opens for a person.

    ``default_plant``: what navigation leads to. ``start_view``: the page after log-in; None: the default
    plant's, else the overview. ``locale``: of numbers and dates; "": as the browser asks. ``shortcuts``:
    whether single keys do something. ``setup_put_away``: the plants there were when the person put away the
    reminder of the set-up; a plant that is not among them brings it back. None: never put away.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="preference")
    default_plant = models.ForeignKey(
        "kpis.Plant", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    start_view = models.ForeignKey(
        SavedView, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    theme = models.CharField(max_length=10, choices=Theme, blank=True, default=Theme.SYSTEM)
    locale = models.CharField(max_length=10, blank=True, default="")
    shortcuts = models.BooleanField(default=True)
    setup_put_away = ArrayField(models.BigIntegerField(), null=True, blank=True)

    def __str__(self) -> str:
        return f"Preferences of {self.user_id}"
