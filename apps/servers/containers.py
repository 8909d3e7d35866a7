"""A server in a container, where a Docker engine answers."""

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from apps.servers.addresses import LOOPBACK
from apps.servers.errors import ServersUnavailable
from apps.servers.instances import PATIENCE
from apps.servers.processes import POLL
from apps.servers.progress import Progress

_ANSWER = 10.0
"""Seconds in which an engine has to answer to count."""


@dataclass(frozen=True, slots=True)
class Image:
    """What is run: an image, the host port for each port inside, environment and arguments."""

    name: str
    ports: Mapping[int, int]
    environment: Mapping[str, str]
    arguments: tuple[str, ...] = ()


def engine_answers() -> bool:
    """Whether there is a Docker engine behind the docker command."""
    if shutil.which("docker") is None:
        return False
    try:
        _docker("version", "--format", "{{.Server.Version}}", patience=_ANSWER)
    except ServersUnavailable:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Container:
    """A server in a container of its own; `record` is a file that names it while it exists."""

    label: str
    image: Image
    answers: Callable[[], bool]
    record: Path
    progress: Progress
    name: str = field(default_factory=lambda: f"renkei-{secrets.token_hex(4)}")

    @property
    def pid(self) -> int | None:
        """The container's first process, as the engine numbers it; None while it does not run."""
        if not self.record.exists():
            return None
        return int(_docker("inspect", "--format", "{{.State.Pid}}", self.name)) or None

    def start(self) -> None:
        """Starts the container, made if it is not there. Raises ServersUnavailable if the server does not answer."""
        with self.progress.step(f"{self.label}: starting a container"):
            if self.record.exists():
                _docker("start", self.name)
            else:
                self.record.write_text(self.name)
                _docker(*self._creation())
            self._await_answer()

    def stop(self) -> None:
        """Ends it in good order."""
        if self.record.exists():
            _docker("stop", self.name)

    def kill(self) -> None:
        """SIGKILL to all its processes."""
        if self.pid is not None:
            _docker("kill", self.name)

    def wipe(self) -> None:
        """Removes the container and its data. Raises RuntimeError while it runs."""
        if self.pid is not None:
            raise RuntimeError(f"{self.label} is running.")
        end_container(self.record)

    def leave(self) -> None:
        """Ends it and removes it from the machine."""
        self.stop()
        end_container(self.record)

    def _creation(self) -> list[str]:
        ports = [f"--publish={LOOPBACK}:{outside}:{inside}" for inside, outside in self.image.ports.items()]
        environment = [f"--env={name}={value}" for name, value in self.image.environment.items()]
        command = ["run", "--detach", f"--name={self.name}", f"--hostname={self.name}", *ports, *environment]
        return [*command, self.image.name, *self.image.arguments]

    def _await_answer(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if time.monotonic() > deadline:
                raise ServersUnavailable(f"{self.label} in container {self.name} does not answer.")
            time.sleep(POLL)


def end_container(record: Path) -> None:
    """Removes the container that a record names, with its data, running or not."""
    if record.exists():
        _docker("rm", "--force", "--volumes", record.read_text())
        record.unlink()


def _docker(*arguments: str, patience: float | None = None) -> str:
    command = ["docker", *arguments]
    try:
        done = subprocess.run(command, check=False, env=os.environ, capture_output=True, text=True, timeout=patience)  # noqa: S603 - own argument list
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise ServersUnavailable(f"docker does not answer: {fault}") from fault
    if done.returncode != 0:
        raise ServersUnavailable(f"docker {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()
