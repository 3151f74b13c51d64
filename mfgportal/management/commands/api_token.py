"""`manage.py api_token USER`: an API token for a person, shown once; with scopes it is a key."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from knox.models import AuthToken

from kpis.models import Plant
from mfgportal.accounts.access import plants_of
from mfgportal.accounts.keys import make_key, revoke_all
from mfgportal.accounts.models import User
from mfgportal.accounts.scopes import Scope


class Command(BaseCommand):
    help = "Make an API token with the rights and plants of USER, and print it. It cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="log-in name")
        parser.add_argument("--days", type=int, default=365, help="days until it expires (default 365)")
        parser.add_argument(
            "--scope",
            action="append",
            help=f"what it may be used for; repeat for several: {', '.join(Scope)}. None: all that USER may",
        )
        parser.add_argument("--plant", action="append", help="code or name; with --scope: only these plants")
        parser.add_argument("--name", default="", help="of the program that will use it")
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
    """In clear. A plant without a scope is refused: a token without scopes knows no plants."""
    scopes, plants = options["scope"] or [], options["plant"] or []
    if unknown := sorted(set(scopes) - {scope.value for scope in Scope}):
        raise CommandError(f"There is no scope {', '.join(unknown)}. Scopes: {', '.join(Scope)}.")
    if scopes:
        chosen = [_plant(user, name) for name in plants]
        return make_key(user, options["name"] or "command line", scopes, days=options["days"], plants=chosen)[
            1
        ]
    if plants:
        raise CommandError("--plant goes with --scope.")
    token: str = AuthToken.objects.create(user=user, expiry=timedelta(days=options["days"]))[1]
    return token


def _plant(user: User, name: str) -> Plant:
    found = plants_of(user).filter(Q(code__iexact=name) | Q(name__iexact=name)).first()
    if found is None:
        raise CommandError(f"{user.username} sees no plant {name!r}.")
    return found
