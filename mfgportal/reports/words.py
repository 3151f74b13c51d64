"""The report's numbers in plain words, by rules: what changed, why, and what is missing. Pure.

What is undefined stays undefined and says why; what cannot be compared is not compared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kpis.definitions import Unit
from kpis.money_lost import MoneyLost
from kpis.targets import State
from mfgportal import locales
from mfgportal.figures import Figure
from mfgportal.web.format import amount, change, duration, percent
from sync.completeness import Completeness

NOTABLE_UNKNOWN = 0.05
NAMED = 3


@dataclass(frozen=True, slots=True)
class Times:
    """The period and what it is compared with, each with its preposition: "in October 2026"."""

    now: str
    before: str


def level(figure: Figure, times: Times) -> str:
    """“OEE was 61.2 % in October 2026, 2.1 points worse than in September 2026 (63.3 %).”"""
    name, now = figure.kpi.title, figure.now
    if now.value is None:
        return f"{name} is not defined {times.now}: {now.undefined_reason or 'no data'}."
    text = f"{name} was {_amount(figure)} {times.now}"
    if figure.before is None or figure.before.value is None:
        return f"{text}; nothing is known of it {times.before}."
    return f"{text}, {_compared(figure)} {times.before} ({_amount_before(figure)})."


def against_target(figure: Figure) -> str:
    """“It misses its target of 65.0 % by 3.8 points.” "" without a target or a value."""
    if figure.target is None or figure.now.value is None:
        return ""
    gap = figure.now.value - figure.target.value
    wanted = amount(figure.target.value, figure.kpi.unit, figure.now.currency)
    if figure.state == State.ON:
        return f"It reaches its target of {wanted}."
    within = ", within the warning band" if figure.state == State.WARNING else ""
    return f"It misses its target of {wanted} by {_size(figure, gap)}{within}."


def driver(whole: Figure, factors: Sequence[Figure]) -> str:
    """Which factor moved a product most, in the direction it moved. "" where it hardly moved."""
    if whole.direction not in {"better", "worse"}:
        return ""
    along = [each for each in factors if each.relative and each.direction == whole.direction]
    if not along:
        return ""
    most = max(along, key=lambda each: abs(each.relative or 0.0))
    return (
        f"Most of it comes from {most.kpi.title.lower()}: {_amount(most)}, {_by_how_much(most)} "
        f"{most.direction} (before: {_amount_before(most)})."
    )


def plant_behind(whole: Figure, plants: Mapping[str, Figure]) -> str:
    """The plant that moved furthest the same way. "" where there is one plant, or nothing to tell."""
    along = {
        name: each
        for name, each in plants.items()
        if each.direction == whole.direction and each.direction in {"better", "worse"}
    }
    if len(plants) < 2 or not along:
        return ""
    name = max(along, key=lambda name: abs(along[name].delta or 0.0))
    found = along[name]
    how = f"{_amount(found)}, {_by_how_much(found)} {found.direction}"
    return f"Of the plants {name} moved furthest that way: {how}."


def targets_met(plants: Mapping[str, Figure]) -> str:
    """“2 of 3 plants reach their OEE target; Pune misses it by 3.1 points.” "" without targets."""
    judged = {name: each for name, each in plants.items() if each.state and each.now.value is not None}
    if not judged or len(plants) < 2:
        return ""
    missed = {name: each for name, each in judged.items() if each.state != State.ON}
    title = next(iter(judged.values())).kpi.title
    text = f"{len(judged) - len(missed)} of {len(judged)} plants with a target reach it for {title}"
    gaps = [f"{name} misses it by {_gap(each)}" for name, each in list(missed.items())[:NAMED]]
    more = f"; {len(missed) - NAMED} more miss it" if len(missed) > NAMED else ""
    return f"{text}{'; ' if gaps else ''}{', '.join(gaps)}{more}."


def stops_cost(now: MoneyLost, before: MoneyLost, times: Times) -> str:
    """What unplanned stops cost, beside the period before; why it is not known where it is not."""
    if not now.known:
        return "What unplanned stops cost is not known: no stop of this period has a rate per hour."
    if now.base is None:
        machines = _count(now.unknown, "machine")
        start = f"What unplanned stops cost cannot be stated in {now.currency}"
        return f"{start}: the currency of {machines} has no rate."
    text = f"Unplanned stops cost {_money(now.base, now)} {times.now}"
    if not before.known or before.base is None:
        return f"{text}; nothing is known of it {times.before}."
    share = (now.base - before.base) / before.base
    if abs(share) < 0.005:
        return f"{text}, as much as {times.before}."
    more = "more" if share > 0 else "less"
    much = f"{locales.number(abs(share) * 100)} % {more}"
    return f"{text}, {much} than {times.before} ({_money(before.base, now)})."


def largest_loss(now: MoneyLost) -> str:
    """The dearest reason and the dearest machine. "" where no money is known."""
    if not now.base:
        return ""
    machine = now.machines[0]
    dearest = f"the dearest machine is {machine.name} in {machine.plant}: {_money(machine.base or 0.0, now)}"
    if not now.reasons:
        return f"{dearest[0].upper()}{dearest[1:]}."
    top = now.reasons[0]
    return (
        f"The largest loss is {top.reason}: {_money(top.base, now)}, {percent(top.base / now.base)} of it; "
        f"{dearest}."
    )


def loss_that_grew(now: MoneyLost, before: MoneyLost, times: Times) -> str:
    """The reason that explains most of a change of the cost. "" where it hardly changed."""
    if not now.base or not before.base or abs(now.base / before.base - 1) < 0.005:
        return ""
    grew = now.base > before.base
    was = {loss.reason: loss.base for loss in before.reasons}
    changes = {loss.reason: loss.base - was.pop(loss.reason, 0.0) for loss in now.reasons}
    changes |= {reason: -base for reason, base in was.items()}
    if not changes:
        return ""
    reason = (max if grew else min)(changes, key=lambda name: changes[name])
    moved = changes[reason]
    if (moved > 0) != grew:
        return ""
    word = "more" if grew else "less"
    return f"Most of the change comes from {reason}: {_money(abs(moved), now)} {word} than {times.before}."


@dataclass(frozen=True, slots=True)
class Growth:
    """Machines by the verdict on their failures over a year. ``rising``: names, the most failures first."""

    rising: tuple[str, ...]
    falling: int
    steady: int
    too_few: int

    @property
    def judged(self) -> int:
        return len(self.rising) + self.falling + self.steady


def reliability(found: Growth) -> str:
    """The verdict on reliability growth, with what it rests on."""
    if not found.judged:
        return "No machine failed often enough to tell whether its failures come more often."
    of_all = f"of {_count(found.judged, 'machine')} judged over the year up to then"
    few = f"; {_count(found.too_few, 'more machine')} failed too rarely to tell" if found.too_few else ""
    if not found.rising:
        return f"Failures come more often on none {of_all}; less often on {found.falling}{few}."
    names = ", ".join(found.rising[:NAMED]) + (" and others" if len(found.rising) > NAMED else "")
    more = f"Failures come more often, beyond chance, on {len(found.rising)} {of_all}: {names}"
    return f"{more}; less often on {found.falling}{few}."


def complete(whole: Completeness, plants: Mapping[str, Completeness]) -> str:
    """How much of what the sources hold is in the numbers."""
    if not whole.loaded and not whole.held:
        return "No source record lies in this period: nothing is known of it."
    if not whole.held:
        return f"All {locales.number(whole.loaded)} source records of this period are in the numbers."
    worst = min(plants, key=lambda name: plants[name].share, default="")
    where = ""
    if len(plants) > 1 and plants[worst].share < whole.share:
        where = f"; {worst} is the least complete: {percent(plants[worst].share)}"
    held = _count(whole.held, "source record")
    verb = "is" if whole.held == 1 else "are"
    return f"The numbers are {percent(whole.share)} complete: {held} {verb} held back as exceptions{where}."


def without_data(names: Sequence[str]) -> str:
    """Plants that nothing is known of. "" where there is none."""
    if not names:
        return ""
    return f"Nothing is known of {', '.join(names)} in this period."


def unknown_time(figure: Figure) -> str:
    """“12 % of planned time has no record of any kind …” "" where it is little, or not known."""
    share = figure.now.unknown_share
    if share is None or share < NOTABLE_UNKNOWN:
        return ""
    return (
        f"{percent(share)} of planned time has no record of any kind; OEE leaves it out, as it is not known."
    )


def unpriced(now: MoneyLost) -> str:
    """Stops that nobody said a price of. "" where there is none."""
    if not now.known or not now.unpriced_s:
        return ""
    return f"{duration(now.unpriced_s)} of unplanned stops have no rate and are not in the cost."


def late(titles: Sequence[str]) -> str:
    """Streams whose data is late now. "" where none is."""
    if not titles:
        return ""
    more = f" and {len(titles) - NAMED} more" if len(titles) > NAMED else ""
    return f"Data of {', '.join(titles[:NAMED])}{more} is late: the last days may still change."


@dataclass(frozen=True, slots=True)
class Restatement:
    """A plant's value of a closed month that reads otherwise today. ``month``: as people name it."""

    plant: str
    month: str
    kpi: str
    published: str
    now: str
    on: str


def restated(found: Sequence[Restatement]) -> str:
    """“3 published values were restated since; the latest: …” "" where none was."""
    if not found:
        return ""
    last = found[-1]
    were = "value was" if len(found) == 1 else "values were"
    which = "" if len(found) == 1 else "the latest: "
    return (
        f"{len(found)} published {were} restated by late data; {which}{last.kpi} of {last.plant} in "
        f"{last.month}, published as {last.published}, is {last.now} today."
    )


def _amount(figure: Figure) -> str:
    return str(amount(figure.now.value, figure.kpi.unit, figure.now.currency))


def _amount_before(figure: Figure) -> str:
    before = figure.before
    return str(amount(before.value, figure.kpi.unit, before.currency)) if before else ""


def _compared(figure: Figure) -> str:
    if figure.direction == "same":
        return "as much as"
    if figure.kpi.unit == Unit.SHARE:
        return f"{_by_how_much(figure)} {figure.direction} than"
    more = "more" if (figure.delta or 0.0) > 0 else "less"
    return f"{_by_how_much(figure)} {more} ({figure.direction}) than"


def _by_how_much(figure: Figure) -> str:
    """The size of a change without its sign, which “better” and “worse” say."""
    if figure.kpi.unit == Unit.SHARE:
        return _points(figure.delta or 0.0)
    return change(figure).lstrip("+−")


def _size(figure: Figure, gap: float) -> str:
    if figure.kpi.unit == Unit.SHARE:
        return _points(gap)
    return str(amount(abs(gap), figure.kpi.unit, figure.now.currency))


def _gap(figure: Figure) -> str:
    target = figure.target.value if figure.target else 0.0
    return _size(figure, (figure.now.value or 0.0) - target)


def _points(share: float) -> str:
    return f"{locales.number(abs(share) * 100, 1)} points"


def _money(value: float, of: MoneyLost) -> str:
    return str(amount(value, Unit.MONEY, of.currency))


def _count(number: int, what: str) -> str:
    return f"{locales.number(number)} {what}{'' if number == 1 else 's'}"
