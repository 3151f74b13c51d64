"""What a declaration of an API may say."""

from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from sync.connectors.base import StreamSpec
from sync.connectors.declared.expressions import Path, Template
from sync.connectors.declared.rules import Declared
from sync.connectors.declared.streams import Name, Seconds, StreamRule
from sync.connectors.rest.auth import Auth, NoAuth
from sync.connectors.rest.paging import Pager, Paging, Unpaged

ApiPath = Annotated[Template, Field(pattern=r"^/([^/\s#][^\s#]*)?$")]
Meaning = Literal["rate_limit", "token_expired", "unavailable", "refused", "gone", "fine"]


class Limits(Declared):
    """Requests the API allows; ``max_wait_s`` is the longest pause taken inside a call."""

    per_second: Annotated[int, Field(gt=0)] | None = None
    per_minute: Annotated[int, Field(gt=0)] | None = None
    per_hour: Annotated[int, Field(gt=0)] | None = None
    max_wait_s: Annotated[float, Field(ge=0)] = 20.0


class ErrorRule(Declared):
    """What an answer means that the API words in its own way. All that is given must hold.

    Args:
        status: HTTP statuses.
        when: JMESPath into the body, for APIs that send errors with HTTP 200.
        says: part of the answer's text, in any case.
        wait_s: how long to wait after a ``rate_limit`` or ``unavailable`` that does not say.
    """

    status: list[int] = []
    when: Path | None = None
    says: str = ""
    means: Meaning
    wait_s: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def about_something(self) -> Self:
        if not (self.status or self.when or self.says):
            raise ValueError("wanted a `status`, a `when` or what it `says`")
        return self


class Listing(Declared):
    """How rows are asked for.

    Args:
        path: below the source's address; ``{parent.id}`` and the like are put in.
        params, body: templates with ``{size}``, ``{since}``, ``{option.name}`` and what the paging gives:
            ``{page}``, ``{offset}``, ``{cursor}`` or ``{after}``. What has no value is left out.
        rows: JMESPath to the list of rows in an answer; ``total`` to their number in all.
        paging: None = the declaration's.
    """

    path: ApiPath
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, Any] = {}
    body: Any = None
    rows: Path = "@"
    total: Path | None = None
    paging: Paging | None = None


class Incremental(Declared):
    """Reading what changed. The moment is ``{since}`` in the request, in ``format``.

    Args:
        format: of the moment; else a ``strftime`` pattern.
        overlap_s: how far each window reaches back, for rows that were written late.
        newest_first: the API has no filter, but lists what changed last first: reading stops where the
            last window began.
    """

    format: str = "iso"
    zone: str = "UTC"
    overlap_s: Annotated[int, Field(ge=0)] = 300
    newest_first: bool = False

    @field_validator("zone")
    @classmethod
    def known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ValueError, ZoneInfoNotFoundError) as error:
            raise ValueError(f"“{zone}” is no time zone such as Europe/Berlin") from error
        return zone


class Embed(Declared):
    """Something of another stream's list put into each row, read anew in each run.

    Args:
        stream: the list.
        from_: what of the row is looked up. ``by`` is what it is compared with in the list.
        keep: fields of the row found that are kept.
        parent: the list is a tree, and this is its reference upward: the row gets ``path``, the keys from the
            root down.
        optional: an API that refuses the list leaves the row without it.
    """

    stream: Name
    from_: Path = Field(alias="from")
    by: Path = "id"
    keep: list[str] = []
    parent: Path | None = None
    optional: bool = False


class Children(Declared):
    """Rows that are asked for by parent. A run looks up those that changed, then some of the others in turn.

    Args:
        of: the parents' stream.
        keep: fields of the parent that go into each row, under ``parent``.
        again_per_run: how many others are looked up again in each run.
        again_when: JMESPath on parents, which others those may be.
    """

    of: Name
    keep: Annotated[list[str], Field(min_length=1)] = ["id"]
    again_per_run: Annotated[int, Field(ge=0)] = 20
    again_when: Path | None = None


class RestStream(StreamRule, Listing):
    """One stream: how its rows are asked for, and what they mean."""

    incremental: Incremental | None = None
    children: Children | None = None
    embed: dict[Name, Embed] = {}

    @property
    def added(self) -> frozenset[str]:
        return frozenset(self.embed) | ({"parent"} if self.children else frozenset())

    @model_validator(mode="after")
    def one_way_to_read(self) -> Self:
        if self.children and self.incremental:
            raise ValueError("children are read when their parents change: leave `incremental` out")
        if self.incremental and self.incremental.newest_first and self.updated_at is None:
            raise ValueError("newest_first needs `updated_at`, to know where to stop")
        return self


class Version(Declared):
    """Where the API tells its version."""

    path: ApiPath
    from_: Path = Field(alias="from")


class RestDeclaration(Declared):
    """An API and its streams.

    Args:
        system: its name, for people. ``about``: what to know before connecting it.
        url: its address, where all who use it use the same.
        ui: address of its user interface; ``pages``: by model, the path of a record's page with ``{id}``.
        options: settings a source may have, with their defaults: ``{option.name}`` in requests.
        headers: sent with each request; what has no value is left out.
    """

    system: Annotated[str, Field(min_length=1, max_length=80)]
    about: str = ""
    url: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    ui: Annotated[str, Field(pattern=r"^(https?://\S+)?$")] = ""
    pages: dict[str, Annotated[Template, Field(pattern="^/")]] = {}
    options: dict[Name, str | int | float | bool | None] = {}
    auth: Auth = NoAuth()
    headers: dict[str, Template] = {}
    limits: Limits = Limits()
    errors: list[ErrorRule] = []
    paging: Paging = Unpaged()
    version: Version | None = None
    timeout_s: Seconds = 30
    total_s: Seconds = 120
    streams: Annotated[dict[Name, RestStream], Field(min_length=1)]

    @model_validator(mode="after")
    def streams_agree(self) -> Self:
        for name, stream in self.streams.items():
            for other in [one.stream for one in stream.embed.values()]:
                self._listed(name, "embed", other)
            if stream.children:
                self._listed(name, "children", stream.children.of)
        return self

    def _listed(self, name: str, part: str, other: str) -> None:
        found = self.streams.get(other)
        if found is None or found.children:
            raise ValueError(f"streams.{name}.{part}: “{other}” is no stream that is listed by itself")

    def specs(self) -> dict[str, StreamSpec]:
        """The streams as the engine knows them."""
        return {
            name: stream.spec(name, incremental=bool(stream.incremental or stream.children))
            for name, stream in self.streams.items()
        }

    def paging_of(self, listing: Listing) -> Pager:
        return listing.paging or self.paging
