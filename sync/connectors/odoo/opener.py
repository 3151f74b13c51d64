"""An HTTP opener with bounds: one host, no redirects, a largest answer, a longest time for it all."""

import http.client
import io
import time
from collections.abc import Callable
from email.message import Message
from functools import partial
from http.cookiejar import CookieJar
from typing import IO, Any
from urllib.request import (
    BaseHandler,
    HTTPCookieProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from sync.connectors.outgoing import Way

BLOCK = 1 << 16


class _Connection(http.client.HTTPConnection):
    def __init__(self, host: str, *, way: Way, **options: Any) -> None:
        super().__init__(host, **options)
        self._way = way

    def connect(self) -> None:
        self.sock = self._way.connect(self.host, self.port, self.timeout)


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(self, host: str, *, way: Way, **options: Any) -> None:
        super().__init__(host, context=way.context, **options)
        self._way = way

    def connect(self) -> None:
        plain = self._way.connect(self.host, self.port, self.timeout)
        self.sock = self._way.context.wrap_socket(plain, server_hostname=self.host)


class _Http(HTTPHandler):
    def __init__(self, way: Way) -> None:
        super().__init__()
        self._connection: Callable[..., http.client.HTTPConnection] = partial(_Connection, way=way)

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _Https(HTTPSHandler):
    def __init__(self, way: Way) -> None:
        super().__init__(context=way.context)
        self._connection: Callable[..., http.client.HTTPConnection] = partial(_SecureConnection, way=way)

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would turn our POST into a GET, and could lead to a host nobody configured."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


class _Bounded(BaseHandler):
    handler_order = 1001  # after HTTPErrorProcessor: only good answers come here

    def __init__(self, max_bytes: int, total_s: float) -> None:
        self.max_bytes = max_bytes
        self.total_s = total_s

    def http_response(self, request: Request, response: http.client.HTTPResponse) -> io.BytesIO:
        with response:
            return io.BytesIO(self._body(response))

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        declared = int(response.headers.get("Content-Length") or 0)
        deadline = time.monotonic() + self.total_s
        body = bytearray()
        while block := response.read1(BLOCK):
            body += block
            if len(body) > self.max_bytes:
                raise http.client.HTTPException(f"the answer is larger than {self.max_bytes} bytes")
            if time.monotonic() > deadline:
                raise TimeoutError("the answer took too long")
        if len(body) < declared:
            raise http.client.IncompleteRead(bytes(body), declared - len(body))
        return bytes(body)

    https_response = http_response


def bounded_opener(way: Way, *, max_bytes: int, total_s: float) -> OpenerDirector:
    """An opener for odoorpc, without the proxies of the environment."""
    return build_opener(
        ProxyHandler({}),
        _Http(way),
        _Https(way),
        HTTPCookieProcessor(CookieJar()),
        _NoRedirect(),
        _Bounded(max_bytes, total_s),
    )
