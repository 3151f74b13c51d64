"""`python -m sync.sandbox`: serves the simulated factory until it is told to stop."""

from __future__ import annotations

import argparse
import signal
import sys
from datetime import UTC, datetime
from threading import Event

from sync.sandbox import Factory, PortTaken, serve
from sync.sandbox.defects import CATALOGUE


def main() -> int:
    options = _options()
    if options.defects:
        print(*(f"{each.count:3}  {each.kind}: {each.description}" for each in CATALOGUE), sep="\n")
        return 0
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    factory = Factory(
        seed=options.seed, days=options.days, machines=options.machines,
        now=options.since or options.now, running=True,
    )  # fmt: skip
    if options.since:
        factory.live_on()
    try:
        sandbox = serve(factory, host=options.host, odoo_port=options.odoo_port,
                        atlas_port=options.atlas_port,
                        rate_limit_per_minute=options.rate_limit)  # fmt: skip
    except PortTaken as error:
        print(error, file=sys.stderr)
        return 1
    with sandbox:
        print(f"sandbox ready: Odoo at {sandbox.odoo_url}, CMMS at {sandbox.atlas_url}", flush=True)
        stop.wait()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sync.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--odoo-port", type=int, default=8069)
    parser.add_argument("--atlas-port", type=int, default=8081)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--days", type=int, default=180, help="length of the history")
    parser.add_argument("--machines", type=int, default=40)
    parser.add_argument(
        "--now", type=_moment, help="where the clock starts (ISO 8601); default: the real time"
    )
    parser.add_argument(
        "--since", type=_moment, help="where the history ended when it first ran; it has lived on since"
    )
    parser.add_argument(
        "--rate-limit", type=int, default=6000, help="CMMS requests per minute (the real one: 100)"
    )
    parser.add_argument("--defects", action="store_true", help="list the planted defects and exit")
    return parser.parse_args()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
