"""What unplanned stops cost, by machine and by reason: in the plant's currency, and in the enterprise's."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import F, Q, Sum

from kpis.families import REASON, WORK
from kpis.models import LossClass
from kpis.reading import Row, sources, united
from kpis.scope import Scope

UNPLANNED = (LossClass.BREAKDOWN, LossClass.SETUP, LossClass.EXTERNAL, LossClass.QUALITY)


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLoss:
    """``amount``: in ``currency``, the plant's. ``base``: in the enterprise's, None where a rate was missing.

    ``seconds``: of stops that have a rate; ``unpriced_s``: of those that have none. ``reasons``: seconds of
    its unplanned stops by reason, within planned time.
    """

    equipment_id: int
    name: str
    plant_id: int
    plant: str
    currency: str
    amount: float
    base: float | None
    seconds: float
    unpriced_s: float
    reasons: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReasonLoss:
    """A reason's share of what its machines' stops cost, in the enterprise's currency, and its time."""

    reason: str
    base: float
    seconds: float


@dataclass(frozen=True, slots=True)
class MoneyLost:
    """``machines``, ``reasons``: the dearest first. ``base`` None: a rate of currencies was missing.

    ``unpriced_s``: unplanned stops that nobody said a rate of; ``unknown``: machines whose amount could not
    be converted, which ``reasons`` lack.
    """

    currency: str
    machines: tuple[MachineLoss, ...]
    reasons: tuple[ReasonLoss, ...]
    unpriced_s: float
    unknown: int

    @property
    def base(self) -> float | None:
        known = [machine.base for machine in self.machines if machine.base is not None]
        return sum(known) if len(known) == len(self.machines) else None

    @property
    def known(self) -> bool:
        """Whether any stop has a price at all."""
        return bool(self.machines)


def money_lost(scope: Scope) -> MoneyLost:
    """The machines in scope whose unplanned stops cost something. Two queries.

    A machine's cost is shared among its reasons by their time, as all its stops of a day have one rate.
    """
    reasons = _seconds_by_reason(scope)
    found = [_machine(row, reasons) for row in _costs(scope)]
    machines = sorted((each for each in found if each.amount), key=_dearest)
    return MoneyLost(
        settings.ENTERPRISE_CURRENCY,
        tuple(machines),
        tuple(_by_reason(machines)),
        sum(each.unpriced_s for each in found),
        sum(each.base is None for each in machines),
    )


def _dearest(machine: MachineLoss) -> tuple[float, str]:
    return -(machine.base if machine.base is not None else machine.amount), machine.name


def _costs(scope: Scope) -> list[Row]:
    stopped = Q(down_s__gt=0) | Q(down_without_rate_s__gt=0)
    rows = [
        source.rows.filter(stopped)
        .values(
            "equipment_id",
            "plant_id",
            name=F("equipment__name"),
            plant_name=F("plant__name"),
            currency=F("plant__currency"),
        )
        .annotate(
            cost=Sum("downtime_cost"),
            base=Sum("downtime_cost_base"),
            seconds=Sum("down_s"),
            unpriced=Sum("down_without_rate_s"),
            unconverted=Sum("without_base_rate"),
        )
        for source in sources(scope, None, WORK)
    ]
    return _added(united(rows), ("equipment_id", "plant_id"))


def _seconds_by_reason(scope: Scope) -> dict[int, dict[str, float]]:
    rows = [
        source.rows.filter(loss_class__in=UNPLANNED)
        .values("equipment_id", name=F("reason__name"))
        .annotate(lost=Sum("seconds"))
        for source in sources(scope, None, REASON)
    ]
    found: defaultdict[int, dict[str, float]] = defaultdict(dict)
    for row in _added(united(rows), ("equipment_id", "name")):
        if row["lost"]:
            found[row["equipment_id"]][row["name"]] = row["lost"]
    return found


def _added(rows: Iterable[Row], key: tuple[str, ...]) -> list[Row]:
    """One row per key, of months and edge days together."""
    found: dict[tuple[object, ...], Row] = {}
    for row in rows:
        spot = tuple(row[name] for name in key)
        same = found.get(spot)
        if same is None:
            found[spot] = dict(row)
            continue
        for name, value in row.items():
            if name not in key and isinstance(value, int | float):
                same[name] += value
    return list(found.values())


def _machine(row: Row, reasons: Mapping[int, Mapping[str, float]]) -> MachineLoss:
    converted = row["currency"] == settings.ENTERPRISE_CURRENCY or not row["unconverted"]
    own = row["currency"] == settings.ENTERPRISE_CURRENCY
    return MachineLoss(
        equipment_id=row["equipment_id"],
        name=row["name"] or "No machine",
        plant_id=row["plant_id"],
        plant=row["plant_name"],
        currency=row["currency"],
        amount=row["cost"],
        base=(row["cost"] if own else row["base"]) if converted else None,
        seconds=row["seconds"],
        unpriced_s=row["unpriced"],
        reasons=reasons.get(row["equipment_id"], {}),
    )


def _by_reason(machines: Iterable[MachineLoss]) -> list[ReasonLoss]:
    money: defaultdict[str, float] = defaultdict(float)
    time: defaultdict[str, float] = defaultdict(float)
    for machine in machines:
        total = sum(machine.reasons.values())
        for reason, seconds in machine.reasons.items():
            money[reason] += (machine.base or 0.0) * seconds / total
            time[reason] += seconds
    found = [ReasonLoss(reason, money[reason], time[reason]) for reason in money]
    return sorted(found, key=lambda loss: (-loss.base, loss.reason))
