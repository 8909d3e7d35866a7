"""Where the watch listens: `RENKEI_WATCH_HOST`, this machine alone unless set, and `RENKEI_WATCH_PORT`."""

from typing import Final

from environs import Env

HOST: Final = "127.0.0.1"
PORT: Final = 9465
EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - to know it again, not to listen there


def address() -> tuple[str, int]:
    """Host and port. Raises environs.EnvError where the port is not a number."""
    env = Env()
    return env.str("RENKEI_WATCH_HOST", HOST), env.int("RENKEI_WATCH_PORT", PORT)


def own_url() -> str:
    """Where a process beside it asks it: by loopback where it listens on every address."""
    host, port = address()
    return f"http://{HOST if host in EVERYWHERE else host}:{port}"
