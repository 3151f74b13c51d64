"""What an answer about KPIs follows from, told cheaply: as long as it stays, so does the answer."""

from hashlib import sha256
from typing import Any

from kpis.definitions import CATALOGUE
from kpis.engine import UnsupportedBreakdown
from kpis.periods import publishing
from kpis.versions import component_versions, master_versions
from mfgportal.accounts.models import User
from mfgportal.api.errors import bad_parameter
from mfgportal.api.questions import Question
from mfgportal.place_ids import places
from sync.completeness import held_mark
from sync.freshness import freshness

RULES = sha256(repr(dict(CATALOGUE)).encode()).hexdigest()
"""Of the catalogue, which comes with the code."""


def state_of(question: Question, user: User) -> list[Any]:
    """Component rows of the scope, rows held back in it, names and rules, the age of the data, closed months,
    the asker.

    Raises a 400 where the KPIs cannot be split as asked.
    """
    selection = question.selection
    start, end = selection.window
    bys = [by for by in (question.by, "shift" if question.query.get("shift") else None) if by]
    try:
        rows = component_versions(question.kpis, question.scope_read, bys)
    except (UnsupportedBreakdown, ValueError) as refused:
        raise bad_parameter("by", str(refused)) from refused
    return [
        [RULES, selection.scope.first_day, selection.scope.last_day, selection.scope.plant_ids, user.role],
        rows,
        master_versions(selection.scope.plant_ids),
        held_mark(start=start, end=end, **places(selection)),
        freshness().data_as_of,
        publishing(selection.scope),
    ]
