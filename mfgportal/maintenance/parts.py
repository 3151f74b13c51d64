"""Spare parts that run short: a proxy, from stock, minimum and what open orders ask for."""

from dataclasses import dataclass

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

    What nobody counts (no stock known) is never short. One query.
    """
    open_rows = rows.exclude(status__in=CLOSED)
    mine = PartUse.objects.filter(part=OuterRef("pk"), deleted_at=None, work_order__in=open_rows, counts=True)
    per_part = mine.order_by().values("part")
    stock = StockLevel.objects.filter(product=OuterRef("product"), deleted_at=None, plant__in=plants)
    stocked = stock.filter(plant__in=plants_of(user)).order_by().values("product")
    found = parts_of(user).filter(gone_at=None).annotate(
        asked=Coalesce(
            Subquery(per_part.annotate(all=Sum("quantity")).values("all"), output_field=FloatField()), 0.0
        ),
        orders=Coalesce(Subquery(per_part.annotate(n=Count("work_order", distinct=True)).values("n")), 0),
        stocked=Subquery(stocked.annotate(all=Sum("quantity")).values("all"), output_field=FloatField()),
        have=Coalesce(F("quantity_on_hand"), F("stocked")),
    )  # fmt: skip
    short = found.filter(Q(have__lt=F("asked")) | Q(have__lt=F("minimum_quantity")))
    return [_short(part) for part in short.order_by("-orders", "name")[:most]]


def _short(part: Part) -> Short:
    row = vars(part)
    return Short(
        part, part.quantity_on_hand, row["stocked"], part.minimum_quantity, row["asked"], row["orders"]
    )
