"""The HTTP side both stand-ins share: keep-alive, faults on demand, JSON, a port of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises ValueError when the body is not JSON."""
        return orjson.loads(self.body or b"{}")


@dataclass(frozen=True, slots=True)
class Response:
    """`cut` sends only that many bytes of the announced body and drops the connection."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


Fault = Callable[[Request], Response | None]


def as_json(value: Any, status: int = 200, content_type: str = "application/json") -> Response:
    return Response(status, orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS), content_type)


def as_page(title: str, rows: Mapping[str, Any]) -> Response:
    """A plain page of one record: what a link to the source opens."""
    cells = "".join(f"<tr><th align=left>{_escaped(key)}<td>{_escaped(value)}" for key, value in rows.items())
    name = _escaped(title)
    html = f"<!doctype html><meta charset=utf-8><title>{name}</title><h1>{name}</h1><table>{cells}"
    return Response(200, html.encode(), "text/html; charset=utf-8")


def _escaped(value: object) -> str:
    return str(value).replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


class Server:
    """Serves `answer` on a port from a thread. `fault` may answer in its place: set it to inject trouble."""

    def __init__(
        self, answer: Callable[[Request], Response], host: str, port: int, clock: Callable[[], int]
    ) -> None:
        """Raises OSError when the port is taken."""
        self.fault: Fault | None = None
        self._answer = answer
        self._http = _Http((host, port), _handler(self, clock))
        self.url = f"http://{host}:{self._http.server_address[1]}"
        Thread(target=self._http.serve_forever, args=(0.05,), daemon=True, name=f"sandbox {self.url}").start()

    def respond(self, request: Request) -> Response:
        fault = self.fault
        return (fault(request) if fault else None) or self._answer(request)

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64


def _handler(server: Server, clock: Callable[[], int]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 65536

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
            self._send(server.respond(request))

        def _send(self, response: Response) -> None:
            self.send_response(response.status)
            self.send_header("Content-Type", response.content_type)
            self.send_header("Content-Length", str(len(response.body)))
            for name, value in response.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.body[: response.cut])
            self.wfile.flush()
            self.close_connection = self.close_connection or response.cut is not None

        do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate(clock() if timestamp is None else timestamp, usegmt=True)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silent: the demo's terminal belongs to the portal."""

    return Handler
