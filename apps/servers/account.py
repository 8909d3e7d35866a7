"""Whose account the private servers run under, and where that account can reach their files."""

import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from apps.servers.errors import ServersUnavailable

UNPRIVILEGED = ("nobody", "postgres", "daemon")
"""Accounts that exist on Debian and Ubuntu and may do nothing; the first that exists is taken."""

_SHARED_TEMPORARY = Path("/var/tmp")  # noqa: S108 - its sub-folder's owner is checked


@dataclass(frozen=True, slots=True)
class Account:
    """The user and group ids that servers run with; None and None: those of this process."""

    uid: int | None = None
    gid: int | None = None

    def give(self, path: Path) -> None:
        """Makes the account the owner of a file or folder."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def can_reach(self, folder: Path) -> bool:
        """Whether the account may enter a folder."""
        if self.uid is None:
            return True
        entered = subprocess.run(  # noqa: S603 - own argument list
            ["/usr/bin/test", "-x", str(folder)],
            check=False,
            cwd="/",
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )
        return entered.returncode == 0


def account() -> Account:
    """The account for servers: ourselves, or an unprivileged one when we are root (PostgreSQL refuses root)."""
    if os.geteuid() != 0:
        return Account()
    for name in UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(uid=entry.pw_uid, gid=entry.pw_gid)
    raise ServersUnavailable("Servers do not run as root, and none of nobody, postgres and daemon exists here.")


def reachable(run_dir: Path, servers_account: Account) -> Path:
    """`run_dir`, made if need be, or a folder in its place where the account cannot enter it.

    The scripts of RabbitMQ cannot bear spaces in paths, so such a folder is replaced too.
    """
    run_dir.mkdir(parents=True, exist_ok=True, mode=0o755)
    here = run_dir.resolve()
    if not any(character.isspace() for character in str(here)) and servers_account.can_reach(here):
        return here
    return _substitute(here)


def _substitute(run_dir: Path) -> Path:
    name = hashlib.sha256(os.fsencode(run_dir)).hexdigest()[:12]
    folder = _SHARED_TEMPORARY / f"renkei-{os.geteuid()}-{name}"
    folder.mkdir(mode=0o755, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise ServersUnavailable(f"{folder} belongs to somebody else.")
    return folder
