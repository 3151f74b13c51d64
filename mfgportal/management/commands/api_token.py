"""`manage.py api_token USER`: an API token for a person, shown once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from knox.models import AuthToken

from mfgportal.accounts.models import User


class Command(BaseCommand):
    help = "Make an API token with the rights and plants of USER, and print it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="log-in name")
        parser.add_argument("--days", type=int, default=365, help="days until it expires (default 365)")
        parser.add_argument("--revoke", action="store_true", help="revoke every token of USER instead")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']!r}; manage.py portal_user makes one.")
        if options["revoke"]:
            count, _ = AuthToken.objects.filter(user=user).delete()
            self.stdout.write(f"{count} token(s) of {user.username} revoked.")
            return
        if options["days"] < 1:
            raise CommandError("--days must be 1 or more.")
        _, token = AuthToken.objects.create(user=user, expiry=timedelta(days=options["days"]))
        self.stdout.write(token)
