"""What the API says of a machine's reliability: the fields, and how they are filled."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from kpis.health import Health
from kpis.reliability.ranking import Standing
from mfgportal.api.query import Fields
from mfgportal.reliability import Machine, Single
from mfgportal.web.reliability_words import verdict


class ReliabilityBounds(serializers.Serializer[Any]):
    """A class of its own: many fields are of this kind."""

    lower = serializers.FloatField()
    upper = serializers.FloatField(allow_null=True, help_text="Null: none is known.")


def bounds(help_text: str) -> ReliabilityBounds:
    return ReliabilityBounds(allow_null=True, help_text=help_text)


ROW: Fields = {
    "equipment": serializers.IntegerField(),
    "name": serializers.CharField(),
    "equipment_class": serializers.CharField(),
    "plant": serializers.IntegerField(),
    "hours": serializers.FloatField(help_text="Operating hours in the period."),
    "failures": serializers.IntegerField(),
    "confidence": serializers.FloatField(help_text="Of all bounds and intervals."),
    "mtbf": serializers.FloatField(allow_null=True, help_text="Hours; null without a failure."),
    "mtbf_bounds": bounds("Chi-square, for a constant rate; one-sided without a failure."),
    "rises": serializers.BooleanField(help_text="The failure intensity rises beyond chance."),
    "verdict": serializers.CharField(help_text="The test for a trend, in words."),
    "trend": inline_serializer(
        "ReliabilityTrend",
        {
            "verdict": serializers.CharField(help_text="rising, falling or none, at 5 %, two-sided."),
            "laplace": serializers.FloatField(help_text="Laplace's U."),
            "laplace_rising": serializers.FloatField(help_text="One-sided p."),
            "laplace_falling": serializers.FloatField(help_text="One-sided p."),
            "military": serializers.FloatField(help_text="2·Σ ln(T/t), MIL-HDBK-189."),
            "rising": serializers.FloatField(help_text="One-sided p by MIL-HDBK-189."),
            "falling": serializers.FloatField(help_text="One-sided p by MIL-HDBK-189."),
        },
        allow_null=True,
    ),
    "growth": inline_serializer(
        "ReliabilityGrowth",
        {
            "beta": serializers.FloatField(help_text="Of the power law; above 1 gets worse."),
            "beta_bounds": bounds("Crow's."),
            "mtbf": serializers.FloatField(help_text="Instantaneous, at the end of the period, in hours."),
            "mtbf_bounds": bounds("NIST e-Handbook 8.4.5.2."),
        },
        allow_null=True,
        help_text="Null without a trend.",
    ),
    "forecast": inline_serializer(
        "ReliabilityForecast",
        {
            "days": serializers.IntegerField(),
            "hours": serializers.FloatField(help_text="Operating hours in them, at the period's pace."),
            "expected": serializers.FloatField(),
            "lower": serializers.IntegerField(),
            "upper": serializers.IntegerField(),
            "none": serializers.FloatField(help_text="Probability of no failure."),
            "basis": serializers.CharField(help_text="constant rate or power law."),
        },
    ),
}
LISTED: Fields = {
    "down_s": serializers.FloatField(help_text="Down time of failures."),
    "standing": inline_serializer(
        "ReliabilityStanding",
        {
            "rank": serializers.IntegerField(help_text="Within its class, the worst first."),
            "rate": serializers.FloatField(help_text="Failures per operating hour."),
            "rate_bounds": bounds("Poisson."),
            "shrunk": serializers.FloatField(
                allow_null=True,
                help_text="Drawn towards its class; null where that has one machine or no failure.",
            ),
            "shrunk_bounds": bounds("Credible interval."),
            "worse": serializers.FloatField(
                allow_null=True, help_text="Probability to be worse than its class."
            ),
        },
    ),
}
DETAIL: Fields = {
    "repairs": inline_serializer(
        "ReliabilityRepairs",
        {
            "count": serializers.IntegerField(help_text="Failures with an end."),
            "open": serializers.IntegerField(help_text="Failures that still go on, not in the figures."),
            "mean": serializers.FloatField(allow_null=True, help_text="Seconds of the clock."),
            "median": serializers.FloatField(allow_null=True),
            "p90": serializers.FloatField(allow_null=True),
        },
    ),
    "events": inline_serializer(
        "ReliabilityFailure",
        {
            "downtime": serializers.IntegerField(allow_null=True, help_text="Id of the stop it began with."),
            "start": serializers.DateTimeField(),
            "end": serializers.DateTimeField(allow_null=True, help_text="Null while it goes on."),
            "hours": serializers.FloatField(help_text="Operating hours from the period's start."),
        },
        many=True,
    ),
}
# Copies, because a serializer takes its fields out of what it is given.
ListedRow = inline_serializer("ReliabilityRow", {**ROW, **LISTED}, many=True)
DetailRow = inline_serializer("ReliabilityDetail", {**ROW, **DETAIL})


def row(found: Health) -> dict[str, Any]:
    machine, ahead = found.machine, found.forecast
    return {
        "equipment": machine.equipment_id,
        "name": machine.name,
        "equipment_class": machine.equipment_class,
        "plant": machine.plant_id,
        "hours": found.hours,
        "failures": found.failures,
        "confidence": found.confidence,
        "mtbf": found.mtbf,
        "mtbf_bounds": found.bounds and found.bounds._asdict(),
        "rises": found.rises,
        "verdict": verdict(found),
        "trend": found.trend and {k: v for k, v in asdict(found.trend).items() if k != "failures"},
        "growth": _growth(found),
        "forecast": {
            "days": found.horizon_days,
            "hours": ahead.horizon,
            "expected": ahead.expected,
            "lower": ahead.lower,
            "upper": ahead.upper,
            "none": ahead.none,
            "basis": ahead.basis,
        },
    }


def _growth(found: Health) -> dict[str, Any] | None:
    law = found.growth
    if law is None or found.one_rate:
        return None
    return {
        "beta": law.beta,
        "beta_bounds": law.beta_bounds._asdict(),
        "mtbf": law.mtbf,
        "mtbf_bounds": law.mtbf_bounds._asdict(),
    }


def listed(found: Machine, rank: int, *, compared: bool) -> dict[str, Any]:
    """``compared``: its class has others, and failures; else it says nothing of the machine."""
    standing = _standing(found.standing, compared=compared) | {"rank": rank}
    return row(found.health) | {"down_s": found.observation.down_s, "standing": standing}


def _standing(found: Standing, *, compared: bool) -> dict[str, Any]:
    return {
        "rate": found.rate,
        "rate_bounds": found.bounds._asdict(),
        "shrunk": found.shrunk if compared else None,
        "shrunk_bounds": found.shrunk_bounds._asdict() if compared else None,
        "worse": found.worse if compared else None,
    }


def detail(found: Single) -> dict[str, Any]:
    failures = found.history.failures if found.history else ()
    return {
        "repairs": asdict(found.repairs),
        "events": [
            {
                "downtime": each.stop_id,
                "start": each.start,
                "end": each.end,
                "hours": each.operating_s / 3600,
            }
            for each in failures
        ],
    }
