"""Who may see and do what: the one scoped way to the data for pages and API alike."""

from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from kpis.models import Equipment, Labour, Line, Part, PartUse, Plant, StockLevel, Technician, WorkOrder
from mfgportal.accounts.models import ALL_PLANTS, User
from mfgportal.accounts.rights import RIGHTS, Right
from sync.models import SyncException

__all__ = [
    "Right",
    "equipment_of",
    "exceptions_of",
    "lines_of",
    "may",
    "orders_of",
    "parts_of",
    "person",
    "plants_of",
    "require",
    "sees_one_of",
    "technicians_of",
]


def may(user: User, right: Right) -> bool:
    """Tell whether the person's role grants the right."""
    return right in RIGHTS.get(user.role, frozenset())


def require(user: User, right: Right) -> None:
    """Raise ``PermissionDenied`` (403) unless the person's role grants the right."""
    if not may(user, right):
        raise PermissionDenied(f"Your role ({user.get_role_display()}) may not {right}.")


def person(request: HttpRequest) -> User:
    """The logged-in person of a request."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Log in first.")
    return request.user


def plants_of(user: User) -> QuerySet[Plant]:
    """Plants the person may see; where a program asks, those of them that its key is for."""
    plants = Plant.objects.all() if user.role in ALL_PLANTS else Plant.objects.filter(people=user)
    return plants if user.key is None or user.key.all_plants else plants.filter(api_keys=user.key)


def sees_one_of(plants: QuerySet[Plant] | Collection[int]) -> Q:
    """Which people may see at least one of these plants, as a condition on people; ids will do."""
    theirs = User.plants.through.objects.filter(plant__in=plants).values("user")
    return Q(role__in=ALL_PLANTS) | Q(pk__in=theirs)


def lines_of(user: User) -> QuerySet[Line]:
    """Lines in plants the person may see."""
    return Line.objects.filter(plant__in=plants_of(user))


def equipment_of(user: User) -> QuerySet[Equipment]:
    """Equipment in plants the person may see."""
    return Equipment.objects.filter(plant__in=plants_of(user))


def exceptions_of(user: User) -> QuerySet[SyncException]:
    """Exceptions the person may see: those of their plants, and those of none (a source is down)."""
    if user.sees_all_plants:
        return SyncException.objects.all()
    return SyncException.objects.filter(Q(plant__in=plants_of(user)) | Q(plant=None))


def orders_of(user: User) -> QuerySet[WorkOrder]:
    """Work orders on machines of plants the person may see, or without a machine in such a plant."""
    if user.sees_all_plants:
        return WorkOrder.objects.filter(deleted_at=None)
    plants = plants_of(user)
    theirs = Q(equipment__plant__in=plants) | Q(equipment=None, plant__in=plants)
    return WorkOrder.objects.filter(theirs, deleted_at=None)


def parts_of(user: User) -> QuerySet[Part]:
    """Spare parts used, or lying in stock, in plants the person may see."""
    if user.sees_all_plants:
        return Part.objects.all()
    used = PartUse.objects.filter(part=OuterRef("pk"), deleted_at=None, work_order__in=orders_of(user))
    stock = StockLevel.objects.filter(product=OuterRef("product"), plant__in=plants_of(user), deleted_at=None)
    return Part.objects.filter(Exists(used) | Exists(stock))


def technicians_of(user: User) -> QuerySet[Technician]:
    """Who worked, or is to work, in plants the person may see; nobody where names are not theirs to see."""
    if not may(user, Right.SEE_TECHNICIANS):
        return Technician.objects.none()
    if user.sees_all_plants:
        return Technician.objects.all()
    booked = Labour.objects.filter(technician=OuterRef("pk"), deleted_at=None, work_order__in=orders_of(user))
    given = orders_of(user).filter(assigned_to=OuterRef("pk"))
    return Technician.objects.filter(Exists(booked) | Exists(given))
