"""Problem details (RFC 9457, ``application/problem+json``), and those of what fails before the API's views.

Django loads it before DRF can be.
"""

from http import HTTPStatus
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views import defaults

PROBLEM_JSON = "application/problem+json"
NO_SUCH_ADDRESS = "The API has no such address; /api/docs/ lists those it has."


def problem(status: int, detail: str, **members: Any) -> dict[str, Any]:
    """Members of a problem document; ``type`` is about:blank, so ``title`` is the status phrase (§4.2.1)."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        **members,
    }


def problem_page(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """A problem that arose outside of the API's views."""
    body = orjson.dumps(problem(status, detail, instance=request.path))
    return HttpResponse(body, status=status, content_type=PROBLEM_JSON)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's ``handler400``."""
    if not _is_api(request):
        return defaults.bad_request(request, exception)
    return problem_page(request, HTTPStatus.BAD_REQUEST, "The request is malformed.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's ``handler404``."""
    if not _is_api(request):
        return defaults.page_not_found(request, exception)
    return problem_page(request, HTTPStatus.NOT_FOUND, NO_SUCH_ADDRESS)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's ``handler403``."""
    if not _is_api(request):
        return defaults.permission_denied(request, exception)
    return problem_page(request, HTTPStatus.FORBIDDEN, str(exception) or "You may not do this.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's ``handler500``. What went wrong is in the log, not in the answer."""
    if not _is_api(request):
        return defaults.server_error(request)
    return problem_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "The portal failed; it is in its log.")


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
