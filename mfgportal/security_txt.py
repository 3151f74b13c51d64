"""`/.well-known/security.txt` (RFC 9116): whom to tell of a weakness."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

GOOD_FOR = timedelta(days=180)
"""The portal is there to be asked again; the standard wants less than a year."""


@login_not_required
def security_txt(request: HttpRequest) -> HttpResponse:
    """404 where no contact is set: a contact nobody reads is worse than none."""
    if not settings.SECURITY_CONTACT:
        raise Http404("SECURITY_CONTACT is not set.")
    expires = (timezone.now() + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    contacts = [f"Contact: {_address(each)}" for each in settings.SECURITY_CONTACT]
    lines = [*contacts, f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: en"]
    lines.append(f"Canonical: {request.build_absolute_uri(request.path)}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _address(contact: str) -> str:
    """Contacts are URIs; a bare e-mail address becomes one."""
    return contact if ":" in contact else f"mailto:{contact}"
