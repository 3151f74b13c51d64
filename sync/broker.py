"""The queues of wake-ups: whether they answer, and how many wait in them. Losing all loses no work."""

import redis
from django.conf import settings

QUEUES = ("celery", "reading")
PATIENCE_S = 1.0


def depth() -> int | None:
    """Messages no worker has taken yet; None when the broker does not answer."""
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
        ) as client:
            return sum(int(client.llen(queue)) for queue in QUEUES)
    except redis.RedisError:
        return None
