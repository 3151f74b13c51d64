"""What the API remembers: answers to requests that may be sent twice."""

from django.conf import settings
from django.db import models


class KeptAnswer(models.Model):
    """The answer to a request that came with an ``Idempotency-Key``, given again when it comes again.

    ``request`` is a digest of method, address and body: a key is good for one request. ``status`` None: the
    first one is still being worked on.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_per_key")]

    def __str__(self) -> str:
        return self.key
