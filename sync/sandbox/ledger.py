"""What maintenance really took, independent of how the two servers tell it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.sandbox.odoo_books import initial_stock
from sync.sandbox.odoo_masters import part_code
from sync.sandbox.spec import PARTS


@dataclass(frozen=True, slots=True)
class CostTruth:
    """Money a work order took, in its plant's currency. ``erp_differs``: how much more Odoo's books say."""

    order: str
    labour: float
    parts: float
    contractor: float
    erp_differs: float = 0.0

    @property
    def total(self) -> float:
        return self.labour + self.parts + self.contractor


@dataclass(frozen=True, slots=True)
class StockTruth:
    """Pieces of a part in all plants. ``erp_differs``: how many more Odoo's books say."""

    product: str
    quantity: float
    erp_differs: float = 0.0


@dataclass(slots=True)
class Ledger:
    """Amounts by work order and category, pieces by part (numbered from 1), and differences planted."""

    spent: dict[str, dict[str, float]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(float))
    )
    moved: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    cost_differs: dict[str, float] = field(default_factory=dict)
    stock_differs: dict[int, float] = field(default_factory=dict)

    def spend(self, order: str, category: str, amount: float) -> None:
        self.spent[order][category] += amount

    def move(self, part: int, quantity: float) -> None:
        self.moved[part] += quantity

    def costs(self) -> Iterator[CostTruth]:
        for order, amounts in self.spent.items():
            categories = amounts["labour"], amounts["parts"], amounts["contractor"]
            yield CostTruth(order, *categories, self.cost_differs.get(order, 0.0))

    def stock(self) -> Iterator[StockTruth]:
        for number in range(len(PARTS)):
            part = number + 1
            left = initial_stock(number) + self.moved[part]
            yield StockTruth(part_code(number), left, self.stock_differs.get(part, 0.0))
