"""Service processes for tests, as `renkei serve` starts them: their log caught, ended by their own pid."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eventstore.city import City
from tests.cities import ROOT
from tests.portals import until

START_SECONDS: Final = 60.0


@dataclass(slots=True)
class Served:
    """One running process of a service."""

    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def log_text(self) -> str:
        """Everything that it wrote."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def log(self) -> list[dict[str, Any]]:
        """Its log, line by line."""
        return [json.loads(line) for line in self.log_text().splitlines() if line.startswith("{")]

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log about one thing."""
        return [line for line in self.log() if line.get("event") == event]

    def resident_bytes(self) -> int:
        """How much memory it holds (RSS)."""
        fields = Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def serving(service: str, *cities: City, folder: Path) -> Iterator[Served]:
    """`python -m services.<service>` for these cities, ready to answer; its log is kept in `folder`."""
    log_file = folder / f"{service}-{len(list(folder.glob('*.log')))}.log"
    environment = {
        **os.environ,
        "RENKEI_HOME": str(cities[0].folder.parent),
        "RENKEI_CITIES": ",".join(city.name for city in cities),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with log_file.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", f"services.{service}"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    served = Served(process, log_file)
    try:
        until(lambda: len(served.logged("serving")) >= len(cities) or not served.is_running, START_SECONDS)
        assert served.is_running, served.log_text()[-2000:]
        yield served
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
