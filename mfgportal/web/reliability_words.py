"""What failures say of a machine, in plain words. Times are operating hours."""

from dataclasses import dataclass
from zlib import crc32

from django.utils.text import slugify

from kpis.health import Health
from kpis.reliability.bounds import Bounds
from kpis.reliability.growth import LEAST, Trend, Verdict
from kpis.reliability.life import Weibull
from mfgportal.locales import number
from mfgportal.reliability import Repairs
from mfgportal.web.format import duration, percent

PER = 1000
"""Rates are failures per so many operating hours: about a quarter of a year of two shifts."""
TITLES = {Verdict.RISING: "rises", Verdict.FALLING: "falls", Verdict.NONE: "no trend"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure with its name, how sure it is, and what it rests on."""

    name: str
    value: str
    unit: str
    sure: str
    basis: str


def hours(value: float) -> str:
    return number(value, 0 if abs(value) >= 100 else 1)


def between(bounds: Bounds | None, confidence: float, unit: str = " h") -> str:
    """Two-sided or lower bounds, with their confidence."""
    if bounds is None:
        return ""
    sure = f"at {percent(confidence)} confidence"
    if bounds.upper is None:
        return f"above {hours(bounds.lower)}{unit}, {sure}"
    return f"{hours(bounds.lower)} to {hours(bounds.upper)}{unit}, {sure}"


def failures(count: int) -> str:
    return "no failure" if not count else f"{number(count)} failure{'s' if count != 1 else ''}"


def observed(found: Health) -> str:
    return f"{failures(found.failures)} in {hours(found.hours)} operating hours"


def mtbf(found: Health) -> Statement:
    """Without a failure only a lower bound is known, and said to be one."""
    value = "—" if found.mtbf is None else hours(found.mtbf)
    sure = between(found.bounds, found.confidence)
    if found.mtbf is None and found.bounds:
        sure = f"{observed(found).capitalize()}: the MTBF is {sure} (one-sided)"
    return Statement("MTBF", value, "" if found.mtbf is None else "h", sure, observed(found))


def verdict(found: Health) -> str:
    """The trend test as a sentence."""
    if found.trend is None:
        return f"Too few failures to test for a trend: {LEAST} are needed, there are {found.failures}."
    return f"{_tendency(found.trend)} {tests(found.trend)}, {observed(found)}."


def _tendency(trend: Trend) -> str:
    match trend.verdict:
        case Verdict.RISING:
            return "Failure intensity rises:"
        case Verdict.FALLING:
            return "Failure intensity falls:"
        case _:
            return "No trend can be told from chance:"


def tests(trend: Trend) -> str:
    """Both tests; p one-sided where there is a verdict, else two-sided."""
    sides = {Verdict.RISING: trend.rising, Verdict.FALLING: trend.falling}
    side = sides.get(trend.verdict, min(1.0, 2 * min(trend.rising, trend.falling)))
    name = "one-sided" if trend.verdict in sides else "two-sided"
    laplace = number(trend.laplace, 1).replace("-", "−")
    return f"p = {probability(side)} (MIL-HDBK-189, {name}), Laplace U = {laplace}"


def probability(p: float) -> str:
    return "below 0.0001" if p < 0.0001 else f"{p:.2g}"


def growth(found: Health) -> str:
    """The power law, where it says more than one MTBF does; else why it is not shown."""
    if found.trend is None:
        return ""
    if found.one_rate:
        return "No power law is shown: without a trend, one MTBF describes the period."
    if found.growth is None:
        return "All failures came at the end of the operating time: no power law fits."
    law = found.growth
    shape = between(law.beta_bounds, law.confidence, "")
    return (
        f"Power law (Crow-AMSAA): β = {number(law.beta, 2)} ({shape}); above 1 gets worse. At the end of the "
        f"period the MTBF is {hours(law.mtbf)} h ({between(law.mtbf_bounds, law.confidence)})."
    )


def forecast(found: Health) -> Statement:
    expected = found.forecast
    basis = (
        f"{hours(expected.horizon)} operating hours in {found.horizon_days} days as in this period; "
        f"by {'its trend' if expected.basis == 'power law' else 'a constant rate'}, {observed(found)}"
    )
    span = f"{expected.lower} to {expected.upper}" if expected.upper else "none"
    sure = (
        f"{span} at {percent(expected.confidence)}; no failure with a probability of {percent(expected.none)}"
    )
    return Statement(
        f"Failures expected in {found.horizon_days} days", number(expected.expected, 1), "", sure, basis
    )


def rate(per_hour: float) -> str:
    """Per 1,000 operating hours."""
    return number(per_hour * PER, 2 if per_hour * PER < 10 else 1)


def rates(bounds: Bounds) -> str:
    return f"{rate(bounds.lower)} – {rate(bounds.upper or 0.0)}"


def life(law: Weibull) -> str:
    shape = between(law.shape_bounds, law.confidence, "")
    scale = between(law.scale_bounds, law.confidence, " d")
    return (
        f"Weibull: β = {number(law.shape, 2)} ({shape}); below 1 early failures, above 1 wear. "
        f"η = {hours(law.scale)} d ({scale}). {law.failures} failed, {law.censored} still without a failure."
    )


def repairs(found: Repairs) -> Statement:
    """Median and 90th percentile beside the mean, which a single long repair moves."""
    if found.mean is None or found.median is None:
        return Statement("MTTR", "—", "", "No failure with an end in this period", _repaired(found))
    mean = duration(found.mean)
    spread = f"median {duration(found.median)}"
    spread += f", 90 % within {duration(found.p90)}" if found.p90 is not None else ""
    return Statement("MTTR", mean.text, mean.unit, spread, _repaired(found))


def _repaired(found: Repairs) -> str:
    still = f"; {found.open} still open, not counted" if found.open else ""
    return f"{found.count} repaired {'failure' if found.count == 1 else 'failures'}{still}, time of the clock"


def class_name(name: str) -> str:
    return name or "Without a class"


def anchor(name: str) -> str:
    """A class as a fragment of an address; no two classes share one."""
    return f"class-{slugify(name)}-{crc32(name.encode()):x}"


def idle(count: int) -> str:
    """What is not in the tables."""
    which = "One machine is" if count == 1 else f"{number(count)} machines are"
    return f"{which} not listed: no operating time in this period, so nothing is known of failures."
