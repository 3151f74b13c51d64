"""Keys of programs: everyone's own; an administrator sees all."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from mfgportal.accounts.access import Right, may, person
from mfgportal.accounts.audit import changes_of
from mfgportal.accounts.keys import keys_of, revoke_key
from mfgportal.accounts.models import ApiKey
from mfgportal.web.page import Crumb, page
from mfgportal.web.people_forms import KeyForm

HERE = "API keys"


@sensitive_variables("token")
def api_keys(request: HttpRequest) -> HttpResponse:
    """The keys; one that was just made is shown once, in the answer itself and nowhere else."""
    form = KeyForm(person(request), request.POST if request.method == "POST" else None)
    made, token = form.save() if form.is_bound and form.is_valid() else (None, "")
    response = page(request, "keys", _context(request, form, made, token), status=422 if form.errors else 200)
    add_never_cache_headers(response)
    return response


@require_POST
def api_key_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Make one useless."""
    key = revoke_key(person(request), pk)
    messages.success(request, f"{key.name} is revoked: it opens nothing any more.")
    return redirect("api_keys")


def _context(request: HttpRequest, form: KeyForm, made: ApiKey | None, token: str) -> dict[str, Any]:
    user = person(request)
    keys = keys_of(user)
    return {
        "title": HERE,
        "crumbs": [Crumb(HERE)],
        "keys": keys,
        "sees_all": may(user, Right.SEE_ALL_KEYS),
        "form": KeyForm(user) if made else form,
        "made": made,
        "token": token,
        "changes": changes_of(ApiKey.objects.filter(pk__in=keys.values("pk"))),
    }
