"""A private PostgreSQL: durable, on loopback, with a superuser named admin."""

import os
import secrets
import shutil
import signal
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from apps.servers.account import Account
from apps.servers.addresses import LOOPBACK, free_ports, reply
from apps.servers.errors import ServersUnavailable
from apps.servers.instances import Program

OLDEST = 15
"""The oldest major version that Renkei is run on (Debian 12)."""

_PROTOCOL = 196608  # version 3.0


@dataclass(frozen=True, slots=True)
class PostgresPrograms:
    """Where a machine's or a package's PostgreSQL lies; `library_path` is empty for the machine's own."""

    folder: Path
    library_path: str = ""

    def environment(self) -> dict[str, str]:
        """All that its programs see of the environment."""
        environment = {"PATH": f"{self.folder}:/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        return environment | ({"LD_LIBRARY_PATH": self.library_path} if self.library_path else {})

    def version(self) -> int | None:
        """The major version; None if the programs are incomplete or do not run."""
        if not (self.folder / "initdb").exists():
            return None
        try:
            shown = subprocess.run(  # noqa: S603 - own argument list
                [self.folder / "postgres", "--version"],
                check=False,
                env=self.environment(),
                capture_output=True,
                text=True,
            )
        except OSError:
            return None
        digits = shown.stdout.partition(") ")[2].split(".")[0].strip()
        return int(digits) if shown.returncode == 0 and digits.isdigit() else None


def installed_postgres() -> PostgresPrograms | None:
    """The machine's own PostgreSQL: the one on PATH, else Debian's newest; None if there is none that will do."""
    on_path = shutil.which("postgres")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += _newest_first(Path("/usr/lib/postgresql"))
    return next((found for found in map(PostgresPrograms, folders) if (found.version() or 0) >= OLDEST), None)


def unpacked_postgres(root: Path, library_path: str) -> PostgresPrograms:
    """PostgreSQL in a folder of unpacked packages. Raises ServersUnavailable if it does not run."""
    for folder in _newest_first(root / "usr/lib/postgresql"):
        found = PostgresPrograms(folder, library_path)
        if (found.version() or 0) >= OLDEST:
            return found
    raise ServersUnavailable(f"The packages hold no PostgreSQL {OLDEST} or later that runs here.")


def _newest_first(versions: Path) -> list[Path]:
    numbered = [one for one in versions.glob("*/bin") if one.parent.name.isdigit()]
    return sorted(numbered, key=lambda one: int(one.parent.name), reverse=True)


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """Where a PostgreSQL of ours listens, and its superuser's password."""

    port: int = field(default_factory=lambda: free_ports(1)[0])
    password: str = field(default_factory=lambda: secrets.token_urlsafe(18))

    def variables(self) -> dict[str, str]:
        """The address, as programs find it in their environment."""
        return {"DATABASE_URL": f"postgresql://admin:{self.password}@{LOOPBACK}:{self.port}/postgres"}

    def answers(self) -> bool:
        """Whether it asks who we are (R) instead of refusing (E), as it does while it starts or recovers."""
        names = b"user\0admin\0database\0postgres\0\0"
        return reply(self.port, struct.pack("!II", 8 + len(names), _PROTOCOL) + names).startswith(b"R")


@dataclass(frozen=True, slots=True)
class PostgresRecipe:
    """How a private PostgreSQL is set up and run."""

    found: PostgresPrograms
    address: PostgresAddress = field(default_factory=PostgresAddress)
    name: str = "PostgreSQL"
    stop_signal: signal.Signals = signal.SIGINT
    """The signal for a "fast shutdown" (PostgreSQL manual, "Shutting Down the Server")."""

    def prepare(self, folder: Path, account: Account) -> None:
        """Makes the cluster, unless it is there."""
        if (folder / "data/PG_VERSION").exists():
            return
        secret = folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(self.address.password)
        account.give(secret)
        made = subprocess.run(  # noqa: S603 - own argument list
            self._initdb(folder, secret),
            check=False,
            cwd=folder,
            env=self.found.environment(),
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
            capture_output=True,
            text=True,
        )
        secret.unlink()
        if made.returncode != 0:
            raise ServersUnavailable(f"initdb failed: {made.stderr.strip()}")

    def programs(self, folder: Path) -> list[Program]:
        """The server, its settings on the command line."""
        settings = [part for name, value in self._settings().items() for part in ("-c", f"{name}={value}")]
        server = str(self.found.folder / "postgres")
        return [Program([server, "-D", str(folder / "data"), *settings], self.found.environment())]

    def _initdb(self, folder: Path, secret: Path) -> list[str]:
        return [
            str(self.found.folder / "initdb"),
            f"--pgdata={folder / 'data'}",
            "--username=admin",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--locale=C.UTF-8",
            "--encoding=UTF8",
        ]

    def _settings(self) -> dict[str, str]:
        return {
            "listen_addresses": LOOPBACK,
            "port": str(self.address.port),
            "unix_socket_directories": "",
            "max_connections": "200",
            "shared_buffers": f"{shared_buffers(_memory())}MB",
            "max_wal_size": "2GB",
            "fsync": "on",
            "full_page_writes": "on",
            "synchronous_commit": "on",
            "jit": "off",  # its library is not unpacked, and short statements gain nothing by it
            "timezone": "UTC",
            "log_timezone": "UTC",
        }


def shared_buffers(memory: int) -> int:
    """MiB of cache for a machine with `memory` bytes: a sixteenth, from 32 MiB to 1 GiB."""
    return min(max(memory // 16 // 2**20, 32), 1024)


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
