"""`manage.py api_token USER`: an API key of a person, shown once; as those made on /account/keys/."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from kpis.models import Plant
from mfgportal.accounts.access import plants_of
from mfgportal.accounts.keys import make_key, revoke_all
from mfgportal.accounts.models import User
from mfgportal.accounts.scopes import KNOWN, Scope


class Command(BaseCommand):
    help = "Make an API token with the rights and plants of USER, and print it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="log-in name")
        parser.add_argument("--days", type=int, default=365, help="days until it expires (default 365)")
        parser.add_argument(
            "--scope",
            action="append",
            help=f"what it may be used for; repeat for several: {', '.join(Scope)} (default: admin)",
        )
        parser.add_argument(
            "--plant", action="append", help="code or name; repeat for several (default: all of USER)"
        )
        parser.add_argument("--name", default="command line", help="of the program that will use it")
        parser.add_argument("--revoke", action="store_true", help="revoke every token of USER instead")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"]).first()
        if user is None:
            raise CommandError(f"There is no user {options['user']!r}; manage.py portal_user makes one.")
        if options["revoke"]:
            self.stdout.write(f"{revoke_all(user, 'command line')} token(s) of {user.username} revoked.")
            return
        if options["days"] < 1:
            raise CommandError("--days must be 1 or more.")
        self.stdout.write(_token(user, options))


def _token(user: User, options: dict[str, Any]) -> str:
    """In clear. Raises ``CommandError`` for scopes and plants that are none."""
    scopes = options["scope"] or [Scope.ADMIN]
    if unknown := sorted(set(scopes) - KNOWN):
        raise CommandError(f"There is no scope {', '.join(unknown)}. Scopes: {', '.join(Scope)}.")
    plants = [_plant(user, name) for name in options["plant"] or []]
    _, token = make_key(user, options["name"], scopes, days=options["days"], plants=plants)
    return token


def _plant(user: User, name: str) -> Plant:
    found = plants_of(user).filter(Q(code__iexact=name) | Q(name__iexact=name)).first()
    if found is None:
        raise CommandError(f"{user.username} sees no plant {name!r}.")
    return found
