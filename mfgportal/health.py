"""Whether this process can serve: asked by load balancers, containers and the runner."""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse


@login_not_required
def health(request: HttpRequest) -> HttpResponse:
    """200 `ok`, or 503 naming the server that does not answer."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        return HttpResponse("no answer from PostgreSQL", status=503, content_type="text/plain")
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            client.ping()
    except redis.ConnectionError:
        return HttpResponse("no answer from Redis", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
