"""The set-up: what is done, what comes next, and what stands in the way. For those who connect sources."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from mfgportal.accounts.access import Right, may, person, plants_of, require
from mfgportal.accounts.models import User
from mfgportal.habits.preferences import preference_of
from mfgportal.locales import number
from mfgportal.onboarding import Onboarding, PlantSteps, State, Step
from mfgportal.web.page import Crumb, page
from sync.progress import State as StreamState
from sync.progress import StreamProgress

TONES = {State.DONE: "good", State.NEXT: "info", State.RUNNING: "info", State.BLOCKED: ""}
WORDS = {State.DONE: "Done", State.NEXT: "To do", State.RUNNING: "Under way", State.BLOCKED: "Waits"}
ICONS = {State.NEXT: "right", State.RUNNING: "sync", State.BLOCKED: "clock"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as drawn; ``now``: it is the first that is to be done."""

    step: Step
    number: int
    word: str
    tone: str
    icon: str
    now: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The first sync of a source: rows of its streams together. ``total`` None: not every stream said it."""

    source: str
    read: int
    total: int | None
    rate_per_s: float
    left_s: float | None
    streams: list[StreamProgress]

    @property
    def share(self) -> int | None:
        """Percent, 99 at most: it is over when the streams are."""
        return min(self.read * 100 // self.total, 99) if self.total else None


@dataclass(frozen=True, slots=True)
class Reminder:
    """What is left of the set-up, in a line."""

    text: str


def welcome(request: HttpRequest) -> HttpResponse:
    require(person(request), Right.MANAGE_SOURCES)
    found = Onboarding(person(request))
    steps, new = found.steps, found.new_plants
    done = sum(step.state == State.DONE for step in steps)
    context: dict[str, Any] = {
        "title": "Set-up",
        "crumbs": [Crumb("Set-up")],
        "headline": _headline(found, steps, new),
        "steps": shown(steps),
        "done": done,
        "share": done * 100 // len(steps),
        "readings": readings(found) if not found.progress.done else [],
        "new_plants": [(each, shown(each.steps)) for each in new],
        "complete_plants": [plant for plant in found.plants if plant not in {each.plant for each in new}],
        "moving": bool(found.sources) and (not found.progress.done or steps[-1].state != State.DONE),
        "put_away": preference_of(person(request)).setup_put_away is not None,
    }
    return page(request, "setup", context)


@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    """No more reminders on the overview, until a new plant comes; posting again undoes it."""
    user = person(request)
    require(user, Right.MANAGE_SOURCES)
    found = preference_of(user)
    known = list(plants_of(user).order_by("pk").values_list("pk", flat=True))
    found.setup_put_away = known if found.setup_put_away is None else None
    found.save()
    if found.setup_put_away is None:
        messages.success(request, "The overview reminds of the set-up again.")
    else:
        messages.success(request, "Put away. It stays under Settings, and comes back with a new plant.")
    return redirect("welcome" if found.setup_put_away is None else "overview")


def reminder(user: User) -> Reminder | None:
    """For those who set the portal up, while something is left that they have not put away."""
    if not may(user, Right.MANAGE_SOURCES):
        return None
    found, known = Onboarding(user), preference_of(user).setup_put_away
    if known is not None and all(plant.pk in known for plant in found.plants):
        return None
    new = [each.plant.name for each in found.new_plants if known is None or each.plant.pk not in known]
    left = [step.title.lower() for step in found.steps if step.state != State.DONE] if known is None else []
    if not new and not left:
        return None
    word = "Plants" if known is None else "New"
    plants = f"{word}: {', '.join(new[:3])}{' and more' if len(new) > 3 else ''}. " if new else ""
    return Reminder(f"The set-up is not complete. {plants}{_left(left)}")


def shown(steps: tuple[Step, ...]) -> list[Shown]:
    first = next((n for n, step in enumerate(steps) if step.state in {State.NEXT, State.RUNNING}), None)
    return [
        Shown(step, n + 1, WORDS[step.state], TONES[step.state], ICONS.get(step.state, ""), n == first)
        for n, step in enumerate(steps)
    ]


def readings(found: Onboarding) -> list[Reading]:
    """How far each source is; of those read through nothing is left to tell."""
    return [
        _reading(source.title, streams)
        for source in found.sources
        if (streams := [each for each in found.progress.streams if each.source == source.title])
    ]


def _reading(source: str, streams: list[StreamProgress]) -> Reading:
    totals = [each.total for each in streams]
    ends = [each.eta for each in streams if each.state == StreamState.RUNNING]
    known = bool(ends) and all(ends) and not any(each.state == StreamState.WAITING for each in streams)
    last = max((end for end in ends if end), default=None)
    return Reading(
        source=source,
        read=sum(each.read for each in streams),
        total=None if None in totals else sum(total or 0 for total in totals),
        rate_per_s=sum(each.rate_per_s or 0.0 for each in streams),
        left_s=max((last - timezone.now()).total_seconds(), 1.0) if known and last else None,
        streams=streams,
    )


def _headline(found: Onboarding, steps: tuple[Step, ...], new: list[PlantSteps]) -> str:
    if not found.sources:
        return "Connect the first source"
    if not found.plants:
        return "The first sync is on its way"
    if new:
        return _plants_to_go(len(new))
    left = sum(step.state != State.DONE for step in steps)
    return "The portal is set up" if not left else f"Set-up: {left} step{'s' if left > 1 else ''} left"


def _plants_to_go(count: int) -> str:
    return "One plant is not complete yet" if count == 1 else f"{number(count)} plants are not complete yet"


def _left(left: list[str]) -> str:
    return f"Left: {', '.join(left)}." if left else ""
