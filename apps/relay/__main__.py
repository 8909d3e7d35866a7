"""Runs the relay for every city that this process is given (`RENKEI_CITIES`, all of them unless set)."""

import signal
import sys
import threading
from pathlib import Path

import structlog
from environs import Env

from apps.relay.composition import relay_settings
from eventstore import logs
from eventstore.city import served
from eventstore.errors import NotFound
from eventstore.relay.relay import Relay

log = structlog.get_logger(__name__)


def main() -> int:
    """Until SIGTERM or SIGINT, or until one has ended by itself: exit code 1, to be started again."""
    home: Path = Env().path("RENKEI_HOME")
    logs.configure()
    try:
        relays = [Relay(relay_settings(city)) for city in served(home)]
    except NotFound as absent:
        log.error("no city to serve", code=absent.stable_code)
        return 1
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    for relay in relays:
        relay.start()
    log.info("serving")
    while not ending.wait(1.0) and all(relay.is_running for relay in relays):
        continue
    is_whole = all(relay.is_running for relay in relays)
    for relay in relays:
        relay.stop()
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
