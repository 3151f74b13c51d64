"""HTTP between the portal and a stand-in source: it counts, passes on, and misbehaves as told."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the portal, and when it came (monotonic seconds)."""

    method: str
    path: str
    body: bytes
    at: float

    def about(self, *words: str) -> bool:
        """Whether address or body name all of these, such as a model and a method."""
        text = self.path.encode() + b" " + self.body
        return all(word.encode() in text for word in words)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request under way. A fault may ask the source for the true ``answer``, and sends what it likes."""

    asked: Asked
    answer: Callable[[], Answer]
    handler: BaseHTTPRequestHandler
    over: threading.Event

    def send(self, answer: Answer, *, length: int | None = -1) -> None:
        """Send an answer. ``length``: what is announced; None nothing, -1 the true one."""
        handler = self.handler
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if length is None:
            handler.close_connection = True
        else:
            handler.send_header("Content-Length", str(len(answer.body) if length < 0 else length))
        handler.end_headers()
        handler.wfile.write(answer.body)


Fault = Callable[[Exchange], None]
"""Answers in the source's place."""
Script = Callable[[Asked], Fault | None]
"""Chooses the fault for a request; None lets it pass."""


@dataclass
class Proxy:
    """A port that stays the same while what is behind it changes. Use it in a ``with`` block."""

    upstream: str = ""
    script: Script | None = None
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._server: ThreadingHTTPServer | None = None
        self.port = 0
        self.open()

    @property
    def url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def open(self) -> None:
        self._server = _Server((LOOPBACK, self.port), _handler(self))
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    def close(self) -> None:
        """From now on connections are refused."""
        if self._server:
            self.over.set()
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def reset(self, upstream: str) -> None:
        """Pass everything on to another source, and forget what was asked."""
        self.heal()
        self.upstream, self.asked = upstream, []
        if self._server is None:
            self.open()

    def heal(self) -> None:
        """Misbehave no more; whoever still waits for a silent answer is let go."""
        self.script = None
        self.over.set()
        self.over = threading.Event()

    def answer(self, asked: Asked, headers: dict[str, str]) -> Answer:
        """What the source really says."""
        address = urlsplit(self.upstream)
        connection = HTTPConnection(address.hostname or "", address.port, timeout=30)
        try:
            connection.request(asked.method, asked.path, asked.body or None, headers)
            with connection.getresponse() as response:
                kept = {k: v for k, v in response.getheaders() if k.lower() not in HOP_BY_HOP - {"date"}}
                return Answer(response.status, kept, response.read())
        finally:
            connection.close()

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        """Connections time out: the port listens, its queue is full, and nobody takes from it."""
        self.close()
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((LOOPBACK, self.port))
            listener.listen(0)
            waiting = [_knock(self.port) for _ in range(3)]
            try:
                yield
            finally:
                for each in waiting:
                    each.close()
        self.heal()
        self.open()


def _knock(port: int) -> socket.socket:
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex((LOOPBACK, port))
    return one


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that went away in the middle are what these tests are about."""


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = 65536

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, body, time.monotonic())
            proxy.asked.append(asked)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            exchange = Exchange(asked, lambda: proxy.answer(asked, headers), self, proxy.over)
            fault = proxy.script(asked) if proxy.script else None
            if fault:
                fault(exchange)
            else:
                exchange.send(exchange.answer())

        do_GET = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815

        def send_response(self, code: int, message: str | None = None) -> None:
            """The status line alone: the stand-in's own Date is passed on."""
            self.send_response_only(code, message)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silent."""

    return Handler
