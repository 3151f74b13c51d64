"""Keys of programs: made, shown once, kept as hashes, revoked: by who made one, or by an admin."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from knox.models import AuthToken

from kpis.models import Plant
from mfgportal.accounts.access import may
from mfgportal.accounts.models import ApiKey, User
from mfgportal.accounts.rights import Right
from mfgportal.accounts.scopes import Scope

PREFIX = "mfg_k"
"""Of tokens of keys: scanners of repositories know them by it."""
USE_NOTED_EVERY = timedelta(minutes=1)


def keys_of(user: User) -> QuerySet[ApiKey]:
    """Keys the person sees: their own, and an admin all."""
    keys = ApiKey.objects.select_related("owner", "token").prefetch_related("plants")
    return keys if may(user, Right.SEE_ALL_KEYS) else keys.filter(owner=user)


@transaction.atomic
def make_key(
    owner: User, name: str, scopes: Iterable[str], *, days: int, plants: Collection[Plant] = ()
) -> tuple[ApiKey, str]:
    """A key, and its token, which cannot be had again. No plants: all that the owner may see."""
    wanted = [scope for scope in Scope if scope in set(scopes)]
    token, text = AuthToken.objects.create(user=owner, expiry=timedelta(days=days), prefix=PREFIX)
    key = ApiKey.objects.create(
        name=name,
        owner=owner,
        token=token,
        prefix=token.token_key,
        scopes=wanted,
        all_plants=not plants,
        expires_at=token.expiry,
    )
    key.plants.set(plants)
    return key, text


@transaction.atomic
def revoke_key(user: User, pk: int) -> ApiKey:
    """Make a key useless at once. Safe to repeat. Raises Http404 for one the person may not see."""
    key = keys_of(user).select_for_update(of=("self",)).filter(pk=pk).first()
    if key is None:
        raise Http404
    if key.revoked_at is None:
        key.revoked_at, key.revoked_by = timezone.now(), user.username
        key.save(update_fields=["revoked_at", "revoked_by"])
    AuthToken.objects.filter(api_key=key).delete()
    return key


def revoke_all(owner: User, by: str) -> int:
    """Make every token of a person useless; how many there were."""
    ApiKey.objects.filter(owner=owner, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)
    count: int = AuthToken.objects.filter(user=owner).delete()[0]
    return count


def note_use(key: ApiKey) -> None:
    """Keep when it was last used, to the minute: not every request is to write."""
    now = timezone.now()
    if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
