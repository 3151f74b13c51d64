"""What is asked of KPIs: names, place, period, breakdown; checked once for values, components and events."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, get_args

from rest_framework import serializers
from rest_framework.request import Request

from kpis.buckets import buckets
from kpis.definitions import CATALOGUE, Kpi
from kpis.definitions.names import NoSuchKpi, kpi_named
from kpis.families import breakdowns
from kpis.lineage import Spot
from kpis.scope import By, Scope
from mfgportal.accounts.access import person
from mfgportal.api.errors import bad_parameter
from mfgportal.api.query import Fields, Query
from mfgportal.period import CUSTOM, PRESETS
from mfgportal.scope import GRAINS, MAX_DAYS, Selection, find_place, parse

WITH_ROWS = tuple(grain for grain in GRAINS if grain != "hour")
"""An hour is computed when asked for, and has no rows of its own."""
BREAKDOWNS: tuple[By, ...] = get_args(By)
CODES = frozenset({"equipment_class", "shift", "loss_class", "work_type", "priority", "team"})
"""Breakdowns whose parts have a code instead of an id."""


class ScopeQuery(Query):
    plant = serializers.IntegerField(required=False, help_text="Id of a plant.")
    line = serializers.IntegerField(required=False, help_text="Id of a line.")
    equipment = serializers.IntegerField(required=False, help_text="Id of a machine.")
    period = serializers.ChoiceField([*PRESETS, CUSTOM], required=False, help_text="Default: last_7_days.")
    to = serializers.DateField(required=False, help_text=f"Last day, included. At most {MAX_DAYS} days.")

    def get_fields(self) -> Fields:
        first = serializers.DateField(required=False, help_text="First day, in the plant's zone.")
        return {**super().get_fields(), "from": first}


class KpiQuery(ScopeQuery):
    kpi = serializers.CharField(
        required=False, help_text="Names, separated by commas; all of them if absent."
    )
    grain = serializers.ChoiceField(GRAINS, required=False, help_text="Absent: one value for the period.")
    by = serializers.ChoiceField(BREAKDOWNS, required=False, help_text="One value per part.")


class SpotQuery(ScopeQuery):
    """One number: a KPI in a place and period, or in a bucket of it, in one part of a breakdown."""

    kpi = serializers.CharField(help_text="Name of a KPI.")
    by = serializers.ChoiceField(BREAKDOWNS, required=False, help_text="With `key`: the part of a breakdown.")
    key = serializers.CharField(
        required=False, allow_blank=True, help_text="Id or code of the part; empty: what has none."
    )
    shift = serializers.CharField(required=False, help_text="Name of a shift; absent: any time.")
    grain = serializers.ChoiceField(WITH_ROWS, required=False, help_text="With `bucket`.")
    bucket = serializers.DateField(required=False, help_text="A bucket of the period, as values name it.")


@dataclass(frozen=True, slots=True)
class Question:
    """``query``: the checked parameters."""

    kpis: tuple[Kpi, ...]
    selection: Selection
    query: dict[str, Any]

    @property
    def by(self) -> By | None:
        by: By | None = self.query.get("by")
        return by

    @property
    def scope_read(self) -> Scope:
        """The scope with the days that windows of grain "rolling" reach back."""
        scope = self.selection.scope
        if self.query.get("grain") != "rolling":
            return scope
        return replace(scope, first_day=scope.first_day - timedelta(days=scope.rolling_days - 1))

    @property
    def spot(self) -> Spot:
        """Where one number stands. Raises a 400 for a key without a breakdown, or a bucket out of place."""
        given = self.query
        if ("key" in given) != ("by" in given):
            raise bad_parameter("key", "A key is the part of a breakdown: give both “by” and “key”.")
        return Spot(scope=self._scope(), by=self.by, key=_key(given), shift=given.get("shift"))

    def _scope(self) -> Scope:
        scope, bucket = self.selection.scope, self.query.get("bucket")
        if bucket is None:
            return scope
        for found in buckets(scope, self.selection.grain):
            if found.start == bucket:
                return replace(scope, first_day=found.first_day, last_day=found.last_day)
        raise bad_parameter("bucket", f"No {self.selection.grain} of the period is named {bucket}.")


def ask(request: Request, query: type[Query]) -> Question:
    """The question of a request, within what the person may see."""
    given = query.of(request)
    places = {name: given.get(name) for name in ("plant", "line", "equipment")}
    place = find_place(person(request), **places)
    return Question(
        kpis=tuple(CATALOGUE[name] for name in _names(given)),
        selection=parse(request.query_params.dict(), place),
        query=given,
    )


def _names(given: dict[str, Any]) -> list[str]:
    """Those named; of none, all that can be split and cut that way."""
    by, of_shifts = given.get("by"), given.get("grain") in {"shift", "hour"}
    possible = (
        name
        for name, kpi in CATALOGUE.items()
        if (by is None or by in breakdowns(kpi)) and not (of_shifts and "shift" not in breakdowns(kpi))
    )
    named = [name.strip() for name in given.get("kpi", "").split(",")]
    names = [name for name in named if name] or list(possible)
    try:
        return list(dict.fromkeys(map(kpi_named, names)))
    except NoSuchKpi as unknown:
        raise bad_parameter("kpi", str(unknown)) from unknown


def _key(given: dict[str, Any]) -> int | str | None:
    """Ids are numbers; a code may be empty, what has no id has none."""
    key: str = given.get("key", "")
    if given.get("by") in CODES:
        return key
    if key and not (key.isdecimal() and len(key) < 18):
        raise bad_parameter("key", f"Of {given['by']}, a key is an id.")
    return int(key) if key else None
