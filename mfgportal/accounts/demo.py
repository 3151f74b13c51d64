"""People of the demo, one per role. Only the sandbox run makes them."""

from dataclasses import dataclass

from kpis.models import Plant
from mfgportal.accounts.models import Role, User

PASSWORD = "mfgportal"  # noqa: S105 - the demo's, printed on its screen


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demo; ``plant_count`` plants in order of name, None for all."""

    username: str
    role: Role
    plant_count: int | None


PEOPLE = (
    DemoPerson("manager", Role.PLANT_MANAGER, 2),
    DemoPerson("lead", Role.MAINTENANCE_LEAD, 1),
    DemoPerson("executive", Role.EXECUTIVE, None),
    DemoPerson("integrator", Role.INTEGRATOR, None),
    DemoPerson("admin", Role.ADMIN, None),
)


def seed_users() -> None:
    """Make the demo's people, and give them their plants as far as these are known. Safe to repeat."""
    for person in PEOPLE:
        user, made = User.objects.get_or_create(
            username=person.username,
            defaults={"role": person.role, "email": f"{person.username}@mfgportal.example"},
        )
        if made:
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
        if person.plant_count and not user.plants.exists():
            user.plants.set(Plant.objects.order_by("name")[: person.plant_count])
