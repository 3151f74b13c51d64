"""What the statistics of the API are asked with. Times are in any one unit; answers are in the same."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

from rest_framework import serializers

from kpis.reliability.growth import History

MOST = 10_000


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


class ComputeBody(serializers.Serializer[Any]):
    kpi = serializers.CharField(
        help_text="A KPI of the catalogue, by name, title or what a standard calls it."
    )
    components = serializers.DictField(
        child=Number(),
        help_text="Sums of its components by name: seconds, pieces, counts, money. Also understood: `_h` and "
        "`_min` in place of `_s`; totals by their KPI's name (`good`, `downtime`); elements of ISO 22400-2 "
        "(`APT`, `PBT`, `PQ`, `GQ`, `PRI` …); `ideal_cycle_s` with counts; values of KPIs it is made of.",
    )
    confidence = Confidence(default=0.9, help_text="Of the bounds, where it has any.")


class BoundsBody(serializers.Serializer[Any]):
    time = Number(min_value=0, help_text="Operating time observed.")
    failures = serializers.IntegerField(min_value=0)
    confidence = Confidence(default=0.9)
    sides = serializers.ChoiceField(
        [1, 2], default=2, help_text="2: the value is between the bounds; 1: each bound holds by itself."
    )


class LivesBody(serializers.Serializer[Any]):
    failures = numbers("Ages at failure.")
    censored = numbers("Ages of what still runs, or was replaced before it failed.", default=list)
    confidence = Confidence(default=0.9)


class WeibullBody(LivesBody):
    times = numbers("Ages to give the probability of survival for.", default=list)
    shares = numbers("Shares to give the age for at which they have failed; B10 is 0.1.", default=list)


class HistoryBody(serializers.Serializer[Any]):
    """One system, observed from ``start`` to ``end`` of its own clock."""

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


class GrowthBody(serializers.Serializer[Any]):
    """One system's ``times`` and ``end``; several ``systems``; ``counts`` of intervals and their ``ends``."""

    times = numbers("When it failed.", required=False)
    end = Number(required=False, min_value=0)
    systems = HistoryBody(many=True, required=False)
    ends = numbers("Ends of intervals, the first of which starts at 0.", required=False)
    counts = serializers.ListField(
        child=serializers.IntegerField(min_value=0), required=False, max_length=MOST
    )
    failure_terminated = serializers.BooleanField(
        default=False, help_text="The observation ended with the last failure, not at a time."
    )
    unbiased = serializers.BooleanField(default=False, help_text="The modified estimator.")
    target_mtbf = Number(required=False, min_value=0, help_text="To say when the cumulative MTBF reaches it.")
    level = Confidence(default=0.05, help_text="Two-sided error at which a trend is told.")
    confidence = Confidence(default=0.9)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["failure_terminated"] and attrs.get("times"):
            attrs.setdefault("end", max(attrs["times"]))
        shapes = [("times", "end"), ("systems",), ("ends", "counts")]
        given = [shape for shape in shapes if any(name in attrs for name in shape)]
        if len(given) != 1 or any(name not in attrs for name in given[0]):
            raise serializers.ValidationError(
                {"times": ["Give times and end, or systems, or ends and counts."]}
            )
        if "ends" in attrs:
            _check_intervals(attrs["ends"], attrs["counts"])
        return attrs


def _check_intervals(ends: Sequence[float], counts: Sequence[int]) -> None:
    if len(ends) != len(counts):
        raise serializers.ValidationError({"counts": ["There is one count per interval."]})
    if any(end <= start for start, end in zip([0.0, *ends], ends, strict=False)):
        raise serializers.ValidationError({"ends": ["Intervals follow each other, each longer than 0."]})


class SystemsBody(serializers.Serializer[Any]):
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


class ForecastBody(serializers.Serializer[Any]):
    times = numbers("When it failed.")
    end = Number(help_text="End of the observation, which starts at 0.")
    horizon = Number(help_text="How far to look ahead.")
    level = Confidence(default=0.05, help_text="Two-sided error at which a trend is told.")
    confidence = Confidence(default=0.9)


class ActorBody(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    failures = serializers.IntegerField(min_value=0)
    exposure = Number(min_value=0, help_text="Operating time.")


class RankingBody(serializers.Serializer[Any]):
    actors = ActorBody(many=True, allow_empty=False)
    confidence = Confidence(default=0.9)


def histories(systems: Sequence[dict[str, Any]]) -> list[History]:
    return [History(system["times"], system["end"], system["start"]) for system in systems]
