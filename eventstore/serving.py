"""Serves one service for several cities in one process: a nameko container per city, begun anew when it dies."""

import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import eventlet
import psycopg.waiting
import structlog
from environs import Env
from eventlet.event import Event
from nameko.containers import ServiceContainer

from eventstore import logs
from eventstore.city import City, cities
from eventstore.nameko import CITY

RESTART_FIRST, RESTART_LONGEST = 0.5, 30.0  # seconds
WORKERS: Final = 32

log = structlog.get_logger(__name__)


def serve(service: type[Any]) -> None:
    """Runs until SIGTERM or SIGINT. Settings: `RENKEI_HOME`, `RENKEI_CITIES` (names, comma-separated)."""
    if psycopg.waiting.wait is not psycopg.waiting.wait_selector:
        raise RuntimeError(
            "psycopg would block the hub: PSYCOPG_WAIT_FUNC=wait_selector must be set before it is imported"
        )
    env = Env()
    home: Path = env.path("RENKEI_HOME")
    names = env.list("RENKEI_CITIES", []) or cities(home)
    if not names:
        raise SystemExit(f"no city is set up in {home}: run `renkei city create NAME`")
    logs.configure()
    structlog.contextvars.bind_contextvars(service=service.name)
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: eventlet.spawn_n(_stop, stopping))
    served = [eventlet.spawn(_serve_city, service, City.read(home, name), stopping) for name in names]
    for thread in served:
        thread.wait()


def _stop(stopping: Event) -> None:
    if not stopping.ready():
        stopping.send()


def _serve_city(service: type[Any], city: City, stopping: Event) -> None:
    """One city's container; when it dies of a fault or a lost broker, another one after a growing delay."""
    structlog.contextvars.bind_contextvars(service=service.name, city=city.name)
    delay = RESTART_FIRST
    while not stopping.ready():
        container = ServiceContainer(
            service, {"AMQP_URI": city.brokers[service.name], "max_workers": WORKERS, CITY: city}
        )
        stopper = eventlet.spawn(_stop_with, container, stopping)
        try:
            container.start()
            log.info("serving")
            delay = RESTART_FIRST
            container.wait()
        except Exception as fault:
            log.error("container ended", error=type(fault).__name__, exc_info=True, delay=delay)
            container.kill()
            with suppress(eventlet.Timeout), eventlet.Timeout(delay):
                stopping.wait()
            delay = min(delay * 2, RESTART_LONGEST)
        finally:
            stopper.kill()
    log.info("stopped")


def _stop_with(container: ServiceContainer, stopping: Event) -> None:
    stopping.wait()
    container.stop()
