"""`renkei serve`: runs parts of the system, each in a process of its own, and begins anew what ends by itself."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping

import click
import structlog

from apps.cli.settings import home, told
from eventstore import logs
from eventstore.city import served

PARTS: Mapping[str, str] = {
    "administration": "services.administration",
    "intake": "services.intake",
    "matching": "services.matching",
    "relay": "apps.relay",
    "watch": "apps.watch",
}
PR_SET_PDEATHSIG = 1
RESTART_FIRST, RESTART_LONGEST, STEADY, POLL = 0.5, 30.0, 60.0, 0.2  # seconds

log = structlog.get_logger(__name__)


def _end_with_parent() -> None:
    """Lets the kernel end this process when `renkei serve` is killed: a part is not left behind (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Part:
    """One part's process: started, watched, and started again after a growing delay."""

    def __init__(self, name: str, environment: Mapping[str, str]) -> None:
        self.name = name
        self._environment = environment
        self._delay = RESTART_FIRST
        self._start()

    def _start(self) -> None:
        command = [sys.executable, "-m", PARTS[self.name]]
        self._process = subprocess.Popen(  # noqa: S603 - ours
            command,
            env=dict(self._environment),
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - one system call, and no threads here
        )
        self._began = time.monotonic()
        self._again_at: float | None = None
        log.info("started", part=self.name, pid=self._process.pid)

    def watch(self) -> None:
        """Starts the process again if it has ended and its delay is over."""
        exit_code, now = self._process.poll(), time.monotonic()
        if exit_code is None:
            return
        if self._again_at is None:
            self._delay = RESTART_FIRST if now - self._began > STEADY else min(self._delay * 2, RESTART_LONGEST)
            self._again_at = now + self._delay
            log.error("ended", part=self.name, exit_code=exit_code, delay=self._delay)
        elif now >= self._again_at:
            self._start()

    def ask_to_end(self) -> None:
        """Asks the process to finish."""
        self._process.terminate()

    def end(self) -> None:
        """Waits for the end of the process, and ends it where that does not come within 20 s."""
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(sorted(PARTS)))
@click.option("--city", "names", multiple=True, help="Only this city; those of RENKEI_CITIES, or all, unless given.")
@told
def serve(parts: tuple[str, ...], names: tuple[str, ...]) -> None:
    """Runs PARTS, all of them unless named, until SIGTERM or Ctrl-C."""
    logs.configure()
    in_names = ",".join(city.name for city in served(home(), names))
    environment = {**os.environ, "RENKEI_HOME": str(home()), "RENKEI_CITIES": in_names}
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: stopping.append(received))
    running = [Part(name, environment) for name in parts or sorted(PARTS)]
    while not stopping:
        for part in running:
            part.watch()
        time.sleep(POLL)
    for part in running:
        part.ask_to_end()
    for part in running:
        part.end()
