"""What the statistics of the API are asked with. Times are in any one unit; answers are in the same."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from math import isfinite
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kpis.reliability.growth import History
from kpis.reliability.life import BOUNDS, LOG_LOG
from mfgportal.api.bodies_named import NamedBody

MOST = 10_000
TIMES = {"failure_times": "times"}
END = {"test_end": "end", "end_time": "end", "T": "end"}


class Number(serializers.FloatField):
    """A finite number: JSON has no infinity, but ``1e999`` reads as one."""

    def to_internal_value(self, data: Any) -> float:
        found: float = super().to_internal_value(data)
        if not isfinite(found):
            self.fail("invalid")
        return found


class Confidence(Number):
    """A share between 0 and 1, both excluded."""

    def to_internal_value(self, data: Any) -> float:
        found = super().to_internal_value(data)
        if not 0 < found < 1:
            raise serializers.ValidationError("A confidence is between 0 and 1, for example 0.9.")
        return found


def numbers(help_text: str, **given: Any) -> serializers.ListField:
    return serializers.ListField(child=Number(), max_length=MOST, help_text=help_text, **given)


def whole_numbers(help_text: str, **given: Any) -> serializers.ListField:
    one = serializers.IntegerField(min_value=0)
    return serializers.ListField(child=one, max_length=MOST, help_text=help_text, **given)


@extend_schema_field(
    {"oneOf": [{"type": "number"}, {"type": "array", "items": {"type": "number"}, "minItems": 1}]}
)
class NumberOrNumbers(serializers.Field[Any, Any, Any, Any]):
    """A number, or a list of them."""

    def to_internal_value(self, data: Any) -> float | list[float]:
        if isinstance(data, list):
            found: list[float] = serializers.ListField(
                child=Number(), allow_empty=False, max_length=MOST
            ).run_validation(data)
            return found
        return Number().to_internal_value(data)

    def to_representation(self, value: Any) -> Any:
        return value


class ComputeBody(NamedBody):
    kpi = serializers.CharField(
        help_text="A KPI of the catalogue, by name, title or what a standard calls it."
    )
    components = serializers.DictField(
        child=NumberOrNumbers(),
        help_text="Sums of its components by name: seconds, pieces, counts, money. Also understood: `_h`, "
        "`_min`, `_days` in place of `_s`; words of examples (`shift_min`, `breaks_min`, `downtime_min`, "
        "`total_count`, `reject_count`, `hours` with `failures`); elements of ISO 22400-2 (`APT`, `PBT`, "
        "`PQ`, `GQ`, `PRI` …); `ideal_cycle_s` or `ideal_rate_per_min` with counts; values of "
        "KPIs it is made of, as fractions or `_percent`; a list in place of a number "
        "is its sum, and lists of cycles and counts go together by product.",
    )
    confidence = Confidence(default=0.9, help_text="Of the bounds, where it has any.")


class BoundsBody(NamedBody):
    also = {"hours": "time", "operating_time": "time", "total_time": "time", "sided": "sides"}
    time = Number(min_value=0, help_text="Operating time observed.")
    failures = serializers.IntegerField(min_value=0)
    confidence = Confidence(default=0.9)
    sides = serializers.ChoiceField(
        [1, 2], default=2, help_text="2: the value is between the bounds; 1: each bound holds by itself."
    )


class LivesBody(NamedBody):
    also = {"right_censored": "censored", "suspensions": "censored", "suspended": "censored"}
    failures = numbers("Ages at failure.")
    censored = numbers("Ages of what still runs, or was replaced before it failed.", default=list)
    failure_counts = whole_numbers("How many failed at each of these ages; absent: one.", required=False)
    censored_counts = whole_numbers(
        "How many were censored at each of those ages; absent: one.", required=False
    )
    confidence = Confidence(default=0.9)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for ages, of_each in (("failures", "failure_counts"), ("censored", "censored_counts")):
            attrs[ages] = _repeated(attrs[ages], attrs.pop(of_each, None), of_each)
        return attrs


def _repeated(ages: list[float], of_each: list[int] | None, name: str) -> list[float]:
    if of_each is None:
        return ages
    if len(of_each) != len(ages) or sum(of_each) > MOST:
        raise serializers.ValidationError({name: [f"One count per age, {MOST} in all at most."]})
    return [age for age, count in zip(ages, of_each, strict=True) for _ in range(count)]


class KaplanMeierBody(LivesBody):
    bounds = serializers.ChoiceField(
        BOUNDS, default=LOG_LOG, help_text="How: on the scale log(-log), or plain, ± z times the error."
    )


class WeibullBody(LivesBody):
    times = numbers("Ages to give the probability of survival for.", default=list)
    shares = numbers("Shares to give the age for at which they have failed; B10 is 0.1.", default=list)


GROUPED = {"interval_ends": "ends", "cumulative_failures": "cumulative"}
SHAPES = (
    "Give times and end (or failure_terminated, where it ended with the last failure), or gaps in place of "
    "times, or systems, or ends with counts."
)


class HistoryBody(NamedBody):
    """One system, observed from ``start`` to ``end`` of its own clock."""

    also = TIMES | END
    times = numbers("When it failed.")
    end = Number()
    start = Number(default=0.0)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        start, end = attrs["start"], attrs["end"]
        if not 0 <= start < end:
            raise serializers.ValidationError({"end": ["It ends after it starts, at 0 or later."]})
        if any(not start < time <= end for time in attrs["times"]):
            raise serializers.ValidationError({"times": ["Failures lie after the start, up to the end."]})
        return attrs


class GrowthBody(NamedBody):
    """One system's ``times`` (or ``gaps``) and ``end``; ``systems``; intervals' ``ends`` and ``counts``."""

    also = TIMES | END | dict.fromkeys(("times_between_failures", "interarrival_times"), "gaps") | GROUPED
    times = numbers("When it failed.", required=False)
    gaps = numbers("Times between failures, the first from the start, in place of times.", required=False)
    end = Number(required=False, min_value=0, help_text="Of the observation, which starts at 0.")
    systems = HistoryBody(many=True, required=False)
    ends = numbers("Ends of intervals, the first of which starts at 0.", required=False)
    counts = whole_numbers("Failures in each interval.", required=False)
    cumulative = whole_numbers("Failures up to the end of each interval, in place of counts.", required=False)
    failure_terminated = serializers.BooleanField(
        default=False, help_text="The observation ended with the last failure, not at a time."
    )
    unbiased = serializers.BooleanField(default=False, help_text="The modified estimator.")
    target_mtbf = Number(required=False, min_value=0, help_text="To say when the cumulative MTBF reaches it.")
    level = Confidence(default=0.05, help_text="Two-sided error at which a trend is told.")
    confidence = Confidence(default=0.9)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        _in_place_of(attrs, "gaps", "times", lambda gaps: list(accumulate(gaps)))
        _in_place_of(attrs, "cumulative", "counts", _steps)
        if attrs["failure_terminated"] and attrs.get("times"):
            attrs.setdefault("end", max(attrs["times"]))
        shapes = [("times", "end"), ("systems",), ("ends", "counts")]
        given = [shape for shape in shapes if any(name in attrs for name in shape)]
        if len(given) != 1 or any(name not in attrs for name in given[0]):
            raise serializers.ValidationError({"times": [SHAPES]})
        if "ends" in attrs:
            _check_intervals(attrs["ends"], attrs["counts"])
        return attrs


def _in_place_of(attrs: dict[str, Any], name: str, field: str, made: Callable[[Any], Any]) -> None:
    if name in attrs and field in attrs:
        raise serializers.ValidationError({name: [f"Give {name} or {field}, not both."]})
    if name in attrs:
        attrs[field] = made(attrs.pop(name))


def _steps(cumulative: Sequence[int]) -> list[int]:
    found = [later - earlier for earlier, later in zip([0, *cumulative], cumulative, strict=False)]
    if any(step < 0 for step in found):
        raise serializers.ValidationError({"cumulative": ["Cumulative counts never fall."]})
    return found


def _check_intervals(ends: Sequence[float], counts: Sequence[int]) -> None:
    if len(ends) != len(counts):
        raise serializers.ValidationError({"counts": ["There is one count per interval."]})
    if any(end <= start for start, end in zip([0.0, *ends], ends, strict=False)):
        raise serializers.ValidationError({"ends": ["Intervals follow each other, each longer than 0."]})


class SystemsBody(NamedBody):
    systems = HistoryBody(many=True, allow_empty=False)
    costs = serializers.ListField(
        child=numbers("One per failure, in the order of its times."),
        required=False,
        max_length=MOST,
        help_text="A list per system; absent: every failure counts 1.",
    )
    confidence = Confidence(default=0.95)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "costs" not in attrs:
            return attrs
        wanted = [len(system["times"]) for system in attrs["systems"]]
        if [len(own) for own in attrs["costs"]] != wanted:
            raise serializers.ValidationError({"costs": ["There is one cost per failure of each system."]})
        return attrs


class ForecastBody(NamedBody):
    also = TIMES | END
    times = numbers("When it failed.")
    end = Number(help_text="End of the observation, which starts at 0.")
    horizon = Number(help_text="How far to look ahead.")
    level = Confidence(default=0.05, help_text="Two-sided error at which a trend is told.")
    confidence = Confidence(default=0.9)


class ActorBody(NamedBody):
    id = serializers.IntegerField()
    failures = serializers.IntegerField(min_value=0)
    exposure = Number(min_value=0, help_text="Operating time.")


class RankingBody(NamedBody):
    actors = ActorBody(many=True, allow_empty=False)
    confidence = Confidence(default=0.9)


def histories(systems: Sequence[dict[str, Any]]) -> list[History]:
    return [History(system["times"], system["end"], system["start"]) for system in systems]
