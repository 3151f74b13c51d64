"""Answers of the API that a client may keep and ask for again: unchanged, they come as a bare 304."""

from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.http import parse_etags

from mfgportal.api.problems import problem_page

if TYPE_CHECKING:  # Django loads this before DRF can be
    from rest_framework.request import Request

VARY = ("Accept", "Authorization", "Cookie")
SALT = "mfgportal.api.conditional"


class Conditional(ConditionalGetMiddleware):
    """Of reading under /api/v1: an ETag, of the bytes where the view gives none, or 304.

    Nothing is kept for others (``private``), nor used without asking (``no-cache``): numbers heal.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not request.path.startswith("/api/v1/"):
            return response
        patch_vary_headers(response, VARY)
        if request.method not in {"GET", "HEAD"} or response.status_code >= HTTPStatus.BAD_REQUEST:
            patch_cache_control(response, no_store=True)
            return response
        patch_cache_control(response, private=True, no_cache=True)
        answer: HttpResponseBase = super().process_response(request, response)
        if answer.status_code == HTTPStatus.PRECONDITION_FAILED:
            return problem_page(request, HTTPStatus.PRECONDITION_FAILED, "It has changed since you read it.")
        return answer


def tag_of(request: "Request", state: object) -> str:
    """The ETag of what a request asks for in that state of the data. Weak: the bytes may be others."""
    known = orjson.dumps([request.get_full_path(), state], default=str, option=orjson.OPT_NON_STR_KEYS)
    return f'W/"{salted_hmac(SALT, known, algorithm="sha256").hexdigest()[:32]}"'


def is_known(request: "Request", tag: str) -> bool:
    """Whether the caller has it already."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or tag.removeprefix("W/") in {each.removeprefix("W/") for each in known}


def tagged(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response["ETag"] = tag
    return response
