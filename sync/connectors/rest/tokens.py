"""Tokens that outlive a connector: a source is read every minute, and signs in once per life of a token."""

import hashlib
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from sync.connectors.declared import transforms
from sync.connectors.declared.expressions import find, plain_text
from sync.connectors.rest.auth import Tokens
from sync.errors import SourceUnavailable

MARGIN_S = 60.0  # renew this long before a token ends


@dataclass(frozen=True, slots=True)
class Token:
    """``ends`` is on the monotonic clock."""

    value: str
    refresh: str
    ends: float

    @property
    def is_good(self) -> bool:
        return time.monotonic() < self.ends


class Store:
    """The tokens of this process, by who signed in where: a digest of what they signed in with."""

    def __init__(self) -> None:
        self._tokens: dict[str, Token] = {}
        self._lock = threading.Lock()

    def get(self, key: str) -> Token | None:
        with self._lock:
            return self._tokens.get(key)

    def put(self, key: str, token: Token) -> None:
        with self._lock:
            self._tokens[key] = token

    def drop(self, key: str, token: Token | None = None) -> None:
        """Forget a token; another one that has come meanwhile stays."""
        with self._lock:
            if token is None or self._tokens.get(key) == token:
                self._tokens.pop(key, None)


STORE = Store()


def key_of(*parts: str) -> str:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def token_in(where: Tokens, body: Any, server_now: datetime, url: str) -> Token:
    """The token an answer holds.

    Raises:
        SourceUnavailable: it holds none.
    """
    value = plain_text(find(where.token, body))
    if not value:
        raise SourceUnavailable(f"{url} signed us in, but gave no token at “{where.token}”.")
    refresh = plain_text(find(where.refresh, body)) if where.refresh else ""
    life = _life(where, body, server_now)
    return Token(value, refresh or "", time.monotonic() + max(life - min(MARGIN_S, life / 2), 1.0))


def _life(where: Tokens, body: Any, server_now: datetime) -> float:
    """Seconds the token lives, by the server's clock: ours may be off."""
    try:
        if where.expires_in and (seconds := find(where.expires_in, body)) is not None:
            return transforms.number(seconds)
        if where.expires_at and (ends := find(where.expires_at, body)) is not None:
            return (_moment(ends) - server_now).total_seconds()
    except ValueError:
        return where.life_s
    return where.life_s


def _moment(value: Any) -> datetime:
    if isinstance(value, int | float):
        return transforms.epoch_ms(value) if value > 1e11 else transforms.epoch_s(value)
    return transforms.iso_datetime(value, zone="UTC")


def clock(date_header: str) -> datetime:
    """The server's time as it tells it; ours where it does not."""
    try:
        return parsedate_to_datetime(date_header).astimezone(UTC)
    except (TypeError, ValueError):
        return datetime.now(UTC)
