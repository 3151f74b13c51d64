"""A person's preferences, read once per request."""

from django.db.models import Exists, OuterRef

from mfgportal.accounts.access import plants_of
from mfgportal.accounts.models import User
from mfgportal.habits.models import Preference


def preference_of(user: User) -> Preference:
    """What the person prefers; the defaults, not saved, where nothing was ever chosen.

    One query, the first time it is asked for a ``user``; ``user.preference`` is set from then on. A default
    plant the person no longer may see is none.
    """
    if not Preference.user.field.remote_field.is_cached(user):
        _read(user)
    return user.preference


def _read(user: User) -> None:
    seen = Exists(plants_of(user).filter(pk=OuterRef("default_plant")))
    rows = Preference.objects.select_related("default_plant", "start_view").annotate(sees_plant=seen)
    kept = rows.filter(user=user).first()
    found: Preference = kept or Preference()
    found.user = user  # which remembers it on the person
    if kept and not kept.sees_plant:
        found.default_plant = None
