"""KPIs and reliability statistics of numbers at hand: any worked example can be run, nothing is stored."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiExample, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kpis.definitions import CATALOGUE
from kpis.definitions.names import NoSuchKpi, kpi_named
from kpis.evaluation import compute
from kpis.reliability.arrangements import reverse_arrangements
from kpis.reliability.bounds import Bounds, mtbf_bounds, rate_bounds
from kpis.reliability.forecast import forecast
from kpis.reliability.growth import (
    PowerLaw,
    grouped_power_law,
    power_law,
    power_law_of,
    trend,
)
from kpis.reliability.life import kaplan_meier, weibull
from kpis.reliability.ranking import Actor, rank
from kpis.reliability.recurrence import mean_cumulative
from mfgportal.api import statistics_bodies as bodies
from mfgportal.api.bodies import body_of
from mfgportal.api.errors import bad_parameter

EXAMPLES: Mapping[str, dict[str, Any]] = {
    "compute": {"kpi": "availability", "components": {"oee_run_s": 22380, "oee_loading_s": 25200}},
    "bounds": {"time": 1000, "failures": 0, "confidence": 0.95},
    "weibull": {"failures": [42, 61, 77, 80], "censored": [90, 90], "shares": [0.1]},
    "kaplan_meier": {"failures": [42, 61, 77], "censored": [70, 90]},
    "growth": {"times": [5, 40, 43, 175, 389, 712, 747, 795, 1299, 1478], "end": 1500},
    "mean_cumulative": {"systems": [{"times": [5, 8], "end": 12}, {"times": [], "end": 16}]},
    "forecast": {"times": [120, 300, 410, 480], "end": 500, "horizon": 100},
    "ranking": {
        "actors": [{"id": 1, "failures": 9, "exposure": 900}, {"id": 2, "failures": 1, "exposure": 800}]
    },
}


def example(name: str) -> list[OpenApiExample]:
    return [OpenApiExample("Example", value=EXAMPLES[name], request_only=True)]


class Statistic(APIView):
    """Numbers in, numbers out. What cannot be computed is a 400 that says why."""

    body: ClassVar[type[serializers.Serializer[Any]]]

    def answer(self, given: dict[str, Any]) -> Any:
        raise NotImplementedError

    def post(self, request: Request) -> Response:
        given = body_of(request, self.body)
        try:
            return Response(self.answer(given))
        except (ValueError, ArithmeticError) as refused:
            raise serializers.ValidationError(str(refused)) from refused


Computed = inline_serializer(
    "ComputedKpi",
    {
        **{name: serializers.CharField() for name in ("kpi", "title", "unit", "formula", "standard")},
        "value": serializers.FloatField(allow_null=True),
        "undefined_reason": serializers.CharField(help_text="Why the value is null, else empty."),
        "numerator": serializers.FloatField(),
        "denominator": serializers.FloatField(allow_null=True),
        "sample_size": serializers.IntegerField(),
        "lower": serializers.FloatField(allow_null=True),
        "upper": serializers.FloatField(allow_null=True),
        "confidence": serializers.FloatField(allow_null=True, help_text="Of lower and upper."),
    },
)


class Compute(Statistic):
    body = bodies.ComputeBody

    @extend_schema(request=bodies.ComputeBody, responses=Computed, tags=["kpis"], examples=example("compute"))
    def post(self, request: Request) -> Response:
        """One KPI from numbers at hand, by the same rule as every number of the portal.

        Sums of its components, or the totals, counts, elements and factors that worked examples give.
        """
        return super().post(request)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        try:
            kpi = CATALOGUE[kpi_named(given["kpi"])]
        except NoSuchKpi as unknown:
            raise bad_parameter("kpi", str(unknown)) from unknown
        try:
            found = compute(kpi.name, given["components"], given["confidence"])
        except ValueError as refused:
            raise bad_parameter("components", str(refused)) from refused
        return {name: getattr(kpi, name) for name in ("title", "unit", "formula", "standard")} | {
            "kpi": kpi.name,
            "value": found.value,
            "undefined_reason": found.reason,
            "numerator": found.top,
            "denominator": found.bottom,
            "sample_size": found.sample,
            "lower": found.lower,
            "upper": found.upper,
            "confidence": found.confidence,
        }


class BoundsView(Statistic):
    body = bodies.BoundsBody

    @extend_schema(
        request=bodies.BoundsBody,
        responses={200: {"type": "object"}},
        tags=["reliability"],
        examples=example("bounds"),
    )
    def post(self, request: Request) -> Response:
        """MTBF with its chi-square bounds, and failures per time with Garwood's; of none, a lower bound."""
        return super().post(request)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        time, failures, confidence = given["time"], given["failures"], given["confidence"]
        sides = given["sides"]
        if not time:
            raise bad_parameter("time", "No time was observed: nothing is known of the rate.")
        return {
            "mtbf": time / failures if failures else None,
            "mtbf_bounds": _bounds(mtbf_bounds(time, failures, confidence, sides=sides)),
            "rate": failures / time,
            "rate_bounds": _bounds(rate_bounds(failures, time, confidence, sides=sides)),
            "confidence": confidence,
        }


class WeibullView(Statistic):
    body = bodies.WeibullBody

    @extend_schema(
        request=bodies.WeibullBody,
        responses={200: {"type": "object"}},
        tags=["reliability"],
        examples=example("weibull"),
    )
    def post(self, request: Request) -> Response:
        """Weibull's distribution by maximum likelihood, of lives that are censored to the right."""
        return super().post(request)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        if any(not 0 < share < 1 for share in given["shares"]):
            raise bad_parameter("shares", "A share is between 0 and 1.")
        fit = weibull(given["failures"], given["censored"], given["confidence"])
        return _plain(fit) | {
            "mean": fit.mean,
            "survival": [{"time": time, "share": fit.survival(time)} for time in given["times"]],
            "quantiles": [{"share": share, "time": fit.quantile(share)} for share in given["shares"]],
        }


class KaplanMeier(Statistic):
    body = bodies.KaplanMeierBody

    @extend_schema(
        request=bodies.KaplanMeierBody,
        responses={200: {"type": "array", "items": {"type": "object"}}},
        tags=["reliability"],
        examples=example("kaplan_meier"),
    )
    def post(self, request: Request) -> Response:
        """The survival curve without a distribution: a step per distinct failure time."""
        return super().post(request)

    def answer(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        steps = kaplan_meier(
            given["failures"], given["censored"], given["confidence"], bounds=given["bounds"]
        )
        return [_plain(step) for step in steps]


class Growth(Statistic):
    body = bodies.GrowthBody

    @extend_schema(
        request=bodies.GrowthBody,
        responses={200: {"type": "object"}},
        tags=["reliability"],
        examples=example("growth"),
    )
    def post(self, request: Request) -> Response:
        """Whether failures come closer: trend tests of one system, and the power law (Crow-AMSAA)."""
        return super().post(request)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        confidence, target = given["confidence"], given.get("target_mtbf")
        if "systems" in given:
            return {"trend": None, **_law(_of_systems(given), target)}
        if "ends" in given:
            law = grouped_power_law(given["ends"], given["counts"], confidence)
            return {"trend": None, **_law(law, target)}
        times, end, ended = given["times"], given["end"], given["failure_terminated"]
        tested = trend(times, end, failure_terminated=ended, level=given["level"])
        law = power_law(
            times, end, failure_terminated=ended, unbiased=given["unbiased"], confidence=confidence
        )
        arrangements = _plain(reverse_arrangements(times))
        return {"trend": {**_plain(tested), "reverse_arrangements": arrangements}, **_law(law, target)}


class MeanCumulativeView(Statistic):
    body = bodies.SystemsBody

    @extend_schema(
        request=bodies.SystemsBody,
        responses={200: {"type": "array", "items": {"type": "object"}}},
        tags=["reliability"],
        examples=example("mean_cumulative"),
    )
    def post(self, request: Request) -> Response:
        """How many failures, or how much cost, a system of a group has had by an age (Nelson)."""
        return super().post(request)

    def answer(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        steps = mean_cumulative(bodies.histories(given["systems"]), given.get("costs"), given["confidence"])
        return [_plain(step) for step in steps]


class ForecastView(Statistic):
    body = bodies.ForecastBody

    @extend_schema(
        request=bodies.ForecastBody,
        responses={200: {"type": "object"}},
        tags=["reliability"],
        examples=example("forecast"),
    )
    def post(self, request: Request) -> Response:
        """How many failures the next period brings, with the interval that chance and ignorance leave."""
        return super().post(request)

    def answer(self, given: dict[str, Any]) -> dict[str, Any]:
        times, end, horizon = given["times"], given["end"], given["horizon"]
        return _plain(forecast(times, end, horizon, confidence=given["confidence"], level=given["level"]))


class Ranking(Statistic):
    body = bodies.RankingBody

    @extend_schema(
        request=bodies.RankingBody,
        responses={200: {"type": "array", "items": {"type": "object"}}},
        tags=["reliability"],
        examples=example("ranking"),
    )
    def post(self, request: Request) -> Response:
        """Machines by failure rate, worst first, drawn towards their group the less they were observed."""
        return super().post(request)

    def answer(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        found = rank([Actor(**actor) for actor in given["actors"]], given["confidence"])
        return [_plain(standing.actor) | _plain(standing, "actor") for standing in found]


def _of_systems(given: dict[str, Any]) -> PowerLaw:
    systems = bodies.histories(given["systems"])
    return power_law_of(systems, given["confidence"], unbiased=given["unbiased"])


def _law(law: PowerLaw, target: float | None) -> dict[str, Any]:
    names = ("growth", "intensity", "mtbf", "cumulative_mtbf")
    more = {} if target is None else {"time_to_target": law.time_to(target)}
    return {"power_law": _plain(law) | {name: getattr(law, name) for name in names} | more}


def _plain(found: Any, *without: str) -> dict[str, Any]:
    """The fields of a result; bounds as an object with ``lower`` and ``upper``."""
    fields = {name: getattr(found, name) for name in found.__dataclass_fields__ if name not in without}
    return {name: _field(value) for name, value in fields.items()}


def _field(value: Any) -> Any:
    if isinstance(value, Bounds):
        return _bounds(value)
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def _bounds(bounds: Bounds | None) -> dict[str, float | None] | None:
    return bounds and {"lower": bounds.lower, "upper": bounds.upper}
