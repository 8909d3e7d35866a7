"""Serves one service for several cities in one process: a nameko container per city, begun anew when it dies."""

import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import eventlet
import eventlet.debug
import psycopg.waiting
import structlog
from environs import Env
from eventlet.event import Event
from nameko.containers import ServiceContainer

from eventstore import logs
from eventstore.city import City, served
from eventstore.errors import NotFound
from eventstore.nameko.composition import CITY

RESTART_FIRST, RESTART_LONGEST, STEADY = 0.5, 30.0, 60.0  # seconds
GRACE: Final = 10.0
"""Seconds in which containers finish their work when asked to end; a broker that does not answer may keep them."""
WORKERS: Final = 32

log = structlog.get_logger(__name__)


def serve(service: type[Any]) -> None:
    """Runs until SIGTERM or SIGINT; ends at once with exit code 1 where there is no city to serve (`served`).

    Settings: `RENKEI_HOME`, `RENKEI_CITIES`.
    """
    if psycopg.waiting.wait is not psycopg.waiting.wait_selector:
        raise RuntimeError(
            "psycopg would block the hub: PSYCOPG_WAIT_FUNC=wait_selector must be set before it is imported"
        )
    home: Path = Env().path("RENKEI_HOME")
    logs.configure()
    eventlet.debug.hub_exceptions(False)  # it would print what an exception says, past the log
    structlog.contextvars.bind_contextvars(service=service.name)
    names = _names(home)
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(_stop, stopping))
    threads = [eventlet.spawn(_serve_city, service, home, name, stopping) for name in names]
    stopping.wait()
    with eventlet.Timeout(GRACE, False):
        for thread in threads:
            thread.wait()
        return
    log.warning("ended with work unfinished")  # what was not acknowledged comes again


def _names(home: Path) -> list[str]:
    """The cities to serve, by name: each is read again whenever its container begins."""
    try:
        return [city.name for city in served(home)]
    except NotFound as absent:
        log.error("no city to serve", code=absent.stable_code)
        sys.exit(1)


def _stop(stopping: Event) -> None:
    if not stopping.ready():
        stopping.send()


def _serve_city(service: type[Any], home: Path, name: str, stopping: Event) -> None:
    """One city's container; when it cannot be made or dies of a fault, another one after a growing delay."""
    structlog.contextvars.bind_contextvars(service=service.name, city=name)
    delay = RESTART_FIRST
    while not stopping.ready():
        began = time.monotonic()
        try:
            _run(service, City.read(home, name), stopping)
        except Exception as fault:
            delay = RESTART_FIRST if time.monotonic() - began > STEADY else delay
            log.error("container ended", error=type(fault).__name__, exc_info=True, delay=delay)
            with suppress(eventlet.Timeout), eventlet.Timeout(delay):
                stopping.wait()
            delay = min(delay * 2, RESTART_LONGEST)
    log.info("stopped")


def _run(service: type[Any], city: City, stopping: Event) -> None:
    """One container until it is asked to stop; raises what it dies of."""
    container = ServiceContainer(service, {"AMQP_URI": city.brokers[service.name], "max_workers": WORKERS, CITY: city})
    stopper = eventlet.spawn(_stop_with, container, stopping)
    try:
        container.start()
        log.info("serving")
        container.wait()
    except Exception:
        container.kill()
        raise
    finally:
        stopper.kill()


def _stop_with(container: ServiceContainer, stopping: Event) -> None:
    stopping.wait()
    container.stop()
