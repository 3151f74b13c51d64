"""Adds, checks and lists source systems."""

import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import URLValidator, validate_slug

from sync.connectors import REGISTRY
from sync.errors import SyncError
from sync.models import Source
from sync.sources import add_source, check


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="add a source, or change it")
        add.add_argument("name", help="short name, such as odoo")
        add.add_argument("--connector", required=True, choices=sorted(REGISTRY))
        add.add_argument("--url", required=True, help="base address, such as https://odoo.example.com")
        add.add_argument("--title", default="", help="name for people")
        add.add_argument("--database", default="", help="Odoo's database")
        add.add_argument("--username", default="", help="of the service account; for Atlas its e-mail")
        add.add_argument(
            "--password-env", default="", help="variable that holds the password; else it is asked for"
        )
        add.add_argument(
            "--api-key-env", default="", help="variable that holds an API key, instead of a password"
        )
        actions.add_parser("check", help="test the connection").add_argument("name")
        actions.add_parser("list", help="list sources")

    def handle(self, *, action: str, **options: Any) -> None:
        {"add": self.add, "check": self.check_source, "list": self.list_sources}[action](options)

    def add(self, options: dict[str, Any]) -> None:
        name = options["name"]
        try:
            validate_slug(name)
            URLValidator(schemes=["http", "https"])(options["url"])
        except ValidationError as invalid:
            raise CommandError(" ".join(invalid.messages)) from invalid
        api_key = variable(options["api_key_env"])
        password = "" if api_key else variable(options["password_env"]) or getpass(f"Password of {name}: ")
        add_source(
            name=name,
            title=options["title"] or name.capitalize(),
            connector=options["connector"],
            url=options["url"],
            database=options["database"],
            username=options["username"],
            password=password,
            api_key=api_key,
        )
        self.stdout.write(f"Saved. Test it with: manage.py source check {name}")

    def check_source(self, options: dict[str, Any]) -> None:
        source = Source.objects.filter(name=options["name"]).first()
        if source is None:
            raise CommandError(f"There is no source “{options['name']}”. Known: {self.known()}.")
        try:
            found = check(source)
        except SyncError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{source.title}: {found.version}")
        for stream, rows in found.visible.items():
            self.stdout.write(f"  {stream}: {rows} rows visible")
        for warning in found.warnings:
            self.stdout.write(f"  Mind: {warning}")

    def list_sources(self, options: dict[str, Any]) -> None:
        for source in Source.objects.prefetch_related("streams"):
            state = "" if source.enabled else ", off"
            self.stdout.write(f"{source.name}: {source.connector} at {source.url}{state}")
            for stream in source.streams.all():
                through = f"{stream.read_through:%Y-%m-%d %H:%M} UTC" if stream.read_through else "never"
                self.stdout.write(f"  {stream.name}: read through {through}, every {stream.every_s} s")

    def known(self) -> str:
        return ", ".join(Source.objects.values_list("name", flat=True)) or "none yet"


def variable(name: str) -> str:
    """The value of an environment variable named on the command line; empty when none is named."""
    if name and not os.environ.get(name):
        raise CommandError(f"The variable {name} is not set.")
    return os.environ.get(name, "")
