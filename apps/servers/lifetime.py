"""Servers for as long as a block runs, and not longer."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from apps.servers.account import account, reachable
from apps.servers.instances import Server
from apps.servers.kinds import POSTGRES_KIND, RABBITMQ_KIND, Kind
from apps.servers.progress import Progress
from apps.servers.slots import slot
from apps.servers.sources import Chosen, Place, Source, choose


@dataclass(frozen=True, slots=True)
class Servers:
    """The addresses of both servers as administrator, and the handles of those that are private (else None)."""

    database_url: str
    amqp_uri: str
    management_url: str
    postgres: Server | None
    rabbitmq: Server | None

    def variables(self) -> dict[str, str]:
        """The addresses, as programs find them in their environment."""
        return {
            "DATABASE_URL": self.database_url,
            "AMQP_URI": self.amqp_uri,
            "RABBITMQ_MANAGEMENT_URL": self.management_url,
        }


@contextmanager
def running(
    run_dir: Path,
    *,
    purpose: str,
    sources: Sequence[Source] = tuple(Source),
    environ: Mapping[str, str] = os.environ,
) -> Iterator[Servers]:
    """PostgreSQL and RabbitMQ while the block runs: found or got from the first of `sources` that has them.

    `run_dir` is a folder that may be deleted when nothing runs; `purpose` names the sub-folder for data, which is empty
    at the start. What is ours is stopped at the end, also at SIGTERM. Raises ServersUnavailable.
    """
    servers_account = account()
    home = reachable(run_dir, servers_account)
    progress = Progress()
    try:
        with _ending_at_sigterm(), slot(home, purpose, progress) as folder:
            place = Place(home / "packages", folder, servers_account, progress)
            with _both(place, sources, environ) as servers:
                yield servers
    finally:
        progress.close()


@contextmanager
def _both(place: Place, sources: Sequence[Source], environ: Mapping[str, str]) -> Iterator[Servers]:
    chosen: dict[str, Chosen] = {}

    def launch(kind: Kind) -> None:
        chosen[kind.name] = choose(kind, sources, environ, place)
        place.progress.say(f"{kind.name}: {chosen[kind.name].words}")
        server = chosen[kind.name].server
        if server is not None:
            server.start()

    try:
        _at_once(launch)
        yield _servers(chosen[POSTGRES_KIND.name], chosen[RABBITMQ_KIND.name])
    finally:
        with _undisturbed():
            _leave([one.server for one in chosen.values() if one.server is not None])


def _at_once(launch: Callable[[Kind], None]) -> None:
    """Starts both; raises the first fault when neither is busy any more."""
    with ThreadPoolExecutor(max_workers=2) as pool:
        starts = [pool.submit(launch, kind) for kind in (POSTGRES_KIND, RABBITMQ_KIND)]
    for one in starts:
        one.result()


def _servers(postgres: Chosen, rabbitmq: Chosen) -> Servers:
    return Servers(
        database_url=postgres.variables["DATABASE_URL"],
        amqp_uri=rabbitmq.variables["AMQP_URI"],
        management_url=rabbitmq.variables["RABBITMQ_MANAGEMENT_URL"],
        postgres=postgres.server,
        rabbitmq=rabbitmq.server,
    )


def _leave(servers: list[Server]) -> None:
    with ThreadPoolExecutor(max_workers=2) as pool:
        ends = [pool.submit(one.leave) for one in servers]
    for one in ends:
        one.result()


@contextmanager
def _ending_at_sigterm() -> Iterator[None]:
    """Lets SIGTERM unwind the block instead of ending the process at once, unless somebody handles it already."""
    if not _may_handle_signals() or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, _exit)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _exit(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Lets an impatient second signal not interrupt the stopping."""
    if not _may_handle_signals():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _may_handle_signals() -> bool:
    return threading.current_thread() is threading.main_thread()
