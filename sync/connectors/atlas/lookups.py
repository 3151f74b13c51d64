"""One parent's children as rows."""

from functools import cached_property

from sync.connectors.atlas import faults, listing, values
from sync.connectors.atlas.client import AtlasClient
from sync.connectors.atlas.masters import IS_DOWN
from sync.connectors.atlas.spec import ChildStream, slim
from sync.connectors.atlas.streams import LISTED
from sync.connectors.base import Payload, Row
from sync.errors import SchemaDrift, SourceRefused
from sync.records import CostCategory, Kind

SAME_START_S = 1.0


class Lookups:
    """Children of work orders. The key holds the parent's id: ``labor/31.7`` is row 7 of work order 31."""

    def __init__(self, client: AtlasClient, stream: ChildStream) -> None:
        self.client, self.stream = client, stream

    def rows(self, parent: Payload, share: float = 1.0) -> list[Row]:
        children = self.children(int(parent["id"]), share)
        listing.check_fields(self.stream.spec, children)
        return [self._row(parent, child, share) for child in children]

    def keys(self, parent: int, share: float) -> list[str]:
        return [self._key(parent, child) for child in self.children(parent, share)]

    def children(self, parent: int, share: float) -> list[Payload]:
        """Empty when the parent was deleted meanwhile."""
        try:
            answer = self.client.get(self.stream.path.format(parent), share=share)
        except faults.NotThere:
            return []
        found = faults.must_be(list, answer, self.client.base)
        if not all(listing.has_id(row) for row in found):
            raise SchemaDrift(self.stream.spec.model, ["id: expected integer, found a row without one"])
        return sorted({row["id"]: row for row in found}.values(), key=lambda row: int(row["id"]))

    def _row(self, parent: Payload, child: Payload, share: float) -> Row:
        payload = {**slim(child, self.stream.spec), "parent": {"id": parent["id"], **self._about(parent)}}
        return Row(self._key(int(parent["id"]), child), payload, values.parsed(child.get("updatedAt")))

    def _key(self, parent: int, child: Payload) -> str:
        return f"{self.stream.spec.model}/{parent}.{child['id']}"

    def _about(self, parent: Payload) -> Payload:
        return {"customId": parent.get("customId")}


class DowntimeLookups(Lookups):
    """Downtimes of assets. Atlas also stops every asset above the one that fails: those are ``inherited``."""

    def __init__(self, client: AtlasClient, stream: ChildStream) -> None:
        super().__init__(client, stream)
        self._known: dict[int, list[Payload]] = {}

    def children(self, parent: int, share: float) -> list[Payload]:
        """Looked up once per run: an asset's downtimes are also needed by the asset above."""
        if parent not in self._known:
            self._known[parent] = super().children(parent, share)
        return self._known[parent]

    def down(self) -> list[Payload]:
        return [asset for asset in self._assets if IS_DOWN.get(str(asset.get("status")))]

    def _row(self, parent: Payload, child: Payload, share: float) -> Row:
        row = super()._row(parent, child, share)
        row.payload["inherited"] = self._inherited(int(parent["id"]), child, share)
        return row

    def _inherited(self, asset: int, downtime: Payload, share: float) -> bool:
        start = values.parsed(downtime.get("startsOn"))
        if start is None:
            return False
        below = (one for child in self._below.get(asset, []) for one in self.children(child, share))
        starts = (values.parsed(one.get("startsOn")) for one in below)
        return any(abs((other - start).total_seconds()) <= SAME_START_S for other in starts if other)

    @cached_property
    def _assets(self) -> list[Payload]:
        return [row for found in listing.pages(self.client, LISTED["assets"].path) for row in found.rows]

    @cached_property
    def _below(self) -> dict[int, list[int]]:
        below: dict[int, list[int]] = {}
        for asset in self._assets:
            below.setdefault(values.linked(asset, "parentAsset"), []).append(int(asset["id"]))
        return below


class CostLookups(Lookups):
    """Additional costs. What each was spent on follows from its category: option ``cost_categories``."""

    def _row(self, parent: Payload, child: Payload, share: float) -> Row:
        row = super()._row(parent, child, share)
        category = child.get("category")
        name = values.name_of(category) if isinstance(category, dict) else ""
        row.payload["spent_on"] = self._meanings.get(name, CostCategory.OTHER).value
        return row

    @cached_property
    def _meanings(self) -> dict[str, CostCategory]:
        found = self.client.config.options.get("cost_categories") or {}
        try:
            return {str(name): CostCategory(meaning) for name, meaning in dict(found).items()}
        except (TypeError, ValueError):
            wanted = ", ".join(CostCategory)
            raise SourceRefused(
                f'The option "cost_categories" should say of names of Atlas whether they are {wanted}, '
                f'such as {{"External service": "contractor"}}; found {found!r}.'
            ) from None


def lookups_of(client: AtlasClient, stream: ChildStream) -> Lookups:
    if stream.parent == "assets":
        return DowntimeLookups(client, stream)
    return (CostLookups if Kind.COST in stream.spec.kinds else Lookups)(client, stream)
