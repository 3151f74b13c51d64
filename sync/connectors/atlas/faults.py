"""Atlas's ways to say no, turned into ours."""

import json
import re
from typing import Any

from sync.errors import LoginRefused, SchemaDrift, SourcePaused, SourceRefused, SourceUnavailable, SyncError

SHOWN = 300
EXPIRED = "expired or invalid jwt token"


class NotThere(SourceRefused):
    """The row asked for is gone; the caller goes on without it."""


class TokenRejected(SyncError):
    """The access token counts no more; a new log-in may help, once."""


class NotAtlas(SourceUnavailable):
    """Something else answered: a maintenance page, or the user interface."""


def not_atlas(url: str) -> NotAtlas:
    return NotAtlas(
        f"{url} answered something that is not Atlas's JSON (a maintenance page?): "
        "if this lasts, check the address on the Sources page."
    )


def json_of(url: str, content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        if content.lstrip()[:1] in (b"{", b"["):
            raise SourceUnavailable(f"The answer of {url} broke off.") from error
        raise not_atlas(url) from error


def message_of(content: bytes) -> str:
    """Atlas's own words in an error body, shortened; "" when it is not Atlas's JSON."""
    try:
        found = json.loads(content)
    except ValueError:
        return ""
    return " ".join(str(found.get("message", "")).split())[:SHOWN] if isinstance(found, dict) else ""


def login_refused(url: str, user: str, said: str) -> LoginRefused:
    return LoginRefused(
        f"Atlas at {url} refused the log-in of '{user}': check the e-mail and password, or the API key, "
        f"on the Sources page. Atlas says: {said or 'nothing'}"
    )


def from_status(url: str, path: str, status: int, body: bytes) -> SyncError:
    """Class an error answer. Atlas sends HTTP 500 for an expired token."""
    said = message_of(body)
    if status == 401 or EXPIRED in said.lower():
        return TokenRejected(said)
    if status == 429:
        return SourcePaused(  # each worker has a budget of its own, so together they may ask too much
            "Atlas limits our requests; reading goes on in a minute. RATE_LIMIT_* in Atlas sets the limits.",
            retry_after=60,
        )
    if status == 404 and said:
        return NotThere(f"{path}: {said}")
    if status in (404, 405):
        return not_atlas(url)
    if status >= 500:
        return SourceUnavailable(
            f"Atlas at {url} failed at {path} (HTTP {status}): {said or 'no reason given'}"
        )
    return _refusal(url, path, status, said)


def _refusal(url: str, path: str, status: int, said: str) -> SyncError:
    if 300 <= status < 400:
        return SourceRefused(f"{url} sends us on to another address: enter that one on the Sources page.")
    if re.search("invalid search field", said, re.IGNORECASE):
        return SchemaDrift(path.strip("/"), [said])
    if status == 403:
        return SourceRefused(
            f"Atlas does not let this account read {path}: give it the role Administrator. An API key also "
            f"needs a licence with API access; without one use e-mail and password. "
            f"Atlas says: {said or 'nothing'}"
        )
    return SourceRefused(f"Atlas refused {path} (HTTP {status}): {said or 'no reason given'}")


def must_be(kind: type, value: Any, url: str) -> Any:
    """``value`` if it is of this kind; anything else is not Atlas's answer."""
    if not isinstance(value, kind):
        raise not_atlas(url)
    return value
