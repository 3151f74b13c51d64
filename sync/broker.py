"""The queue of wake-ups: whether it answers, and how many wait in it. Losing all of them loses no work."""

import redis
from django.conf import settings

QUEUE = "celery"
PATIENCE_S = 1.0


def depth() -> int | None:
    """Messages no worker has taken yet; None when the broker does not answer."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
        ) as client:
            return int(client.llen(QUEUE))
    except redis.RedisError:
        return None
