"""Stock and money of maintenance in the simulated Odoo: an ERP books all of it, whoever did the work."""

from __future__ import annotations

from sync.sandbox.odoo_masters import UNIT, company_of, email_of, part_code
from sync.sandbox.odoo_tables import Odoo
from sync.sandbox.spec import PARTS, PLANTS, Plant
from sync.sandbox.store import day_of

STOCK, CONSUMED, ADJUSTED, VENDORS = 0, 2, 3, 4


def initial_stock(number: int) -> float:
    """Pieces of a part there are on the first day, in all plants together."""
    return float(20 + number % 5 * 4)


def place_of(plant: Plant, place: int) -> int:
    """Id of a plant's location: its stock and scrap are created plant by plant, the others kind by kind."""
    if place < CONSUMED:
        return 2 * PLANTS.index(plant) + place + 1
    return 2 * len(PLANTS) + (place - CONSUMED) * len(PLANTS) + PLANTS.index(plant) + 1


class Books:
    """Writes quants, moves and analytic lines as Odoo does. Parts are numbered as products are."""

    def __init__(self, odoo: Odoo) -> None:
        self.quants = odoo["stock.quant"]
        self.moves = odoo["stock.move"]
        self.pickings = odoo["stock.picking"]
        self.lines = odoo["account.analytic.line"]
        self.products = odoo["product.product"]
        self.employees = odoo["hr.employee.public"]
        self.level: dict[tuple[int, str], float] = {}
        self._quant: dict[tuple[int, str], int] = {}

    # -- stock

    def open(self, at: int) -> None:
        """What lies in the three plants on the first day."""
        for number in range(len(PARTS)):
            quarter = initial_stock(number) / 4
            for plant, share in zip(PLANTS, (2, 1, 1), strict=True):
                self._put(at, number + 1, plant, quarter * share)

    def take(self, at: int, order: str, part: int, quantity: float, plant: Plant, *, known: bool) -> None:
        """Parts for a work order, from the plant's own stock if it is there, else from where most lies.

        Args:
            known: the CMMS's part has the product's code. Others are charged to the order by hand.
        """
        giver = self._giver(part, quantity, plant)
        if known:
            picking = self._pick(at, order, giver)
            self._move(at, part, quantity, giver, (STOCK, CONSUMED), picking=picking)
        else:
            self._move(at, part, quantity, giver, (STOCK, ADJUSTED))
            name, cost = PARTS[part - 1]
            self._charge(
                at, plant, f"[{order}] {name}", cost * quantity, product_id=part, unit_amount=quantity
            )
        self._put(at, part, giver, -quantity)

    def restock(self, at: int, part: int, quantity: float, plant: Plant) -> None:
        self._move(at, part, quantity, plant, (VENDORS, STOCK))
        self._put(at, part, plant, quantity)

    def _giver(self, part: int, quantity: float, plant: Plant) -> Plant:
        if self.level.get((part, plant.key), 0.0) >= quantity:
            return plant
        return max(PLANTS, key=lambda each: self.level.get((part, each.key), 0.0))

    def _put(self, at: int, part: int, plant: Plant, quantity: float) -> None:
        """Odoo deletes the quant of a place where nothing is left."""
        key = (part, plant.key)
        left = self.level[key] = self.level.get(key, 0.0) + quantity
        quant = self._quant.get(key)
        if quant is None:
            self._quant[key] = self.quants.add(
                at, product_id=part, location_id=place_of(plant, STOCK), company_id=company_of(plant),
                quantity=left, reserved_quantity=0.0, in_date=at,
            )  # fmt: skip
        elif left:
            self.quants.set(quant, at, quantity=left)
        else:
            self.quants.delete(self._quant.pop(key))

    def _pick(self, at: int, order: str, plant: Plant) -> int:
        number = len(self.pickings) + 1
        return self.pickings.add(
            at, name=f"{plant.key}/INT/{number:05}", state="done", origin=f"CMMS/{order}", date_done=at,
            location_id=place_of(plant, STOCK), location_dest_id=place_of(plant, CONSUMED),
            company_id=company_of(plant),
        )  # fmt: skip

    def _move(
        self, at: int, part: int, quantity: float, plant: Plant, way: tuple[int, int], *, picking: int = 0
    ) -> None:
        reference = self.pickings.get(picking, "name") if picking else "Product Quantity Updated"
        worth = round(self.products.get(part, "standard_price") * quantity, 2)
        self.moves.add(
            at, reference=reference, state="done", product_id=part, product_uom=UNIT,
            product_uom_qty=quantity, product_qty=quantity, quantity=quantity, picked=True, date=at,
            picking_id=picking or None, value=worth, company_id=company_of(plant),
            location_id=place_of(plant, way[0]), location_dest_id=place_of(plant, way[1]),
        )  # fmt: skip

    # -- money

    def labour(self, at: int, order: str, technician: str, cost: float, hours: float, plant: Plant) -> None:
        employee = self.employees.columns["work_email"].index(email_of(technician)) + 1
        self._charge(
            at, plant, f"[{order}] {technician}", cost, employee_id=employee, unit_amount=round(hours, 2)
        )

    def service(self, at: int, order: str, what: str, cost: float, plant: Plant) -> None:
        self._charge(at, plant, f"[{order}] {what}", cost, category="vendor_bill", unit_amount=1.0)

    def _charge(self, at: int, plant: Plant, name: str, cost: float, **values: object) -> None:
        """A cost is negative in Odoo."""
        company = company_of(plant)
        row = {"category": "other", **values}
        self.lines.add(at, name=name, date=day_of(at), amount=-round(cost, 2), company_id=company,
                       currency_id=company, **row)  # fmt: skip

    # -- books that are wrong

    def lose(self, at: int, part: int, quantity: float) -> None:
        """Pieces that Odoo has no more, and nobody took."""
        plant = max(PLANTS, key=lambda each: self.level.get((part, each.key), 0.0))
        self._put(at, part, plant, -quantity)

    def overcharge(self, at: int, order: str, amount: float) -> int:
        """Make the first line of a work order dearer; return its id."""
        names = zip(self.lines.ids, self.lines.columns["name"], strict=True)
        line = next(row_id for row_id, name in names if name.startswith(f"[{order}]"))
        self.lines.set(line, at, amount=round(self.lines.get(line, "amount") - amount, 2))
        return line


def known_code(barcode: str, part: int) -> bool:
    return barcode == part_code(part - 1)
