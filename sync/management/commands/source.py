"""Adds, checks and lists source systems; pauses streams of apps they do not have."""

import json
import os
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import URLValidator, validate_slug

from sync import breaker
from sync.connectors import REGISTRY
from sync.errors import SyncError
from sync.models import Source, Stream
from sync.sources import add_source, check, switch_stream


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
        add.add_argument(
            "--options", default="", help='settings of the connector as JSON, such as {"version": 17}'
        )
        actions.add_parser("check", help="test the connection").add_argument("name")
        for action, what in (("pause", "stop reading"), ("resume", "read again")):
            one = actions.add_parser(action, help=f"{what} a stream, such as one of an app you do not have")
            one.add_argument("name")
            one.add_argument("stream")
        actions.add_parser("list", help="list sources")

    def handle(self, *, action: str, **options: Any) -> None:
        {
            "add": self.add,
            "check": self.check_source,
            "list": self.list_sources,
            "pause": self.pause,
            "resume": self.resume,
        }[action](options)

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
            options=settings(options["options"]) if options["options"] else None,
        )
        self.stdout.write(f"Saved. Test it with: manage.py source check {name}")

    def source(self, name: str) -> Source:
        source = Source.objects.filter(name=name).first()
        if source is None:
            raise CommandError(f"There is no source “{name}”. Known: {self.known()}.")
        return source

    def pause(self, options: dict[str, Any]) -> None:
        stream = self.stream(options)
        switch_stream(stream, enabled=False)
        self.stdout.write(f"{stream} is paused.")

    def resume(self, options: dict[str, Any]) -> None:
        stream = self.stream(options)
        switch_stream(stream, enabled=True)
        self.stdout.write(f"{stream} is read again.")

    def stream(self, options: dict[str, Any]) -> Stream:
        source = self.source(options["name"])
        stream = source.streams.filter(name=options["stream"]).first()
        if stream is None:
            names = ", ".join(source.streams.values_list("name", flat=True))
            raise CommandError(f"“{source.name}” has no stream “{options['stream']}”. It has: {names}.")
        return stream

    def check_source(self, options: dict[str, Any]) -> None:
        source = self.source(options["name"])
        try:
            found = check(source)
        except SyncError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{source.title}: {found.version}")
        for stream, rows in found.visible.items():
            self.stdout.write(f"  {stream}: {rows} {'row' if rows == 1 else 'rows'} visible")
        for warning in found.warnings:
            self.stdout.write(f"  Mind: {warning}")
        if not found.warnings:
            self.stdout.write("Nothing is missing.")

    def list_sources(self, options: dict[str, Any]) -> None:
        for source in Source.objects.prefetch_related("streams"):
            state = "" if source.enabled else ", paused"
            if breaker.state(source) is not breaker.State.CLOSED:
                state += f", does not answer; tried again from {source.open_until:%H:%M:%S} UTC on"
            self.stdout.write(f"{source.name}: {source.connector} at {source.url}{state}")
            for stream in source.streams.all():
                through = f"{stream.read_through:%Y-%m-%d %H:%M} UTC" if stream.read_through else "never"
                often = f"every {stream.every_s} s" if stream.enabled else "paused"
                self.stdout.write(f"  {stream.name}: read through {through}, {often}")

    def known(self) -> str:
        return ", ".join(Source.objects.values_list("name", flat=True)) or "none yet"


def settings(text: str) -> dict[str, Any]:
    """A connector's options as written on the command line."""
    try:
        found = json.loads(text)
    except ValueError as error:
        raise CommandError(f"The options are no JSON: {error}") from error
    if not isinstance(found, dict):
        raise CommandError("Write the options as an object: names with values, in braces.")
    return found


def variable(name: str) -> str:
    """The value of an environment variable named on the command line; empty when none is named."""
    if name and not os.environ.get(name):
        raise CommandError(f"The variable {name} is not set.")
    return os.environ.get(name, "")
