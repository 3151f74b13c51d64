"""An HTTP opener with bounds: no redirects, a largest answer, a longest time for the whole answer."""

import http.client
import io
import time
from email.message import Message
from http.cookiejar import CookieJar
from typing import IO
from urllib.request import (
    BaseHandler,
    HTTPCookieProcessor,
    HTTPRedirectHandler,
    OpenerDirector,
    Request,
    build_opener,
)

BLOCK = 1 << 16


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


def bounded_opener(*, max_bytes: int, total_s: float) -> OpenerDirector:
    """An opener for odoorpc; TLS certificates are verified as the system does."""
    return build_opener(HTTPCookieProcessor(CookieJar()), _NoRedirect(), _Bounded(max_bytes, total_s))
