"""Adds, checks and lists source systems; pauses streams of apps they do not have."""

import json
import os
from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

from django.conf import settings as config
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug

from sync import breaker
from sync.addresses import validate_address
from sync.connectors import addable, connector_class
from sync.connectors.declared.classes import DeclaredConnector, shipped
from sync.connectors.declared.loading import DeclarationError
from sync.declarations import OPTION, declaration_of, declared, options_of, without_declaration
from sync.errors import SourceRefused, SyncError
from sync.models import Source, Stream
from sync.preview import SHOWN, Preview, previews
from sync.sources import add_source, check, switch_stream


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        add = actions.add_parser("add", help="add a source, or change it")
        add.add_argument("name", help="short name, such as odoo")
        add.add_argument("--connector", required=True, choices=sorted(addable()))
        add.add_argument(
            "--url",
            default="",
            help="base address, such as https://odoo.example.com; of files, file:///mnt/drops",
        )
        add.add_argument(
            "--declaration",
            default="",
            help="of a declared connector: a YAML file, or the name of a shipped one, such as maintainx",
        )
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
        checking = actions.add_parser("check", help="test the connection and show what would be read")
        checking.add_argument("name")
        checking.add_argument("--quick", action="store_true", help="test the connection only")
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
        name, known = options["name"], Source.objects.filter(name=options["name"]).first()
        given = self.options(options, known)
        self.require_allowed(known, given)
        url = options["url"] or (known.url if known else "") or declared_url(given)
        try:
            validate_slug(name)
            validate_address(options["connector"], url)
        except ValidationError as invalid:
            raise CommandError(" ".join(invalid.messages)) from invalid
        try:
            add_source(
                name=name,
                title=options["title"] or (known.title if known else name.capitalize()),
                connector=options["connector"],
                url=url,
                database=options["database"] or (known.database if known else ""),
                options=given,
                **self.account(options, given, known),
            )
        except SourceRefused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Saved. Test it with: manage.py source check {name}")

    def require_allowed(self, known: Source | None, given: dict[str, Any] | None) -> None:
        """The mapping of a source that is connected may take a second person's word."""
        if known and given is not None and given != known.options and config.APPROVALS_REQUIRED:
            raise CommandError(
                "Other options of a source take a second person's approval (APPROVALS_REQUIRED): propose "
                "them on the page Sources; manage.py approve lists what is proposed."
            )

    def options(self, options: dict[str, Any], known: Source | None) -> dict[str, Any] | None:
        """The source's options as they are now asked for; None: those it has."""
        have = known.options if known else {}
        plain = settings(options["options"]) if options["options"] else without_declaration(have)
        base = declared(options["connector"])
        if not options["declaration"]:
            return {**plain, **declaration_of(have)} if options["options"] else None
        if base is None:
            raise CommandError(f"The connector {options['connector']} takes no declaration.")
        try:
            return {**plain, **options_of(base, declaration_text(base, options["declaration"]))}
        except DeclarationError as wrong:
            raise CommandError(str(wrong)) from wrong

    def account(
        self, options: dict[str, Any], given: dict[str, Any] | None, known: Source | None
    ) -> dict[str, str]:
        """Who reads: what is given; of a source whose declaration alone is given, what it has."""
        api_key, password = variable(options["api_key_env"]), variable(options["password_env"])
        username = options["username"] or (known.username if known else "")
        if known and options["declaration"] and not (api_key or password):
            return {"username": username, "password": known.password, "api_key": known.api_key}
        local = connector_class(options["connector"]).local
        open_to_all = local or (options["declaration"] and not declared_auth(given))
        if not (api_key or password or open_to_all):
            password = getpass(f"Password of {options['name']}: ")
        return {"username": username, "password": "" if api_key else password, "api_key": api_key}

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
        if not options["quick"]:
            self.stdout.write("What would be read, from a page of each stream:")
            for preview in previews(source):
                self.show(preview)

    def show(self, preview: Preview) -> None:
        said = preview.trouble or f"{preview.rows} rows, {len(preview.bad)} of them cannot be mapped"
        self.stdout.write(f"  {preview.spec.name}: {said}")
        if preview.first:
            kind, values = preview.first
            shown = "; ".join(f"{name} {value:.60}" for name, value in values.items())
            self.stdout.write(f"    first {kind.value.replace('_', ' ')}: {shown}")
        for message in preview.bad[:SHOWN]:
            self.stdout.write(f"    {message}")

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


def declaration_text(base: type[DeclaredConnector], given: str) -> str:
    """The text of a shipped declaration, or of a file."""
    if given in shipped(base):
        return shipped(base)[given]
    try:
        return Path(given).read_text()
    except (OSError, UnicodeDecodeError) as error:
        names = ", ".join(shipped(base))
        raise CommandError(f"“{given}” is neither a shipped declaration ({names}) nor a file.") from error


def declared_url(options: dict[str, Any] | None) -> str:
    """The address a declaration names, for systems that all reach at the same."""
    return str((options or {}).get(OPTION, {}).get("url") or "")


def declared_auth(options: dict[str, Any] | None) -> bool:
    """Whether a declaration says how to sign requests."""
    auth = (options or {}).get(OPTION, {}).get("auth")
    return bool(auth) and auth.get("type") != "none"


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
