"""Work orders: by the hundred thousand, so each way to them has an index."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet
from django.db.models.functions import Collate, Lower
from django.urls import reverse
from django.utils.http import urlencode

from kpis.models import WorkOrder
from mfgportal.accounts.access import orders_of
from mfgportal.accounts.models import User
from mfgportal.search.thing import Thing
from sync.models import Counterpart

EACH = 20
COLUMNS = ("pk", "number", "title", "status", "external_key", "equipment_id", "equipment__name")
WORDS = re.compile(r"\w+")


def orders(user: User, query: str) -> Iterator[Thing]:
    """Those whose number or key begins so, and those with all the words in their title, newest first."""
    seen: set[int] = set()
    for rows in (coded(orders_of(user), query), titled(orders_of(user), query)):
        for row in rows.order_by("-pk").values(*COLUMNS)[:EACH]:
            if row["pk"] not in seen:
                seen.add(row["pk"])
                yield _thing(row, query)


def coded(rows: QuerySet[WorkOrder], query: str) -> QuerySet[WorkOrder]:
    """By the beginning of its number or key, or the whole key of its record in another source."""
    number, key = Collate(Lower("number"), "C"), Collate(Lower("external_key"), "C")
    found = rows.alias(by_number=number, by_key=key)
    return found.filter(
        Q(by_number__startswith=query.lower())
        | Q(by_key__startswith=query.lower())
        | Q(pk__in=_of_key(query))
    )


def _of_key(key: str) -> list[int]:
    """Orders of which a source tells under this very key."""
    if "/" not in key:
        return []
    rows = Counterpart.objects.filter(kind="work_order", external_key=key)
    return list(rows.values_list("canonical_id", flat=True))


def titled(rows: QuerySet[WorkOrder], query: str) -> QuerySet[WorkOrder]:
    """By the beginnings of words of its title. Typed signs are no operators."""
    words = WORDS.findall(query.lower())
    if not words:
        return rows.none()
    wanted = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    return rows.alias(words=SearchVector("title", config="simple")).filter(words=wanted)


def _thing(row: dict[str, Any], query: str) -> Thing:
    codes = tuple(code for code in (row["number"], row["external_key"]) if code)
    if row["equipment_id"]:
        url = reverse("event", args=["work-order", row["pk"]])
    else:
        url = f"{reverse('maintenance_orders')}?{urlencode({'q': row['number'] or row['external_key']})}"
    detail = " · ".join(
        text for text in (row["equipment__name"] or "", row["status"].replace("_", " ")) if text
    )
    return Thing("work-order", row["pk"], row["title"], codes, detail, url)
