"""Settings of connections to sources, and of whom to tell of a weakness. A part of `mfgportal.settings`."""

from mfgportal.env import PRODUCTION, env

# Addresses that are not public are reached only if they are named: a plant's sources are at such ones. A
# local portal has its demo sources on this machine.
ALLOWED_PRIVATE_TARGETS: list[str] = env.list(
    "ALLOWED_PRIVATE_TARGETS", default=[] if PRODUCTION else ["127.0.0.0/8", "::1/128"]
)
# Certificates (PEM) trusted besides the system's, of all sources and by a source's name.
SOURCES_CA_FILE: str = env.str("SOURCES_CA_FILE", default="")
SOURCES_CA_FILES: dict[str, str] = env.dict("SOURCES_CA_FILES", default={})

# What /.well-known/security.txt says: addresses (https://…, mailto:…) to tell of a weakness. None: no page.
SECURITY_CONTACT: list[str] = env.list("SECURITY_CONTACT", default=[])
