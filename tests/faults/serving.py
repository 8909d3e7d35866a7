"""`renkei serve` as users start it, watched by what it says, and killed by part."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from apps.servers.processes import Process, gone, kill, process
from tests.cities import ROOT

LOOK: Final = 0.05  # seconds between two looks at something that is awaited
STARTED: Final = 60.0
T = TypeVar("T")


def until(look: Callable[[], T], seconds: float, what: str) -> T:
    """What `look` gives as soon as it is truthy. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(LOOK)
    return seen


@dataclass(slots=True)
class Serving:
    """One `renkei serve` as users start it, and what it and its parts say."""

    home: Path
    log: Path
    arguments: tuple[str, ...] = ()
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def environment(self) -> dict[str, str]:
        """What `renkei` sees."""
        return {**os.environ, "RENKEI_HOME": str(self.home)}

    def start(self) -> None:
        """Starts it, without waiting for its parts."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "apps.cli", "serve", *self.arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def stop(self, within: float = 30.0) -> float:
        """Asks it to end and gives the seconds that it took. Raises subprocess.TimeoutExpired."""
        began = time.monotonic()
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=within)
            self._process = None
        return time.monotonic() - began

    def end(self) -> None:
        """Leaves nothing of it behind, however it stands."""
        if self._process is None:
            return
        try:
            self.stop()
        except subprocess.TimeoutExpired:
            left = process(self._process.pid)
            kill([left] if left else [])
            self._process = None

    def kill_supervisor(self) -> None:
        """SIGKILL to `renkei serve` itself, and to none of its parts."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=10)
        self._process = None

    def said(self) -> list[dict[str, Any]]:
        """The lines of the log; one that is not ours as `{"raw": line}`."""
        if not self.log.exists():
            return []
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [json.loads(line) if line.startswith("{") else {"raw": line} for line in lines]

    def heard(self, event: str, **fields: object) -> list[dict[str, Any]]:
        """The lines of this event with these fields."""
        wanted = {"event": event, **fields}
        return [line for line in self.said() if wanted.items() <= line.items()]

    def heard_of(self, error: str) -> list[dict[str, Any]]:
        """The lines that name this type of error."""
        return [line for line in self.said() if line.get("error") == error]

    def part(self, name: str) -> Process | None:
        """The process of a part as it runs now; None while there is none."""
        started = self.heard("started", part=name)
        return process(started[-1]["pid"]) if started else None

    def await_serving(self, service: str, times: int, seconds: float = STARTED) -> None:
        """Waits until the service has said so often that it serves a city."""
        until(lambda: len(self.heard("serving", service=service)) >= times, seconds, f"{service} serves")

    def kill_part(self, name: str) -> None:
        """SIGKILL to a part, as soon as it runs."""
        running = until(lambda: self.part(name), STARTED, f"{name} runs")
        kill([running])
        gone(running, 10)

    def trouble(self) -> Counter[str]:
        """What was said as warning or worse, and what others wrote, by kind."""
        kinds: Counter[str] = Counter()
        for line in self.said():
            if "raw" in line:
                kinds["(not a log line)"] += 1
            elif line.get("level") in ("warning", "error", "critical"):
                words = (line.get("service"), line.get("logger"), line["event"][:60], line.get("error"))
                kinds[" ".join(str(word) for word in words if word)] += 1
        return kinds
