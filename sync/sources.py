"""Sources as people handle them: add, check, address of a record."""

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sync import breaker, failures
from sync.budget import shared
from sync.connectors import connector_class
from sync.connectors.base import Check, Connector, SourceConfig, StreamSpec
from sync.connectors.outgoing import Outgoing
from sync.errors import SourceRefused
from sync.models import Ownership, Source, Stream
from sync.plain_secrets import said, secrets_in
from sync.records import Kind

FACTS = frozenset({Kind.DOWNTIME, Kind.RUN, Kind.PRODUCTION, Kind.WORK_ORDER, Kind.LABOUR, Kind.PART_USE})


def config_of(source: Source) -> SourceConfig:
    """How to reach the source, secrets included."""
    return SourceConfig(
        url=source.url,
        username=source.username,
        password=source.password,
        api_key=source.api_key,
        database=source.database,
        options=source.options,
        budgets=shared,
        outgoing=outgoing_of(source),
    )


def outgoing_of(source: Source) -> Outgoing:
    """Where connections of the source may lead, by the settings."""
    return Outgoing(
        allowed=tuple(settings.ALLOWED_PRIVATE_TARGETS),
        ca_file=settings.SOURCES_CA_FILES.get(source.name, settings.SOURCES_CA_FILE),
    )


def class_of(source: Source) -> type[Connector]:
    """The source's connector; a declared one is made from the declaration among the source's options.

    Raises:
        SourceRefused: its declaration cannot be used; the message says where and what is wanted.
    """
    return connector_class(source.connector).of(source.options)


def connect(source: Source) -> Connector:
    """The connector for a source. Close it after use."""
    return class_of(source)(config_of(source))


def spec_of(stream: Stream) -> StreamSpec | None:
    """What the connector says of the stream; None when it offers it no more."""
    return specs_of(stream.source).get(stream.name)


def specs_of(source: Source) -> Mapping[str, StreamSpec]:
    """The source's streams by name; none while its declaration cannot be used, which its runs tell."""
    try:
        return class_of(source).streams
    except SourceRefused:
        return {}


def reads(stream: Stream, *kinds: str) -> bool:
    """Whether the stream gives records of one of the kinds."""
    spec = spec_of(stream)
    return spec is not None and not set(kinds).isdisjoint(spec.kinds)


def offers(source: Source) -> frozenset[Kind]:
    """Kinds of record the source can deliver."""
    return frozenset(kind for spec in specs_of(source).values() for kind in spec.kinds)


@transaction.atomic
def add_source(
    *,
    name: str,
    title: str,
    connector: str,
    url: str,
    database: str = "",
    username: str = "",
    password: str = "",
    api_key: str = "",
    options: Mapping[str, Any] | None = None,
) -> Source:
    """Create or update the source of that name, with its streams and, first come, its ownership.

    Args:
        options: None keeps those it has.

    Raises:
        KeyError: there is no such connector.
        SourceRefused: its declaration cannot be used, or an option is a secret; nothing is changed.
    """
    connector_class(connector)
    if names := secrets_in(options or {}):
        raise SourceRefused(said(names))
    known = Source.objects.filter(name=name).first()
    before = specs_of(known) if known else {}
    values = {
        "title": title,
        "connector": connector,
        "url": url,
        "database": database,
        "username": username,
        "password": password,
        "api_key": api_key,
        **({} if options is None else {"options": dict(options)}),
    }
    source, _ = Source.objects.update_or_create(name=name, defaults=values)
    ensure_streams(source, before)
    claim_ownership(source)
    breaker.answered(source.pk)  # what was wrong may be mended: it is worth a try
    return source


def ensure_streams(source: Source, before: Mapping[str, StreamSpec] | None = None) -> list[Stream]:
    """Create the streams the connector offers and the source lacks; pause those it offers no more.

    Args:
        before: what it offered until now, where that may have been something else. Policies follow it unless
            a person has changed them; a stream that is offered again is read again.
    """
    have = {stream.name: stream for stream in source.streams.all()}
    specs = class_of(source).streams
    for name, spec in specs.items():
        if name not in have:
            Stream.objects.get_or_create(source=source, name=name, defaults=_policy(spec))
        elif before:
            _follow(have[name], spec, before.get(name))
    for name, stream in have.items():
        if name not in specs and stream.enabled:
            switch_stream(stream, enabled=False)
    return list(source.streams.all())


def _policy(spec: StreamSpec) -> dict[str, Any]:
    return {
        "title": spec.title,
        "rank": spec.rank,
        "mode": spec.mode,
        "every_s": spec.every_s,
        "acceptable_delay_s": spec.acceptable_delay_s,
        "criticality": spec.criticality,
        "refresh_every_s": spec.refresh_every_s,
        "reconciliation": spec.reconciliation,
    }


def _follow(stream: Stream, spec: StreamSpec, before: StreamSpec | None) -> None:
    """Take over what the declaration says now, except what a person has set to something else."""
    said = _policy(before) if before else {}
    new = {
        name: value
        for name, value in _policy(spec).items()
        if getattr(stream, name) == said.get(name, value) != value
    }
    if new:
        Stream.objects.filter(pk=stream.pk).update(**new)
    if before is None and not stream.enabled:
        switch_stream(stream, enabled=True)


@transaction.atomic
def switch_stream(stream: Stream, *, enabled: bool) -> None:
    """Pause a stream, and close what only it stands against; or have it read again at once."""
    stream.enabled, stream.failures, stream.next_due = enabled, 0, timezone.now() if enabled else None
    stream.save(update_fields=["enabled", "failures", "next_due"])
    if not enabled:
        failures.paused(stream)


def claim_ownership(source: Source, kinds: Collection[Kind] | None = None) -> None:
    """Make the source the system of record of kinds nobody owns yet; None: of all it offers."""
    for kind in sorted(offers(source) if kinds is None else kinds):
        Ownership.objects.get_or_create(kind=kind, field="", defaults={"source": source})


def check(source: Source) -> Check:
    """Test the connection. Raises SourceUnavailable or SourceRefused, whose message names the cure."""
    connector = connect(source)
    try:
        return connector.check()
    finally:
        connector.close()


def record_url(source_name: str, external_key: str) -> str:
    """Address of a record's page in its source; empty when the source or the page does not exist."""
    source = Source.objects.filter(name=source_name).first()
    if source is None or not external_key:
        return ""
    try:
        return class_of(source).record_url(config_of(source), external_key)
    except SourceRefused:
        return ""
