"""Servers from Debian's or Ubuntu's packages, unpacked into a folder: nothing is installed, no root is needed."""

import fcntl
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from apps.servers.errors import ServersUnavailable
from apps.servers.progress import Progress

TOOLS = ("apt-get", "dpkg", "dpkg-query")

_UNNEEDED = re.compile(r"lib(llvm|z3|perl).*|lib.*-perl")
"""Libraries that only PostgreSQL's just-in-time compiler (switched off) and Debian's Perl scripts load."""

_COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Packages that are unpacked together.

    `package` is asked for by name and brings what it depends on; of that, the packages whose names begin with one of
    `families` are always unpacked, and of the rest only libraries that the machine does not have.
    """

    package: str
    families: tuple[str, ...]


POSTGRESQL = Bundle("postgresql", ("postgresql-",))
RABBITMQ = Bundle("rabbitmq-server", ("rabbitmq-server", "erlang-"))


def available() -> bool:
    """Whether this machine has apt and dpkg."""
    return all(shutil.which(tool) for tool in TOOLS)


def unpacked(bundle: Bundle, folder: Path, progress: Progress) -> Path:
    """The root folder of an unpacked bundle below `folder`; fetched and unpacked unless that was done before.

    Raises ServersUnavailable with apt's own words when a package cannot be had.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    root = folder / bundle.package
    with _alone(folder / f"{bundle.package}.lock"):
        if not (root / _COMPLETE).exists():
            _fetch(bundle, folder, root, progress)
    return root


def library_path(root: Path) -> str:
    """LD_LIBRARY_PATH for programs of an unpacked bundle."""
    triplet = f"{platform.machine()}-linux-gnu*"
    folders = [*root.glob(f"usr/lib/{triplet}"), *root.glob(f"lib/{triplet}"), root / "usr/lib"]
    return ":".join(str(one) for one in folders if one.is_dir())


def _fetch(bundle: Bundle, folder: Path, root: Path, progress: Progress) -> None:
    shutil.rmtree(root, ignore_errors=True)
    downloads = folder / f"{bundle.package}.debs"
    shutil.rmtree(downloads, ignore_errors=True)
    downloads.mkdir(mode=0o755)
    apt = _Apt(folder)
    with progress.step(f"{bundle.package}: package lists"), _alone(folder / "lists.lock"):
        apt.update()
        wanted = selected(apt.closure(bundle.package), bundle, _installed())
    with progress.step(f"{bundle.package}: downloading {len(wanted)} packages"):
        apt.download(wanted, downloads)
    with progress.step(f"{bundle.package}: unpacking"):
        for file in sorted(downloads.glob("*.deb")):
            _run(["dpkg", "-x", str(file), str(root)])
    shutil.rmtree(downloads)
    root.chmod(0o755)
    (root / _COMPLETE).write_text("\n".join(wanted) + "\n")


def selected(closure: list[tuple[str, str]], bundle: Bundle, installed: frozenset[str]) -> list[str]:
    """Which of a package and all that it depends on, as (name, version), are to be fetched, as `name=version`."""
    return [
        f"{name}={version}"
        for name, version in closure
        if name.startswith(bundle.families)
        or (name.startswith("lib") and not _UNNEEDED.fullmatch(name) and name not in installed)
    ]


class _Apt:
    """apt with lists and caches of its own, which any user may run."""

    def __init__(self, folder: Path) -> None:
        self._lists = folder / "lists"
        self._cache = folder / "cache"
        self._nothing_installed = folder / "status"
        for one in (self._lists / "partial", self._cache / "archives/partial"):
            one.mkdir(parents=True, exist_ok=True, mode=0o755)
        self._nothing_installed.touch()
        settings = {
            "Dir::State::Lists": self._lists,
            "Dir::Cache": self._cache,
            "APT::Sandbox::User": "",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
            "Debug::NoLocking": "1",
        }
        self._options = [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]

    def update(self) -> None:
        """Fetches the lists of the sources that this machine names."""
        _run(["apt-get", *self._options, "-q", "update"])

    def closure(self, package: str) -> list[tuple[str, str]]:
        """The package and all that it depends on, as if nothing were installed, as (name, version)."""
        blank = ["-o", f"Dir::State::status={self._nothing_installed}"]
        arguments = ["--simulate", "--no-install-recommends", "install", package]
        text = _run(["apt-get", *self._options, *blank, *arguments])
        return re.findall(r"^Inst (\S+) \((\S+) ", text, flags=re.MULTILINE)

    def download(self, wanted: list[str], folder: Path) -> None:
        """Fetches packages, named as `name=version`, and checks them against the signed lists."""
        _run(["apt-get", *self._options, "-q", "download", *wanted], folder)


def _installed() -> frozenset[str]:
    lines = _run(["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n"]).splitlines()
    return frozenset(line.removeprefix("installed ") for line in lines if line.startswith("installed "))


def _run(command: list[str], folder: Path | None = None) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)  # noqa: S603 - own argument list
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise ServersUnavailable(f"{command[0]} failed: {reason}")
    return done.stdout


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Waits until no other process fetches the same."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
