"""Every secret the database keeps: what it is encrypted with, and the change to another key."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from sync.secrets import EncryptedTextField, cipher, opened_by

TOKEN = "gAAAA"  # noqa: S105 - how every Fernet token of our age begins


def keys_in_use() -> Counter[str]:
    """Secrets by the id of the key that opens them; under "": those that no key of ours opens."""
    return Counter(opened_by(token) for token in _tokens())


@transaction.atomic
def encrypt_anew() -> int:
    """Encrypt every secret with the first key. Returns how many there are.

    Raises:
        cryptography.fernet.InvalidToken: no key of ours opens one of them; nothing is changed.
    """
    return sum(_fields_anew(*place) for place in _fields()) + sum(map(_factor_anew, _factors(locked=True)))


def _tokens() -> Iterator[str]:
    for model, field in _fields():
        yield from _stored(model, field).values_list("stored", flat=True)
    for factor in _factors():
        yield from _tokens_in(factor.data)


def _fields() -> list[tuple[type[models.Model], str]]:
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    ]


def _stored(model: type[models.Model], field: str) -> Any:
    """As the database has it: a cast text is not decrypted."""
    rows = model._default_manager.annotate(stored=Cast(field, models.TextField()))
    return rows.exclude(stored="").order_by("pk")


def _factors(*, locked: bool = False) -> Any:
    rows = Authenticator.objects.order_by("pk")
    return rows.select_for_update() if locked else rows


def _fields_anew(model: type[models.Model], field: str) -> int:
    rows = list(_stored(model, field).select_for_update().values_list("pk", "stored"))
    for key, token in rows:
        text = cipher().decrypt(token.encode()).decode()
        model._default_manager.filter(pk=key).update(**{field: text})
    return len(rows)


def _factor_anew(factor: Any) -> int:
    count = sum(1 for _ in _tokens_in(factor.data))
    if count:
        data = _replaced(factor.data, lambda token: cipher().rotate(token.encode()).decode())
        Authenticator.objects.filter(pk=factor.pk).update(data=data)
    return count


def _tokens_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _tokens_in(each)
    elif isinstance(value, str) and value.startswith(TOKEN):
        yield value


def _replaced(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(each, change) for name, each in value.items()}
    if isinstance(value, list):
        return [_replaced(each, change) for each in value]
    return change(value) if isinstance(value, str) and value.startswith(TOKEN) else value
