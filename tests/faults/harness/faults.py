"""What a network or a source does to an answer, each as a fault for the proxy; and when."""

import itertools
import json
import random
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tests.faults.harness.proxy import Answer, Asked, Exchange, Fault, Script

JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html"}
MAINTENANCE = b"<!doctype html><title>Maintenance</title><h1>We are upgrading. Please come back later.</h1>"


def status(code: int, **headers: str) -> Fault:
    """An error answer; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda exchange: exchange.send(Answer(code, HTML | named, b"<h1>Not now</h1>"))


def maintenance_page(exchange: Exchange) -> None:
    exchange.send(Answer(200, HTML, MAINTENANCE))


def silence(exchange: Exchange) -> None:
    """Take the request and never answer, until the fault is over."""
    exchange.over.wait(60)
    exchange.handler.close_connection = True


def dripping(exchange: Exchange) -> None:
    """Each byte comes in time, the answer as a whole does not."""
    answer = exchange.answer()
    handler = exchange.handler
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(answer.body)))
    handler.end_headers()
    handler.close_connection = True
    for byte in answer.body:
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()
        if exchange.over.wait(0.3):
            return


def cut(exchange: Exchange) -> None:
    """Half the answer, although its length is announced."""
    _half(exchange, announced=True)


def cut_unannounced(exchange: Exchange) -> None:
    """Half the answer, and nothing that says so but the broken JSON."""
    _half(exchange, announced=False)


def _half(exchange: Exchange, *, announced: bool) -> None:
    answer = exchange.answer()
    half = replace(answer, body=answer.body[: len(answer.body) // 2])
    exchange.send(half, length=len(answer.body) if announced else None)
    exchange.handler.close_connection = True


def reset(exchange: Exchange) -> None:
    """The connection breaks in mid-answer, without a farewell."""
    exchange.send(Answer(200, JSON, b'{"jsonrpc": "2.0", "re'), length=4000)
    exchange.handler.wfile.flush()
    connection = exchange.handler.connection
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    exchange.handler.close_connection = True


def wrong_type(exchange: Exchange) -> None:
    """Sound JSON of another shape than was asked for."""
    exchange.send(Answer(200, JSON, b'{"jsonrpc": "2.0", "id": 1, "result": {"rows": "many"}}'))


def giant(exchange: Exchange) -> None:
    """More than the portal is willing to hold: 3 MB of sound JSON."""
    exchange.send(Answer(200, JSON, b'{"result": [' + b"1," * 1_500_000 + b"1]}"))


def expired_token(exchange: Exchange) -> None:
    """As Atlas says it, with a status that means something else everywhere."""
    body = {"success": False, "message": "Expired or invalid JWT token"}
    exchange.send(Answer(500, JSON, json.dumps(body).encode()))


def slowly(seconds: float) -> Fault:
    """The true answer, after a while."""

    def fault(exchange: Exchange) -> None:
        exchange.over.wait(seconds)
        exchange.send(exchange.answer())

    return fault


def rows_changed(change: Callable[[list[Any]], list[Any]]) -> Fault:
    """The true answer with its list of rows changed; answers without one pass."""

    def fault(exchange: Exchange) -> None:
        answer = exchange.answer()
        told = json.loads(answer.body)
        if isinstance(told, list):
            told = change(told)
        else:
            place = "content" if "content" in told else "result"
            if isinstance(told.get(place), list):
                told[place] = change(told[place])
        exchange.send(replace(answer, body=json.dumps(told).encode()))

    return fault


def shuffled_and_doubled(seed: int) -> Callable[[list[Any]], list[Any]]:
    """Rows in any order, some twice; lists of bare numbers (ids) too."""
    chance = random.Random(seed)

    def change(rows: Sequence[Any]) -> list[Any]:
        more = [*rows, *chance.sample(list(rows), len(rows) // 3)]
        chance.shuffle(more)
        return more

    return change


def when(fault: Fault, *words: str, first: int = 0, count: int | None = None) -> Script:
    """The fault for requests that name these words: after the ``first`` few, ``count`` times or for ever."""
    number, lock = itertools.count(), threading.Lock()

    def script(asked: Asked) -> Fault | None:
        if not asked.about(*words):
            return None
        with lock:
            turn = next(number) - first
        return fault if turn >= 0 and (count is None or turn < count) else None

    return script
