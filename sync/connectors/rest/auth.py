"""How an API wants to be told who asks. Templates may use ``api_key``, ``username`` and ``password``."""

from typing import Annotated, Any, Literal

from pydantic import Field

from sync.connectors.declared.expressions import Path, Template
from sync.connectors.declared.rules import Declared

Text = Annotated[str, Field(min_length=1)]


class NoAuth(Declared):
    type: Literal["none"] = "none"


class HeaderAuth(Declared):
    """A header, such as ``X-Api-Key``."""

    type: Literal["header"]
    name: Text
    value: Template = "{api_key}"


class QueryAuth(Declared):
    """A parameter of the address."""

    type: Literal["query"]
    name: Text
    value: Template = "{api_key}"


class BearerAuth(Declared):
    """``Authorization: Bearer …``; the key is the source's API key, or else its password."""

    type: Literal["bearer"]
    token: Template = "{api_key || password}"  # noqa: S105 a template


class BasicAuth(Declared):
    type: Literal["basic"]
    username: Template = "{username}"
    password: Template = "{password}"  # noqa: S105 a template


class Tokens(Declared):
    """Where an answer holds a token and its life; a token of unknown life is renewed after ``life_s``."""

    token: Path
    refresh: Path | None = None
    expires_in: Path | None = None
    expires_at: Path | None = None
    life_s: Annotated[float, Field(gt=0)] = 1500.0


class OAuth2(Declared):
    """OAuth2 client credentials. ``token_url``: a path of the source, or a whole https address."""

    type: Literal["oauth2"]
    token_url: Annotated[str, Field(pattern=r"^(/([^/].*)?|https://.+)$")]
    client_id: Template = "{username}"
    client_secret: Template = "{password || api_key}"  # noqa: S105 a template
    client_in: Literal["basic", "body"] = "basic"
    scope: str = ""
    parameters: dict[str, str] = {}
    answer: Tokens = Tokens(token="access_token", expires_in="expires_in")  # noqa: S106 a path


class Call(Declared):
    """A request that signs in. ``body`` is a template."""

    path: Annotated[str, Field(pattern=r"^/([^/].*)?$")]
    body: dict[str, Any]
    answer: Tokens


class LoginAuth(Declared):
    """A sign-in whose token goes into a header. ``refresh``: how to renew it; ``{refresh}`` is its token."""

    type: Literal["login"]
    login: Call
    refresh: Call | None = None
    header: Text = "Authorization"
    value: Template = "Bearer {token}"


Auth = Annotated[
    NoAuth | HeaderAuth | QueryAuth | BearerAuth | BasicAuth | OAuth2 | LoginAuth,
    Field(discriminator="type"),
]
