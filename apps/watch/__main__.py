"""Answers over HTTP for every city that this process is given (`RENKEI_CITIES`, all of them unless set).

Under waitress: a few threads, and no more, however many ask and however slowly; each answer costs the databases
connections.
"""

import signal
import sys
from pathlib import Path
from typing import Final

import structlog
import waitress
from environs import Env

from apps.composition import SERVICES
from apps.watch.settings import address
from apps.watch.web import application
from eventstore import logs
from eventstore.city import served
from eventstore.clock import now
from eventstore.errors import NotFound

THREADS: Final = 4
SLOW: Final = 30
"""Seconds after which a connection on which nothing happens is closed."""

log = structlog.get_logger(__name__)


def main() -> int:
    """Until SIGTERM or SIGINT."""
    home: Path = Env().path("RENKEI_HOME")
    logs.configure()
    try:
        watched = served(home)
    except NotFound as absent:
        log.error("no city to serve", code=absent.stable_code)
        return 1
    host, port = address()
    server = waitress.create_server(
        application(watched, SERVICES, now), host=host, port=port, threads=THREADS, channel_timeout=SLOW, ident=None
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    log.info("serving")
    server.run()
    server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
