"""Spare parts that run short: a proxy, from stock, minimum and what open orders ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, F, FloatField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kpis.models import Part, PartUse, StockLevel, WorkOrder
from mfgportal.accounts.access import parts_of, plants_of
from mfgportal.accounts.models import User
from mfgportal.maintenance.lists import CLOSED

ASKED_AT_ONCE = 40
"""Parts of which it is looked up whether the person may see them: not worth it for all."""


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

    What nobody counts (no stock known) is never short. Three queries.
    """
    stock = StockLevel.objects.filter(deleted_at=None, plant__in=plants).filter(plant__in=plants_of(user))
    asked = _asked(rows, stock)
    wanting = [pk for pk, each in asked.items() if each.have is not None and each.have < each.quantity]
    have = Coalesce(F("quantity_on_hand"), _stocked(stock, "product"))
    low = Part.objects.filter(gone_at=None).alias(have=have).filter(have__lt=F("minimum_quantity"))
    short = Part.objects.filter(Q(pk__in=wanting, gone_at=None) | Q(pk__in=low.values("pk")))
    ids = sorted(short.order_by("name").values_list("pk", flat=True), key=lambda pk: -_of(asked, pk).orders)
    mine = parts_of(user).annotate(stocked=_stocked(stock, "product"))
    found: list[Short] = []
    for start in range(0, len(ids), ASKED_AT_ONCE):
        some = mine.in_bulk(ids[start : start + ASKED_AT_ONCE])
        found += [_short(some[pk], _of(asked, pk)) for pk in ids[start:][:ASKED_AT_ONCE] if pk in some]
        if len(found) >= most:
            break
    return found[:most]


class _Asked(NamedTuple):
    """How much of a part open orders ask for, how many they are, and how much there is."""

    quantity: float
    orders: int
    have: float | None


def _of(asked: Mapping[int, _Asked], pk: int) -> _Asked:
    return asked.get(pk, _Asked(0.0, 0, None))


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
