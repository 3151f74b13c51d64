"""The way from an empty portal to the first dashboard, and of each plant that comes later.

Where it stands is read from the data each time: there is no state of its own that could be lost or be wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from kpis.models import Equipment, Plant
from mfgportal.accounts.access import exceptions_of, plants_of
from mfgportal.accounts.models import User
from mfgportal.locales import number
from sync.models import Source, SyncException
from sync.progress import Progress, snapshot
from sync.progress import State as StreamState
from sync.records import Kind

PLACES = (Kind.PLANT, Kind.LINE, Kind.EQUIPMENT)
ASSUMED_ZONE = "UTC"


class State(StrEnum):
    """``NEXT``: a person can do it now. ``RUNNING``: the portal does it. ``BLOCKED``: another step first."""

    DONE = "done"
    NEXT = "next"
    RUNNING = "running"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Step:
    """``said``: what is so, or what stands in the way. ``url`` and ``link``: where it is done."""

    title: str
    state: State
    said: str
    url: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class PlantSteps:
    """The steps of one plant."""

    plant: Plant
    steps: tuple[Step, ...]

    @property
    def open(self) -> list[Step]:
        return [step for step in self.steps if step.state != State.DONE]


@dataclass(frozen=True)
class Onboarding:
    """What the steps rest on, for what the person may see. Seven queries, each when it is first needed."""

    user: User

    @cached_property
    def sources(self) -> list[Source]:
        return list(Source.objects.filter(enabled=True).order_by("created_at"))

    @cached_property
    def progress(self) -> Progress:
        return snapshot()

    @cached_property
    def plants(self) -> list[Plant]:
        """Each with ``machines``, their number, and ``bare``: one that produces has no calendar."""
        machines = Equipment.objects.filter(plant=OuterRef("pk"), active=True, gone_at=None)
        bare = machines.filter(work_unit=True, calendar=None)
        live = Q(equipment__active=True, equipment__gone_at=None)
        rows = plants_of(self.user).filter(gone_at=None)
        return list(
            rows.annotate(machines=Count("equipment", filter=live), bare=Exists(bare)).order_by("name", "pk")
        )

    @cached_property
    def unmapped(self) -> Mapping[int | None, int]:
        """Plants, lines and machines of sources that nothing here stands for, by plant; None: unknown."""
        rows = unmapped_places(exceptions_of(self.user)).values_list("plant")
        return dict(rows.annotate(count=Count("pk")))

    @property
    def steps(self) -> tuple[Step, ...]:
        return (
            self._connect(), self._check(), self._map(), self._shifts(), self._sync(), self._dashboard(),
        )  # fmt: skip

    @property
    def new_plants(self) -> list[PlantSteps]:
        """Plants of which a step is left."""
        found = (PlantSteps(plant, self._of_plant(plant)) for plant in self.plants)
        return [each for each in found if each.open]

    def _connect(self) -> Step:
        title, add = "Connect a source", reverse("source_add")
        if not self.sources:
            return Step(title, State.NEXT, "With a service account that may only read.", add, "Add a source")
        names = _listed(source.title for source in self.sources)
        return Step(title, State.DONE, f"{names} connected.", reverse("sources"), "Sources")

    def _check(self) -> Step:
        title = "Check the connection"
        if not self.sources:
            return Step(title, State.BLOCKED, "There is no source yet.")
        for source in self.sources:
            if source.failures:
                said = f"{source.title} does not answer as it should: {_error(source, self.progress)}"
                return _checking(title, source, said)
        silent = [source for source in self.sources if not _heard(source, self.progress)]
        if silent:
            return _checking(
                title, silent[0], f"{silent[0].title} was not read yet. See what it lets us see."
            )
        return Step(title, State.DONE, f"{_listed(source.title for source in self.sources)}: read.")

    def _map(self) -> Step:
        title = "Map plants and machines"
        machines = sum(_machines(plant) for plant in self.plants)
        found = f"{_counted(len(self.plants), 'plant')}, {_counted(machines, 'machine')}"
        if left := sum(self.unmapped.values()):
            said = f"{_counted(left, 'plant, line or machine', 'plants, lines or machines')} of the sources "
            return Step(
                title, State.NEXT, f"{said}not mapped; {found} known.", queue_url(), "Map them in the queue"
            )
        if not self.plants:
            return Step(title, State.BLOCKED, "They come with the first sync.")
        return Step(title, State.DONE, f"{found}, all mapped.", reverse("overview"), "See them")

    def _shifts(self) -> Step:
        title = "Choose shifts"
        if not self.plants:
            return Step(title, State.BLOCKED, "There is no plant yet.")
        if without := [plant for plant in self.plants if _no_shifts(plant)]:
            names = _listed(plant.name for plant in without)
            said = f"{names}: no shift calendar. Until one is chosen, all hours count as planned."
            return Step(title, State.NEXT, said, _settings(without[0]), f"Choose for {without[0].name}")
        return Step(title, State.DONE, "Each plant has its calendar.", reverse("sources"), "Calendars")

    def _sync(self) -> Step:
        title, url = "First sync", reverse("sync_runs")
        if not self.sources:
            return Step(title, State.BLOCKED, "There is no source yet.")
        failing = [each for each in self.progress.streams if each.state == StreamState.FAILING]
        done = sum(each.state == StreamState.DONE for each in self.progress.streams)
        said = f"{number(done)} of {_counted(len(self.progress.streams), 'stream')} read"
        if failing:
            why = f"{failing[0].source}, {failing[0].label}: {failing[0].error or 'it fails'}"[:300]
            return Step(title, State.NEXT, f"{said}; {len(failing)} failing. {why}", url, "See what fails")
        if not self.progress.done:
            return Step(title, State.RUNNING, f"{said}; the rest is under way.", url, "All streams")
        said = f"{_counted(len(self.progress.streams), 'stream')} read; what changes follows by itself."
        return Step(title, State.DONE, said, url, "Syncs")

    def _dashboard(self) -> Step:
        title = "First dashboard"
        ready = next((plant for plant in self.plants if plant.history_from), None)
        if ready is None:
            return Step(title, State.BLOCKED, "Figures come as soon as records of machines are read.")
        url = reverse("plant", args=[ready.pk])
        return Step(title, State.DONE, f"{ready.name} has figures.", url, f"Open {ready.name}")

    def _of_plant(self, plant: Plant) -> tuple[Step, ...]:
        settings = _settings(plant)
        machines, left = _machines(plant), self.unmapped.get(plant.pk, 0)
        mapped = f"{_counted(machines, 'machine')} known"
        if left:
            said = f"{mapped}, {number(left)} not mapped."
            mapping = Step("Machines", State.NEXT, said, queue_url(plant), "Map them in the queue")
        elif machines:
            mapping = Step("Machines", State.DONE, f"{mapped}, all mapped.")
        else:
            mapping = Step("Machines", State.BLOCKED, "No machine of this plant was read yet.")
        assumed = plant.timezone == ASSUMED_ZONE
        zone = Step(
            "Time zone",
            State.NEXT if assumed else State.DONE,
            "UTC is assumed: its days are cut in it." if assumed else f"{plant.timezone}, {plant.currency}.",
            settings,
            "Settings",
        )
        no_shifts = "No calendar: all hours count as planned."
        shifts = (
            Step("Shifts", State.NEXT, no_shifts, settings, "Choose a calendar")
            if _no_shifts(plant)
            else Step("Shifts", State.DONE, str(plant.calendar or "Of each machine."))
        )
        return (mapping, zone, shifts, _figures_of(plant))


def unmapped_places(rows: QuerySet[SyncException]) -> QuerySet[SyncException]:
    """Those that wait for a plant, line or machine of a source to be mapped."""
    kinds = [str(kind) for kind in PLACES]
    waiting = rows.filter(status=SyncException.Status.OPEN, kind="unmapped_key")
    return waiting.filter(context__ref__kind__in=kinds).order_by()


def queue_url(plant: Plant | None = None) -> str:
    """The queue, with what waits to be mapped only."""
    return f"{reverse('exceptions')}?kind=unmapped_key{f'&plant={plant.pk}' if plant else ''}"


def _figures_of(plant: Plant) -> Step:
    if plant.history_from:
        url = reverse("plant", args=[plant.pk])
        return Step("Figures", State.DONE, "Its dashboard is ready.", url, "Open it")
    return Step("Figures", State.BLOCKED, "They come as soon as records of its machines are read.")


def _checking(title: str, source: Source, said: str) -> Step:
    url = reverse("source_check", args=[source.name])
    return Step(title, State.NEXT, said, url, f"Check {source.title}")


def _heard(source: Source, progress: Progress) -> bool:
    of_it = (each for each in progress.streams if each.source == source.title)
    return any(each.read or each.state == StreamState.DONE for each in of_it)


def _error(source: Source, progress: Progress) -> str:
    of_it = (each for each in progress.streams if each.source == source.title)
    return next((each.error for each in of_it if each.error), "see its syncs")[:300]


def _no_shifts(plant: Any) -> bool:
    return plant.calendar_id is None and (plant.bare or not plant.machines)


def _machines(plant: Any) -> int:
    return int(plant.machines)


def _settings(plant: Plant) -> str:
    return reverse("plant_settings", args=[plant.pk])


def _counted(count: int, one: str, more: str = "") -> str:
    return f"{number(count)} {one if count == 1 else more or f'{one}s'}"


def _listed(names: Iterable[str]) -> str:
    """Names as people list them: A, B and C."""
    *most, last = list(names)
    return f"{', '.join(most)} and {last}" if most else last
