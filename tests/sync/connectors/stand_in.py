"""What the contract suite needs of a stand-in server."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sync.connectors.base import SourceConfig, StreamSpec
from sync.sandbox import Request, Response
from sync.sandbox.wire import Server

Change = Callable[[Request, Response], Response]


@dataclass(frozen=True)
class StandIn:
    """A running source.

    Args:
        config: how to reach it, with small pages so that every stream has several.
        refused: a config with a wrong password.
        answer: the server's true answer, for faults that change it.
        without: the change that makes a field of a stream disappear from answers.
    """

    server: Server
    config: SourceConfig
    refused: SourceConfig
    answer: Callable[[Request], Response]
    without: Callable[[StreamSpec, str], Change]

    @contextmanager
    def changed(self, change: Change) -> Iterator[None]:
        """Every answer goes through ``change``."""
        self.server.fault = lambda request: change(request, self.answer(request))
        try:
            yield
        finally:
            self.server.fault = None


def html(request: Request, true: Response) -> Response:
    return Response(200, b"<!doctype html><h1>We will be back soon</h1>", "text/html")


def broken_off(request: Request, true: Response) -> Response:
    return replace(true, cut=len(true.body) // 2)


def out_of_order(request: Request, true: Response) -> Response:
    return Response(502, b"<h1>Bad gateway</h1>", "text/html")
