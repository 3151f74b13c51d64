"""What every HTTP source has in common: answers with bounds, and what may go wrong before one comes."""

import time

import httpx

from sync.errors import SourceRefused, SourceUnavailable, SyncError


def bounded_body(response: httpx.Response, *, max_bytes: int, total_s: float) -> bytes:
    """Read a streamed answer.

    Raises:
        SourceUnavailable: it is too large or takes too long.
        httpx.HTTPError: it broke off.
    """
    host = response.request.url.host
    deadline = time.monotonic() + total_s
    content = bytearray()
    for block in response.iter_bytes():
        content += block
        if len(content) > max_bytes:
            raise SourceUnavailable(f"{host} answered with more than {max_bytes} bytes.")
        if time.monotonic() > deadline:
            raise SourceUnavailable(f"{host} takes too long for its answer.")
    return bytes(content)


def network_fault(system: str, url: str, error: Exception) -> SyncError:
    """Class what went wrong before ``system`` could answer."""
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return SourceRefused(f"'{url}' is no address: it starts with https:// or http://.")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return SourceRefused(
            f"The certificate of {url} is not trusted: renew it, or install its authority here."
        )
    if isinstance(error, httpx.TimeoutException):
        return SourceUnavailable(f"{system} at {url} did not answer in time.")
    if isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError):
        return SourceUnavailable(f"The answer of {url} broke off.")
    return SourceUnavailable(f"{system} at {url} cannot be reached: {error}")
