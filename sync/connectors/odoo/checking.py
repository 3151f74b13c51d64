"""What an account may see, and what it lacks: counted and compared without reading rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sync.connectors.base import Check, SourceConfig
from sync.connectors.odoo.api import OdooApi
from sync.connectors.odoo.spec import OdooStream
from sync.connectors.odoo.streams import STREAMS
from sync.errors import SchemaDrift, SourceRefused

OWN_ONLY = ("maintenance.request", "maintenance.equipment")
SHORT_ADDRESSES = 18


@dataclass(slots=True)
class _Findings:
    """Rows per stream, and the titles of the streams each warning is about."""

    visible: dict[str, int] = field(default_factory=dict)
    about: dict[str, list[str]] = field(default_factory=dict)

    def warn(self, title: str, text: str) -> None:
        self.about.setdefault(text, []).append(title)

    def warnings(self) -> Iterator[str]:
        for text, titles in self.about.items():
            yield f"{', '.join(titles)}: {text}"


def checked(api: OdooApi, config: SourceConfig, verify: Callable[[str], None]) -> Check:
    """Try every stream; what several lack for the same reason is told once.

    Args:
        verify: compares a stream's fields (``Connector.verify_schema``).
    """
    found = _Findings()
    for name, stream in STREAMS.items():
        title = stream.spec.title
        try:
            found.visible[name] = _rows(api, stream)
            verify(name)
            for model in stream.also:
                api.count(model)
        except (SourceRefused, SchemaDrift) as refusal:
            found.visible.setdefault(name, 0)
            found.warn(title, str(refusal))
        else:
            if not found.visible[name] and (doubt := why_empty(stream)):
                found.warn(title, doubt)
    version = api.transport.version
    return Check(
        version=f"Odoo {version}",
        visible=found.visible,
        warnings=(*found.warnings(), *_about_links(version, config)),
    )


def _rows(api: OdooApi, stream: OdooStream) -> int:
    if stream.fallback is not None and not api.readable(stream.spec.model):
        return len(stream.fallback(api))
    return api.count(stream.spec.model, stream.domain(api))


def why_empty(stream: OdooStream) -> str:
    """See ``Connector.why_empty``."""
    if stream.spec.model not in OWN_ONLY:
        return ""
    return (
        "None is visible. A plain user sees only what it owns or follows: give a group of the "
        f"service account a record rule [(1, '=', 1)] for reading {stream.spec.model} (see README)."
    )


def _about_links(version: str, config: SourceConfig) -> Iterator[str]:
    major = version.partition(".")[0].rpartition("~")[2].removeprefix("saas-")
    if major.isdigit() and int(major) < SHORT_ADDRESSES and "version" not in config.options:
        yield f'Links into Odoo: set the option {{"version": {major}}}, or they lead nowhere.'
