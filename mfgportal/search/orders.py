"""Work orders: by the hundred thousand, so each way to them has an index."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Collate, Lower
from django.urls import reverse
from django.utils.http import urlencode

from kpis.models import WorkOrder
from mfgportal.accounts.access import orders_of
from mfgportal.accounts.models import User
from mfgportal.search.thing import Thing
from sync.models import Counterpart

EACH = 20
SEARCHED = 2000
CODES = ("number", "external_key")
COLUMNS = ("pk", "number", "title", "status", "external_key", "equipment_id", "equipment__name")
WORDS = re.compile(r"\w+")


def orders(user: User, query: str) -> Iterator[Thing]:
    """Those whose number or key begins so, in order, and those with all the words in their title."""
    mine, seen, elsewhere = orders_of(user), set[int](), _of_key(query)
    ways = (
        *(begins(mine, column, query) for column in CODES),
        mine.filter(pk__in=elsewhere),
        newest(titled(mine, query, SEARCHED)),
    )
    for rows in ways:
        for row in rows.values(*COLUMNS)[:EACH]:
            if row["pk"] not in seen:
                seen.add(row["pk"])
                yield _thing(row, (query,) if row["pk"] in elsewhere else ())


def coded(rows: QuerySet[WorkOrder], query: str) -> QuerySet[WorkOrder]:
    """By the beginning of its number or key, or the whole key of its record in another source."""
    found = Q(pk__in=_of_key(query))
    for column in CODES:
        found |= Q(pk__in=begins(WorkOrder.objects.all(), column, query).values("pk"))
    return rows.filter(found)


def begins(rows: QuerySet[WorkOrder], column: str, query: str) -> QuerySet[WorkOrder]:
    """By the beginning of a column, as its index has it: read in its order, the exact one comes first."""
    looked_for = Collate(Lower(column), "C")
    found = rows.alias(looked_for=looked_for).filter(looked_for__startswith=query.lower())
    return found.order_by(looked_for)


def titled(rows: QuerySet[WorkOrder], query: str, most: int) -> QuerySet[WorkOrder]:
    """By the beginnings of words of its title; of words that very many share, some orders only.

    Typed signs are no operators. The limit within keeps the planner from walking all orders backwards.
    """
    words = WORDS.findall(query.lower())
    if not any(len(word) > 1 for word in words):
        return rows.none()
    wanted = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    found = WorkOrder.objects.alias(words=SearchVector("title", config="simple")).filter(words=wanted)
    return rows.filter(pk__in=found.order_by().values("pk")[:most])


def newest(rows: QuerySet[WorkOrder]) -> QuerySet[WorkOrder]:
    """The newest first, sorted when they are found: by the index all orders were walked to find these."""
    return rows.order_by((F("pk") + 0).desc())


def _of_key(key: str) -> list[int]:
    """Orders of which a source tells under this very key."""
    if "/" not in key:
        return []
    rows = Counterpart.objects.filter(kind="work_order", external_key=key)
    return list(rows.values_list("canonical_id", flat=True))


def _thing(row: dict[str, Any], more: tuple[str, ...]) -> Thing:
    """``more``: what it is called besides, in another source."""
    codes = tuple(code for code in (row["number"], row["external_key"], *more) if code)
    if row["equipment_id"]:
        url = reverse("event", args=["work-order", row["pk"]])
    else:
        url = f"{reverse('maintenance_orders')}?{urlencode({'q': row['number'] or row['external_key']})}"
    detail = " · ".join(
        text for text in (row["equipment__name"] or "", row["status"].replace("_", " ")) if text
    )
    return Thing("work-order", row["pk"], row["title"], codes, detail, url)
