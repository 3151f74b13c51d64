"""What an hour of stop of a machine costs on a day, as the roll-up prices it."""

from collections.abc import Iterable
from datetime import date

from kpis.models import LossClass
from kpis.work.loading import Subject, Wanted, load_stop_rates

PRICED = frozenset({LossClass.BREAKDOWN, LossClass.SETUP, LossClass.EXTERNAL, LossClass.QUALITY})
"""Unplanned stops, which downtime cost counts."""


def hourly_rates(machines: Iterable[tuple[int, int]], day: date) -> dict[int, float]:
    """By machine, in its plant's currency; machines without a rate on the day are left out.

    Args:
        machines: ids of plant and machine.
        day: production day.
    """
    found = load_stop_rates([Wanted(Subject(plant, pk)) for plant, pk in machines])
    rates = {subject.equipment_id: rate.per_hour(day) for subject, rate in found.items()}
    return {pk: rate for pk, rate in rates.items() if pk is not None and rate is not None}
