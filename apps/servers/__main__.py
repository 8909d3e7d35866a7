"""`python -m apps.servers [--purpose NAME] -- COMMAND …`: runs a command while both servers run."""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from apps.servers.errors import ServersUnavailable
from apps.servers.lifetime import running

UNAVAILABLE = 3
"""Exit code when a server can neither be found nor got."""


def main() -> int:
    """The command's exit code; 128 and the signal's number if a signal ended it."""
    parser = argparse.ArgumentParser(prog="python -m apps.servers", description=__doc__)
    parser.add_argument("--purpose", default="command", help="sub-folder of .run for the data, emptied at the start")
    parser.add_argument("command", nargs="+", help="what to run; it finds the servers in its environment")
    arguments = parser.parse_args()
    try:
        with running(Path(".run"), purpose=arguments.purpose) as servers:
            return _run(arguments.command, servers.variables())
    except ServersUnavailable as fault:
        print(fault, file=sys.stderr)  # noqa: T201 - this is the terminal's
        return UNAVAILABLE
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _run(command: list[str], variables: dict[str, str]) -> int:
    with _forwarding_signals() as forward_to:
        child = subprocess.Popen(command, env={**os.environ, **variables})  # noqa: S603 - running it is the purpose
        forward_to(child)
        code = child.wait()
    return code if code >= 0 else 128 - code


@contextmanager
def _forwarding_signals() -> Iterator[Callable[[subprocess.Popen[bytes]], None]]:
    """Hands signals on to a child, also such as come before it is named; not a terminal's Ctrl-C, which reaches it."""
    children: list[subprocess.Popen[bytes]] = []
    early: list[int] = []

    def forward(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and sys.stdin.isatty():
            return
        if children:
            children[0].send_signal(number)
        else:
            early.append(number)

    def forward_to(child: subprocess.Popen[bytes]) -> None:
        children.append(child)
        for number in early:
            child.send_signal(number)

    before = {one: signal.signal(one, forward) for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield forward_to
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
