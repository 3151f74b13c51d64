"""Secrets at rest: a text field encrypted with the keys of ``settings.FIELD_ENCRYPTION_KEYS``.

The first key encrypts, all of them decrypt, so that a key is rotated by putting a new one in front.
"""

import hashlib
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=16)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """The cipher for the keys now in the settings."""
    return _cipher(tuple(settings.FIELD_ENCRYPTION_KEYS))


def key_id(key: str) -> str:
    """A name for a key, which tells nothing of it."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def opened_by(token: str) -> str:
    """Which of the keys in the settings opens a token: its ``key_id``; "" when none does."""
    for key in settings.FIELD_ENCRYPTION_KEYS:
        try:
            _cipher((key,)).decrypt(token.encode())
        except InvalidToken:
            continue
        return key_id(key)
    return ""


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # not generic at run time
    """A text stored as a Fernet token. Cannot be filtered on; an empty text stays empty."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return cipher().encrypt(text.encode()).decode() if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return cipher().decrypt(value.encode()).decode() if value else value
