"""Bad actors: machines ordered by failure rate, without being fooled by short observation or by chance."""

from collections.abc import Sequence
from dataclasses import dataclass

from scipy.special import gammaincc, gammaincinv

from kpis.reliability.bounds import Bounds, check_confidence, rate_bounds


@dataclass(frozen=True, slots=True)
class Actor:
    """A machine with what it had: failures in so much exposure (operating time)."""

    id: int
    failures: int
    exposure: float


@dataclass(frozen=True, slots=True)
class Standing:
    """A machine's place among its peers.

    ``rate`` is as counted, ``bounds`` its Poisson interval; ``shrunk`` is drawn towards the rate of the group
    the more, the less the machine was observed, and ``shrunk_bounds`` its credible interval; ``worse`` is the
    probability that its true rate lies above that of the group.
    """

    actor: Actor
    rate: float
    bounds: Bounds
    shrunk: float
    shrunk_bounds: Bounds
    worse: float


def rank(actors: Sequence[Actor], confidence: float = 0.9) -> list[Standing]:
    """Order machines by shrunk rate, worst first. Those without exposure are left out.

    The prior is a gamma distribution fitted to the group by moments (empirical Bayes).
    """
    check_confidence(confidence)
    seen = [actor for actor in actors if actor.exposure > 0]
    if not seen:
        return []
    rate = sum(actor.failures for actor in seen) / sum(actor.exposure for actor in seen)
    prior = _prior_time(seen, rate)
    found = [_standing(actor, rate, prior, confidence) for actor in seen]
    return sorted(found, key=lambda standing: (-standing.shrunk, standing.actor.id))


def _prior_time(actors: Sequence[Actor], rate: float) -> float:
    """How much exposure the knowledge of the group is worth: rate over the variance between machines.

    The variance beyond what chance alone gives, by moments; where there is none, the group says nearly all.
    """
    exposure = sum(actor.exposure for actor in actors)
    spread = sum(actor.exposure * (actor.failures / actor.exposure - rate) ** 2 for actor in actors)
    freedom = exposure - sum(actor.exposure**2 for actor in actors) / exposure
    between = (spread - (len(actors) - 1) * rate) / freedom if freedom > 0 else 0.0
    return rate / between if between > 0 else 10 * exposure


def _standing(actor: Actor, rate: float, prior: float, confidence: float) -> Standing:
    shape, time = rate * prior + actor.failures, prior + actor.exposure
    alpha = 1 - confidence
    return Standing(
        actor=actor,
        rate=actor.failures / actor.exposure,
        bounds=rate_bounds(actor.failures, actor.exposure, confidence),
        shrunk=shape / time,
        shrunk_bounds=Bounds(_gamma(alpha / 2, shape, time), _gamma(1 - alpha / 2, shape, time)),
        worse=float(gammaincc(shape, rate * time)) if shape else 0.0,
    )


def _gamma(share: float, shape: float, time: float) -> float:
    return float(gammaincinv(shape, share)) / time if shape else 0.0
