"""Lines for a person who waits: what is being done, and for how long already."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

QUIET = 1.0
"""Seconds that a step may take before its progress is shown."""

EVERY = 5.0
"""Seconds between two lines about steps that go on, where the output is no terminal."""


class Progress:
    """Tells on standard error which steps run, each second on a terminal, every few seconds elsewhere."""

    def __init__(self) -> None:
        self._steps: dict[str, float] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._ticking: threading.Thread | None = None
        self._shown = 0.0

    def say(self, line: str) -> None:
        """One line of its own."""
        with self._lock:
            self._write(line + "\n")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Counts the seconds of the block; says how many it took, if they were noticeable."""
        began = time.monotonic()
        with self._lock:
            self._steps[name] = began
            self._tick()
        try:
            yield
        finally:
            with self._lock:
                del self._steps[name]
        seconds = time.monotonic() - began
        if seconds >= QUIET:
            self.say(f"{name}: done ({seconds:.1f} s)")

    def close(self) -> None:
        """Ends the ticking."""
        self._ended.set()
        if self._ticking is not None:
            self._ticking.join()

    def _tick(self) -> None:
        if self._ticking is None:
            self._ticking = threading.Thread(target=self._run, name="progress", daemon=True)
            self._ticking.start()

    def _run(self) -> None:
        while not self._ended.wait(1.0):
            with self._lock:
                self._show(time.monotonic())

    def _show(self, now: float) -> None:
        steps = [f"{name} … {now - began:.0f} s" for name, began in self._steps.items() if now - began >= QUIET]
        if not steps:
            return
        if sys.stderr.isatty():
            self._write("; ".join(steps))
        elif now - self._shown >= EVERY:
            self._shown = now
            self._write("; ".join(steps) + "\n")

    def _write(self, text: str) -> None:
        start = "\r\x1b[K" if sys.stderr.isatty() else ""
        sys.stderr.write(start + text)
        sys.stderr.flush()
