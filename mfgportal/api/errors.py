"""Errors of the API's views as problem details (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.exceptions import PermissionDenied as ApiPermissionDenied
from rest_framework.response import Response
from rest_framework.views import exception_handler

from mfgportal.api.bodies import TooLarge
from mfgportal.api.problems import PROBLEM_JSON, problem
from mfgportal.scope import BadScope


class Conflict(APIException):
    """The thing is no longer in the state the request assumes."""

    status_code = HTTPStatus.CONFLICT
    default_detail = "It has changed meanwhile; read it again."
    default_code = "conflict"


class Unready(APIException):
    """A part the request needs does not answer now, such as the task queue."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_code = "unavailable"


class NotInstalled(APIException):
    """A part of the portal that an installation may leave out."""

    status_code = HTTPStatus.NOT_IMPLEMENTED
    default_code = "not_installed"


def bad_parameter(name: str, detail: str) -> ValidationError:
    """A 400 that names the parameter at fault."""
    return ValidationError({name: [detail]})


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's ``EXCEPTION_HANDLER``: the usual statuses and headers, the body as problem details."""
    exc = _as_api(exc)
    response = exception_handler(exc, context)
    if response is None:
        return None
    headers = {name: response[name] for name in ("WWW-Authenticate", "Retry-After") if name in response}
    more = {"instance": context["request"].path, **_fields(exc)}
    body = problem(response.status_code, _sentence(exc), **more)
    return Response(body, status=response.status_code, headers=headers, content_type=PROBLEM_JSON)


def _as_api(exc: Exception) -> Exception:
    if isinstance(exc, PermissionDenied):
        return ApiPermissionDenied(str(exc) or None)
    if isinstance(exc, RequestDataTooBig):
        return TooLarge("The body is larger than the portal takes.")
    if isinstance(exc, BadScope):
        return bad_parameter(exc.parameter, exc.message)
    if isinstance(exc, Http404):
        return NotFound("There is no such record, or it belongs to a plant you may not see.")
    return exc


def _sentence(exc: Exception) -> str:
    if not isinstance(exc, APIException):
        return str(exc)
    fields = _fields(exc).get("errors", [])
    return " ".join(f"{error['parameter']}: {error['detail']}" for error in fields) or _first(exc.detail)


def _fields(exc: Exception) -> dict[str, list[dict[str, str]]]:
    """``errors``: one entry per parameter or field at fault."""
    if not isinstance(exc, ValidationError) or not isinstance(exc.detail, dict):
        return {}
    pairs = [(str(name), _first(detail)) for name, detail in exc.detail.items()]
    return {"errors": [{"parameter": name, "detail": detail} for name, detail in pairs]}


def _first(detail: Any) -> str:
    return _first(detail[0]) if isinstance(detail, list) and detail else str(detail)
