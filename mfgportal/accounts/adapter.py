import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

logger = logging.getLogger(__name__)


class ClosedSignup(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Accounts are made by an admin, or by the company's own provider."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Without the name that was typed: it may be a password in the wrong field."""
        logger.warning("A log-in failed, from %s", self.get_client_ip(request))

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """What was done is done: a mail server that is down must not make it look undone."""
        try:
            super().send_notification_mail(*args, **kwargs)
        except OSError as error:  # all of smtplib's are
            logger.warning("A person could not be told of a change of the account: %s", error)
