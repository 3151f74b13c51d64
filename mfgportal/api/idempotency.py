"""Requests that change something may be sent twice: with an ``Idempotency-Key`` they are done once."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from mfgportal.accounts.access import person
from mfgportal.api.errors import Conflict, bad_parameter
from mfgportal.api.models import KeptAnswer
from mfgportal.api.problems import PROBLEM_JSON

HEADER = "Idempotency-Key"
LONGEST = 255
KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=10)
"""A request that has no answer by then died with its process."""

KEY = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Any text of yours, up to 255 characters, such as a UUID. The same request with the same key "
    "is done once: sent again within 24 hours, it gets the first answer. Another request with the key gets "
    "422, one that comes while the first is still worked on 409.",
)


class KeyReused(APIException):
    """The key belongs to another request."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_detail = f"This {HEADER} was sent with another request. Use a new one."
    default_code = "idempotency_key_reused"


def once(
    request: Request, action: Callable[[], Response], refuse: Callable[[Exception], Response]
) -> Response:
    """The answer to a request: that of the first with its key, or a new one, kept with what the action wrote.

    Args:
        action: does it and answers.
        refuse: makes an answer of an error, which is kept too unless it is a server's.

    Raises:
        KeyReused: the key came with another request.
        Conflict: the first one is still worked on.
    """
    key = request.headers.get(HEADER, "")
    if not key:
        return action()
    if len(key) > LONGEST or not key.isprintable():
        raise bad_parameter(HEADER, f"Wanted up to {LONGEST} printable characters.")
    kept = _claim(request, key)
    if kept.status is not None:
        return _again(kept)
    return _do(kept, action, refuse)


def _claim(request: Request, key: str) -> KeptAnswer:
    """The first to write the key works on it. The others find an answer, or are told to wait."""
    user, digest = person(request), _digest(request)
    now = timezone.now()
    KeptAnswer.objects.filter(at__lt=now - KEPT).delete()
    KeptAnswer.objects.filter(user=user, key=key, status=None, at__lt=now - ABANDONED).delete()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(user=user, key=key, request=digest)
    except IntegrityError:
        kept = KeptAnswer.objects.filter(user=user, key=key).first()
    if kept is not None and kept.request != digest:
        raise KeyReused
    if kept is None or kept.status is None:
        raise Conflict(f"A request with this {HEADER} is being worked on. Ask again in a moment.")
    return kept


def _digest(request: Request) -> str:
    body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
    return sha256(b"\n".join((str(request.method).encode(), request.path.encode(), body))).hexdigest()


def _again(kept: KeptAnswer) -> Response:
    kind = PROBLEM_JSON if kept.status and kept.status >= HTTPStatus.BAD_REQUEST else None
    headers = {"Idempotency-Replayed": "true"}
    return Response(kept.body, status=kept.status, headers=headers, content_type=kind)


def _do(
    kept: KeptAnswer, action: Callable[[], Response], refuse: Callable[[Exception], Response]
) -> Response:
    try:
        with transaction.atomic():
            answer = action()
            _keep(kept, answer)
            return answer
    except Exception as error:
        # What was committed before the error, such as a broker's that is down, stays answered.
        KeptAnswer.objects.filter(pk=kept.pk, status=None).delete()
        if not isinstance(error, APIException) or error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        answer = refuse(error)
        _keep(KeptAnswer(user=kept.user, key=kept.key, request=kept.request), answer)
        return answer


def _keep(kept: KeptAnswer, answer: Response) -> None:
    kept.status, kept.body = answer.status_code, _plain(answer.data)
    kept.save()


def _plain(data: Any) -> Any:
    """What was answered, as JSON keeps it."""
    if isinstance(data, BaseSerializer):
        data = data.data
    return orjson.loads(orjson.dumps(data, default=str))
