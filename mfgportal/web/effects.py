"""What an exception holds back, and the two rows of a double, laid out for reading."""

from dataclasses import dataclass
from typing import Any

from kpis.definitions.base import Unit
from mfgportal.accounts.masks import may_see_costs
from mfgportal.accounts.models import User
from mfgportal.locales import number
from mfgportal.merge_preview import MergePreview, merge_previews
from mfgportal.web.format import MINUTE, amount
from sync.identities import CANONICAL
from sync.models import Identity, SyncException
from sync.records import Kind


@dataclass(frozen=True, slots=True)
class Impact:
    """``time`` of machines that the KPIs lack or that is doubtful, and ``money``, for people; "" for none."""

    time: str
    money: str


def impact(user: User, exception: SyncException) -> Impact:
    """What it holds back beside records, as last weighed; money only for those who may see costs."""
    if exception.status != SyncException.Status.OPEN or not exception.kpi_minutes:
        return Impact("", "")
    time = str(amount(exception.kpi_minutes * MINUTE, Unit.SECONDS))
    if exception.money is None or not may_see_costs(user):
        return Impact(time, "")
    return Impact(time, f"{number(exception.money)} {exception.currency}")


@dataclass(frozen=True, slots=True)
class Double:
    """One of two rows for one thing, with the names sources have for it."""

    id: int
    title: str
    source: str
    names: list[str]
    preview: MergePreview


def doubles(user: User, exception: SyncException) -> list[Double]:
    """The rows a double is about, each with what keeping it would do."""
    kind = Kind(exception.context["row"]["kind"])
    ids: list[int] = exception.context["rows"]
    model: Any = CANONICAL[kind]
    names = Identity.objects.filter(kind=kind.value, canonical_id__in=ids).select_related("source")
    previews = {each.keep: each for each in merge_previews(user, exception)}
    called = [(name.canonical_id, f"{name.external_key} in {name.source.title}") for name in names]
    return [
        Double(row.pk, str(row), row.source, [text for pk, text in called if pk == row.pk], previews[row.pk])
        for row in model.objects.filter(pk__in=ids).order_by("id")
    ]
