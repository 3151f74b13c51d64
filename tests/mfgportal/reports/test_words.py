"""Each sentence of the summary, from figures at hand: no database."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kpis.definitions import CATALOGUE
from kpis.models import Target
from kpis.money_lost import MachineLoss, MoneyLost, ReasonLoss
from kpis.scope import Value
from mfgportal.assumptions import Assumptions
from mfgportal.figures import Figure, Trust
from mfgportal.reports import words
from mfgportal.reports.summary import Told, summary
from mfgportal.reports.words import Growth, Restatement, Times
from mfgportal.scope import Level, Place
from sync.completeness import Completeness
from sync.freshness import Freshness

TIMES = Times("in October 2026", "in September 2026")
FIRST, LAST = date(2026, 10, 1), date(2026, 10, 31)
TRUST = Trust(
    completeness=Completeness(90, 10),
    freshness=Freshness(datetime(2026, 11, 2, tzinfo=UTC), ()),
    zone="Europe/Paris",
    assumptions=Assumptions(Place(Level.ENTERPRISE, None, "Enterprise", ())),
)


def value(kpi: str, number: float | None, **fields: object) -> Value:
    given = {
        "currency": "EUR" if "cost" in kpi else "",
        "undefined_reason": "" if number is not None else "no data",
    }
    whole = Value(kpi=kpi, unit=CATALOGUE[kpi].unit, value=number, first_day=FIRST, last_day=LAST)
    return replace(whole, **given | fields)  # type: ignore[arg-type]


def figure(
    kpi: str, now: float | None, before: float | None, target: float | None = None, band: float = 0
) -> Figure:
    return Figure(
        kpi=CATALOGUE[kpi],
        now=value(kpi, now),
        before=value(kpi, before),
        trust=TRUST,
        target=None if target is None else Target(kpi=kpi, value=target, band=band, valid_from=FIRST),
    )


def machine(name: str, base: float | None, **fields: object) -> MachineLoss:
    whole = MachineLoss(
        equipment_id=1, name=name, plant_id=1, plant="Lyon", currency="EUR", amount=base or 5.0, base=base,
        seconds=3600, unpriced_s=0,
    )  # fmt: skip
    return replace(whole, **fields)  # type: ignore[arg-type]


def lost(reasons: dict[str, float], unpriced_s: float = 0) -> MoneyLost:
    rows = tuple(ReasonLoss(name, base, 3600) for name, base in reasons.items())
    return MoneyLost("EUR", (machine("Press 1", sum(reasons.values())),), rows, unpriced_s, 0)


NOTHING = MoneyLost("EUR", (), (), 0, 0)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            figure("oee", 0.612, 0.633),
            "OEE was 61.2 % in October 2026, 2.1 points worse than in September 2026 (63.3 %).",
        ),
        (
            figure("oee", 0.612, 0.6121),
            "OEE was 61.2 % in October 2026, as much as in September 2026 (61.2 %).",
        ),
        (figure("oee", None, 0.6), "OEE is not defined in October 2026: no data."),
        (
            figure("oee", 0.6, None),
            "OEE was 60.0 % in October 2026; nothing is known of it in September 2026.",
        ),
        (
            figure("maintenance_cost", 900, 1000),
            "Maintenance cost was 900.00 EUR in October 2026, "
            "10 % less (better) than in September 2026 (1,000 EUR).",
        ),
    ],
)
def test_a_level_beside_the_period_before(found: Figure, said: str) -> None:
    assert words.level(found, TIMES) == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (figure("oee", 0.612, 0.6, 0.65), "It misses its target of 65.0 % by 3.8 points."),
        (
            figure("oee", 0.612, 0.6, 0.65, 0.05),
            "It misses its target of 65.0 % by 3.8 points, within the warning band.",
        ),
        (figure("oee", 0.66, 0.6, 0.65), "It reaches its target of 65.0 %."),
        (figure("oee", None, 0.6, 0.65), ""),
        (figure("oee", 0.6, 0.6), ""),
    ],
)
def test_a_target_and_by_how_much(found: Figure, said: str) -> None:
    assert words.against_target(found) == said


def test_the_factor_that_moved_most_in_the_same_direction() -> None:
    factors = [
        figure("availability", 0.81, 0.84),
        figure("performance", 0.9, 0.89),
        figure("quality", 0.98, 0.985),
    ]
    assert words.driver(figure("oee", 0.612, 0.633), factors) == (
        "Most of it comes from availability: 81.0 %, 3.0 points worse (before: 84.0 %)."
    )
    assert words.driver(figure("oee", 0.612, 0.612), factors) == ""
    assert words.driver(figure("oee", 0.65, 0.6), factors[:1]) == ""


def test_plants_are_named_by_their_part_in_it() -> None:
    plants = {
        "Lyon": figure("oee", 0.66, 0.67, 0.65),
        "Pune": figure("oee", 0.551, 0.602, 0.6),
        "Ulm": figure("oee", 0.7, 0.6),
    }
    assert words.plant_behind(figure("oee", 0.6, 0.62), plants) == (
        "Of the plants Pune moved furthest that way: 55.1 %, 5.1 points worse."
    )
    assert words.targets_met(plants) == (
        "1 of 2 plants with a target reach it for OEE; Pune misses it by 4.9 points."
    )
    assert words.plant_behind(figure("oee", 0.6, 0.62), {"Pune": plants["Pune"]}) == ""


def test_money_lost_says_how_much_why_and_what_changed() -> None:
    now, before = (
        lost({"Tool failure": 6000, "Changeover": 2000}),
        lost({"Tool failure": 3000, "Changeover": 4000}),
    )
    assert words.stops_cost(now, before, TIMES) == (
        "Unplanned stops cost 8,000 EUR in October 2026, 14 % more than in September 2026 (7,000 EUR)."
    )
    assert words.largest_loss(now) == (
        "The largest loss is Tool failure: 6,000 EUR, 75 % of it; "
        "the dearest machine is Press 1 in Lyon: 8,000 EUR."
    )
    assert words.loss_that_grew(now, before, TIMES) == (
        "Most of the change comes from Tool failure: 3,000 EUR more than in September 2026."
    )
    assert words.loss_that_grew(before, now, TIMES).endswith(
        "Tool failure: 3,000 EUR less than in September 2026."
    )
    assert words.loss_that_grew(now, now, TIMES) == ""


def test_money_that_is_not_known_is_not_made_up() -> None:
    odd = MoneyLost("EUR", (machine("Lathe", None, currency="INR"),), (), 0, 1)
    assert words.stops_cost(NOTHING, NOTHING, TIMES) == (
        "What unplanned stops cost is not known: no stop of this period has a rate per hour."
    )
    assert words.stops_cost(odd, NOTHING, TIMES) == (
        "What unplanned stops cost cannot be stated in EUR: the currency of 1 machine has no rate."
    )
    assert words.largest_loss(odd) == words.loss_that_grew(odd, NOTHING, TIMES) == ""
    assert "nothing is known of it" in words.stops_cost(lost({"Changeover": 5}), NOTHING, TIMES)
    assert words.unpriced(lost({"Changeover": 5}, 7200)) == (
        "2.0 h of unplanned stops have no rate and are not in the cost."
    )


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            Growth(("Press 1", "Saw 2"), 1, 20, 4),
            "Failures come more often, beyond chance, on 2 of 23 machines judged over the year up to then: "
            "Press 1, Saw 2; less often on 1; 4 more machines failed too rarely to tell.",
        ),
        (
            Growth((), 1, 2, 0),
            "Failures come more often on none of 3 machines judged over the year up to then; "
            "less often on 1.",
        ),
        (Growth((), 0, 0, 4), "No machine failed often enough to tell whether its failures come more often."),
    ],
)
def test_the_verdict_on_reliability(found: Growth, said: str) -> None:
    assert words.reliability(found) == said


def test_what_is_missing_is_said() -> None:
    assert words.complete(
        Completeness(990, 10), {"Lyon": Completeness(500, 0), "Pune": Completeness(490, 10)}
    ) == (
        "The numbers are 99 % complete: 10 source records are held back as exceptions; Pune is the least "
        "complete: 98 %."
    )
    assert words.complete(Completeness(5, 0), {}) == "All 5 source records of this period are in the numbers."
    assert words.complete(Completeness(0, 0), {}).startswith("No source record")
    assert words.without_data(["Ulm"]) == "Nothing is known of Ulm in this period."
    vague = replace(figure("oee", 0.6, 0.6), now=value("oee", 0.6, unknown_share=0.12))
    assert words.unknown_time(vague).startswith("12 % of planned time has no record of any kind")
    assert words.unknown_time(figure("oee", 0.6, 0.6)) == ""
    assert words.late(["Stops"]) == "Data of Stops is late: the last days may still change."
    assert words.restated([Restatement("Lyon", "August 2026", "OEE", "61.2 %", "60.1 %", "3 Sep 2026")]) == (
        "1 published value was restated by late data; OEE of Lyon in August 2026, "
        "published as 61.2 %, is 60.1 % today."
    )


def test_a_summary_of_nothing_says_what_is_missing_and_invents_nothing() -> None:
    told = Told(
        times=TIMES,
        whole={"oee": figure("oee", None, None)},
        plants={"Ulm": {}},
        lost=None,
        lost_before=None,
        growth=Growth((), 0, 0, 0),
        complete=Completeness(0, 0),
        complete_of={},
        restated=(),
        late=(),
    )
    found = summary(told)
    assert found.changed == ("OEE is not defined in October 2026: no data.",)
    assert found.why == ("No machine failed often enough to tell whether its failures come more often.",)
    assert len(found.missing) == 2
