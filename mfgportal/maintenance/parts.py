"""Spare parts that run short: a proxy, from stock, minimum and what open orders ask for."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, F, FloatField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kpis.models import Part, PartUse, StockLevel, WorkOrder
from mfgportal.accounts.access import parts_of, plants_of
from mfgportal.accounts.models import User
from mfgportal.maintenance.lists import CLOSED


@dataclass(frozen=True, slots=True)
class Short:
    """A part. ``on_hand``: as the maintenance system says; ``stocked``: as the stock books of the plants do.

    ``asked``: on open orders, as many as ``orders``. None: not known.
    """

    part: Part
    on_hand: float | None
    stocked: float | None
    minimum: float | None
    asked: float
    orders: int

    @property
    def why(self) -> str:
        have = self.on_hand if self.on_hand is not None else self.stocked
        if have is not None and self.asked > have:
            return "Open orders ask for more than there is"
        return "Below its minimum"


def parts_short(user: User, rows: QuerySet[WorkOrder], plants: tuple[int, ...], most: int) -> list[Short]:
    """Parts below their minimum, and those of which the open ones of ``rows`` ask for more than there is.

    What nobody counts (no stock known) is never short. Two queries.
    """
    stock = StockLevel.objects.filter(deleted_at=None, plant__in=plants).filter(plant__in=plants_of(user))
    asked = _asked(rows, stock)
    wanting = [pk for pk, each in asked.items() if each.have is not None and each.have < each.quantity]
    known = parts_of(user).filter(gone_at=None).annotate(
        stocked=_stocked(stock, "product"), have=Coalesce(F("quantity_on_hand"), F("stocked"))
    )  # fmt: skip
    short = known.filter(Q(pk__in=wanting) | Q(have__lt=F("minimum_quantity")))
    found = [_short(part, asked.get(part.pk, NOTHING)) for part in short.order_by("name")]
    return sorted(found, key=lambda each: -each.orders)[:most]


class _Asked(NamedTuple):
    """How much of a part open orders ask for, how many they are, and how much there is."""

    quantity: float
    orders: int
    have: float | None


NOTHING = _Asked(0.0, 0, None)


def _asked(rows: QuerySet[WorkOrder], stock: QuerySet[StockLevel]) -> dict[int, _Asked]:
    """By part. Summed once over the uses: asked of each part, the open orders were read for each again."""
    open_rows = rows.exclude(status__in=CLOSED).order_by()
    uses = PartUse.objects.filter(deleted_at=None, counts=True, work_order__in=open_rows.values("pk"))
    summed = uses.order_by().values("part").annotate(
        quantities=Sum("quantity"),
        orders=Count("work_order", distinct=True),
        have=Coalesce(F("part__quantity_on_hand"), _stocked(stock, "part__product")),
    )  # fmt: skip
    return {
        pk: _Asked(quantity, orders, have)
        for pk, quantity, orders, have in summed.values_list("part", "quantities", "orders", "have")
    }


def _stocked(stock: QuerySet[StockLevel], product: str) -> Subquery:
    """``product``: the path to it from the row that asks."""
    of_product = stock.filter(product=OuterRef(product)).order_by().values("product")
    return Subquery(of_product.annotate(all=Sum("quantity")).values("all"), output_field=FloatField())


def _short(part: Part, asked: _Asked) -> Short:
    stocked = vars(part)["stocked"]
    return Short(part, part.quantity_on_hand, stocked, part.minimum_quantity, asked.quantity, asked.orders)
