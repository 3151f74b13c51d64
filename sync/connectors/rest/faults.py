"""An API's ways to say no, turned into ours: by the declaration's own rules first, then by HTTP's."""

import json
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from sync.connectors.declared.expressions import find as found_at
from sync.connectors.declared.expressions import plain_text, truthy
from sync.connectors.rest.declaration import ErrorRule, RestDeclaration
from sync.errors import BadRow, LoginRefused, SourcePaused, SourceRefused, SourceUnavailable, SyncError

SHOWN = 300
WAIT_S = 60.0
LONGEST_WAIT_S = 86400.0
RESETS = ("RateLimit-Reset", "X-RateLimit-Reset", "X-Rate-Limit-Reset")
SAID = ("message", "error.message", "error_description", "error", "errors[0].message", "errors[0]", "detail")
GONE = (404, 410)
NOT_UNDERSTOOD = (400, 405, 406, 409, 415, 422)


class TokenRejected(SyncError):
    """What we signed in with counts no more; a new sign-in may help, once."""


class SignInRefused(SyncError):
    """The sign-in itself was refused: another one would be, and might lock the account."""


class NotThere(SourceRefused):
    """What was asked for is not there: a parent that is gone, or a path the API does not have."""


class NotUnderstood(SourceRefused):
    """The API does not take the request as it is: a wrong parameter, or a place in a list that is lost."""


class Forbidden(SourceRefused):
    """The account may not."""


def unreadable(url: str, content: bytes) -> SourceUnavailable:
    if content.lstrip()[:1] in (b"{", b"["):
        return SourceUnavailable(f"The answer of {url} broke off.")
    return SourceUnavailable(
        f"{url} answered something that is not JSON (a maintenance page?): if this lasts, check the address "
        "on the Sources page."
    )


def said(body: Any, content: bytes) -> str:
    """The API's own words in an error, shortened."""
    for path in SAID:
        text = plain_text(_found(path, body))
        if text and text not in ("true", "false"):
            return " ".join(text.split())[:SHOWN]
    if content.lstrip()[:1] in (b"<", b""):
        return ""
    return " ".join(content[: 4 * SHOWN].decode(errors="replace").split())[:SHOWN]


def _found(path: str, body: Any) -> Any:
    try:
        return found_at(path, body)
    except BadRow:
        return None


class Faults:
    """Classes the answers of one source."""

    def __init__(self, declaration: RestDeclaration, url: str, user: str) -> None:
        self.declaration, self.url, self.user = declaration, url, user
        self.system = declaration.system

    def of(self, path: str, response: httpx.Response, body: Any, content: bytes) -> SyncError | None:
        """What is wrong with an answer; None when it is fine."""
        words = said(body, content)
        rule = self._rule(response.status_code, body, content)
        if rule is not None:
            return self._declared(rule, path, response, words)
        return None if response.is_success else self._by_status(path, response, words)

    def _rule(self, status: int, body: Any, content: bytes) -> ErrorRule | None:
        return next((one for one in self.declaration.errors if _holds(one, status, body, content)), None)

    def _declared(self, rule: ErrorRule, path: str, response: httpx.Response, words: str) -> SyncError | None:
        match rule.means:
            case "rate_limit":
                return self._limited(response, rule.wait_s)
            case "token_expired":
                return TokenRejected(words)
            case "unavailable":
                return self._failed(path, response, words, rule.wait_s)
            case "gone":
                return NotThere(self._told(path, response, words))
            case "refused":
                return SourceRefused(self._told(path, response, words))
            case _:
                return None

    def _by_status(self, path: str, response: httpx.Response, words: str) -> SyncError:
        status = response.status_code
        if status == 401:
            return TokenRejected(words)
        if status == 429:
            return self._limited(response, None)
        if status in (408, 425) or status >= 500:
            return self._failed(path, response, words, None)
        if status == 403:
            return Forbidden(
                f"{self.system} does not let this account read {path}: give it the right to. "
                f"It says: {words or 'nothing'}"
            )
        if status in GONE:
            return NotThere(self._told(path, response, words))
        if status in NOT_UNDERSTOOD:
            return NotUnderstood(self._told(path, response, words))
        if 300 <= status < 400:
            return SourceRefused(
                f"{self.url} sends us on to another address: enter that one on the Sources page."
            )
        return SourceRefused(self._told(path, response, words))

    def _told(self, path: str, response: httpx.Response, words: str) -> str:
        return (
            f"{self.system} refused {path} (HTTP {response.status_code}): {words or 'no reason given'}. "
            "Check its declaration and address."
        )

    def _limited(self, response: httpx.Response, wait_s: float | None) -> SourcePaused:
        wait = asked_wait(response) or wait_s or WAIT_S
        return SourcePaused(
            f"{self.system} limits our requests; reading goes on in {wait:.0f} s.", retry_after=wait
        )

    def _failed(
        self, path: str, response: httpx.Response, words: str, wait_s: float | None
    ) -> SourceUnavailable:
        return SourceUnavailable(
            f"{self.system} at {self.url} failed at {path} (HTTP {response.status_code}): "
            f"{words or 'no reason given'}",
            retry_after=asked_wait(response) or wait_s,
        )

    def login_refused(self, words: str) -> LoginRefused:
        return LoginRefused(
            f"{self.system} at {self.url} refused the log-in of '{self.user}': check the user name and "
            f"password, or the API key, on the Sources page. It says: {words or 'nothing'}"
        )


def _holds(rule: ErrorRule, status: int, body: Any, content: bytes) -> bool:
    if rule.status and status not in rule.status:
        return False
    if rule.says and rule.says.lower() not in content.decode(errors="replace").lower():
        return False
    if rule.when is None:
        return bool(rule.status) or status >= 300  # words alone may stand in any good answer
    try:
        return truthy(rule.when, body)
    except BadRow:
        return False


def asked_wait(response: httpx.Response) -> float | None:
    """Seconds the API asks us to wait, by ``Retry-After`` or by one of the usual rate-limit headers."""
    given = response.headers.get("Retry-After", "").strip()
    if given and (wait := _seconds(given)) is not None:
        return wait
    if response.status_code not in (403, 429, 503):
        return None
    resets = (response.headers.get(name, "").strip() for name in RESETS)
    return next((wait for one in resets if one and (wait := _seconds(one)) is not None), None)


def _seconds(given: str) -> float | None:
    """Seconds, a moment since 1970, or an HTTP date."""
    try:
        wait = float(given)
    except ValueError:
        try:
            wait = (parsedate_to_datetime(given).astimezone(UTC) - datetime.now(UTC)).total_seconds()
        except ValueError:
            return None
    if wait > 1e9:
        wait -= time.time() * (1000 if wait > 1e11 else 1)
    return min(max(wait, 1.0), LONGEST_WAIT_S)


def body_of(content: bytes) -> Any:
    """The JSON in an answer; None when there is none. Raises ValueError when it is no JSON."""
    return json.loads(content) if content.strip() else None
