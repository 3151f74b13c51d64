"""`manage.py portal_user NAME --role ROLE --plant PLANT`: make a person, or change one's role and plants."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from kpis.models import Plant
from mfgportal.accounts.models import Role, User
from mfgportal.accounts.people import forget_factors


class Command(BaseCommand):
    help = "Make a person with a role and plants, or change one. Asks for a new person's password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", choices=Role.values)
        parser.add_argument("--plant", action="append", help="code or name of a plant; repeat for several")
        parser.add_argument("--email")
        parser.add_argument(
            "--password", action="store_true", help="set a new password; read from standard input"
        )

        parser.add_argument(
            "--forget-factors", action="store_true", help="remove a lost second factor, and end all sessions"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        plants = None if options["plant"] is None else [_plant(name) for name in options["plant"]]
        user = User.objects.filter(username=options["username"]).first()
        new = user is None
        user = user or User(username=options["username"])
        user.role = options["role"] or user.role
        user.email = options["email"] if options["email"] is not None else user.email
        if new or options["password"]:
            user.set_password(_password(user))
        user.save()
        if plants is not None:
            user.plants.set(plants)
        if options["forget_factors"]:
            forget_factors(user)
        self.stdout.write(f"{user.username}: {user.get_role_display()}, {_reach(user)}.")


def _plant(name: str) -> Plant:
    found = Plant.objects.filter(Q(code__iexact=name) | Q(name__iexact=name)).first()
    if found is None:
        known = ", ".join(Plant.objects.values_list("name", flat=True)) or "none yet; run a first sync"
        raise CommandError(f"There is no plant {name!r}. Plants: {known}.")
    return found


def _password(user: User) -> str:
    password = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password, user)
    except ValidationError as refused:
        raise CommandError(" ".join(refused.messages)) from refused
    return password


def _reach(user: User) -> str:
    if user.sees_all_plants:
        return "all plants"
    return ", ".join(user.plants.values_list("name", flat=True)) or "no plants yet (--plant adds one)"
