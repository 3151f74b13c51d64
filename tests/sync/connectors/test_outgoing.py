"""Where connections may lead: only to the source's host, only to allowed addresses, only once resolved."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.error import URLError

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from sync.connectors import connector_class
from sync.connectors.base import SourceConfig
from sync.connectors.odoo.opener import bounded_opener
from sync.connectors.outgoing import Outgoing, kind_of
from sync.errors import SourceRefused
from sync.models import Source
from sync.sources import config_of

HERE = Outgoing(allowed=("127.0.0.0/8",))


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("10.1.2.3", "private"),
        ("192.168.0.9", "private"),
        ("100.64.0.1", "private"),
        ("fd12::1", "private"),
        ("64:ff9b::a01:203", "private"),
        ("2002:0a01:0203::", "private"),
        ("169.254.169.254", "link-local"),
        ("64:ff9b::a9fe:a9fe", "link-local"),
        ("fe80::1", "link-local"),
        ("fd00:ec2::254", "link-local"),
        ("100.100.100.200", "link-local"),
        ("::", "unusable"),
        ("224.0.0.1", "unusable"),
        ("8.8.8.8", ""),
        ("2606:4700::1111", ""),
    ],
)
def test_kinds_of_addresses(address: str, kind: str) -> None:
    assert kind_of(ip_address(address)) == kind


@pytest.mark.parametrize(
    ("entry", "address", "may"),
    [
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("CMMS.plant", "10.1.2.3", True),
        ("other.plant", "10.1.2.3", False),
        ("10.2.0.0/16", "10.1.2.3", False),
        ("127.0.0.0/8", "::ffff:127.0.0.1", True),
        ("0.0.0.0/0", "10.1.2.3", True),
        ("0.0.0.0/0", "169.254.169.254", False),
        ("cmms.plant", "169.254.169.254", False),
        ("169.254.0.0/16", "169.254.169.254", False),
        ("169.254.169.254", "169.254.169.254", True),
        ("::", "::", False),
    ],
)
def test_what_an_allowance_allows(entry: str, address: str, may: bool) -> None:
    outgoing = Outgoing(allowed=(entry,))
    if may:
        outgoing.judge("cmms.plant", ip_address(address))
        return
    with pytest.raises(SourceRefused):
        outgoing.judge("cmms.plant", ip_address(address))


@pytest.mark.parametrize(
    ("connector", "options"),
    [("odoo", {}), ("odoo", {"transport": "json-rpc"}), ("odoo", {"transport": "json-2"}), ("atlas", {})],
)
def test_every_connector_asks_first(httpserver: HTTPServer, connector: str, options: dict[str, Any]) -> None:
    config = SourceConfig(
        url=httpserver.url_for("/"), username="u", password="p", api_key="k", database="d",
        options=options, outgoing=Outgoing(),
    )  # fmt: skip
    with (
        closing(connector_class(connector)(config)) as source,
        pytest.raises(SourceRefused, match="ALLOWED_PRIVATE_TARGETS"),
    ):
        source.check()
    assert not httpserver.log


def test_another_host_is_refused_even_where_its_address_is_allowed(httpserver: HTTPServer) -> None:
    with HERE.way("http://127.0.0.1").client(5) as client, pytest.raises(SourceRefused, match="another host"):
        client.get(f"http://localhost:{httpserver.port}/")
    assert not httpserver.log


def test_a_redirect_is_not_followed(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/").respond_with_data(status=302, headers={"Location": "http://localhost/"})
    with HERE.way(httpserver.url_for("/")).client(5) as client:
        assert client.get(httpserver.url_for("/")).status_code == 302


def test_a_name_that_changes_its_mind_leads_nowhere_else(
    httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(["127.0.0.1", "169.254.169.254", "169.254.169.254"])
    asked: list[Any] = []

    def resolved(host: str, port: int, *args: Any, **options: Any) -> list[Any]:
        asked.append(host)
        address = next(answers) if host == "cmms.plant" else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    hosts: list[str] = []

    def answer(request: Request) -> Response:
        hosts.append(request.host)
        return Response("yes")

    httpserver.expect_request("/").respond_with_handler(answer)
    url = f"http://cmms.plant:{httpserver.port}/"
    with HERE.way(url).client(5) as client:
        assert [client.get(url).text, client.get(url).text] == ["yes", "yes"]
    assert asked.count("cmms.plant") == 1
    assert hosts == [f"cmms.plant:{httpserver.port}"] * 2


@pytest.fixture(scope="module")
def plant_ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that no system trusts, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("ca") / "plant.pem"
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
    return path


@pytest.fixture
def secure(plant_ca: Path) -> Iterator[HTTPServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(plant_ca)
    with HTTPServer(host="localhost", ssl_context=context) as server:
        server.expect_request("/").respond_with_data("yes")
        yield server


def fetched(outgoing: Outgoing, server: HTTPServer, way: str) -> str:
    url = f"https://localhost:{server.port}/"
    if way == "httpx":
        with outgoing.way(url).client(5) as client:
            return client.get(url).text
    opener = bounded_opener(outgoing.way(url), max_bytes=100, total_s=5)
    return str(opener.open(url, timeout=5).read().decode())


@pytest.mark.parametrize("way", ["httpx", "urllib"])
def test_a_plants_own_authority_is_trusted_when_its_file_is_named(
    secure: HTTPServer, plant_ca: Path, way: str
) -> None:
    allowed = ("127.0.0.1", "::1")
    assert fetched(Outgoing(allowed=allowed, ca_file=str(plant_ca)), secure, way) == "yes"
    with pytest.raises((httpx.ConnectError, URLError), match="CERTIFICATE_VERIFY_FAILED"):
        fetched(Outgoing(allowed=allowed), secure, way)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_holds_no_certificate_is_told(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content)
    with pytest.raises(SourceRefused, match="certificates"):
        _ = Outgoing(ca_file=str(path)).way("https://localhost").context


def test_the_portal_binds_every_source(settings: Settings) -> None:
    settings.ALLOWED_PRIVATE_TARGETS, settings.SOURCES_CA_FILE = ["10.0.0.0/8"], "all.pem"
    settings.SOURCES_CA_FILES = {"cmms": "cmms.pem"}
    assert config_of(Source(name="odoo")).outgoing == Outgoing(allowed=("10.0.0.0/8",), ca_file="all.pem")
    assert config_of(Source(name="cmms")).outgoing == Outgoing(allowed=("10.0.0.0/8",), ca_file="cmms.pem")
