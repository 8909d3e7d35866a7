"""Where a server comes from: the first of four sources that has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from apps.servers import containers, packages
from apps.servers.account import Account
from apps.servers.containers import Container
from apps.servers.errors import ServersUnavailable
from apps.servers.instances import Instance, Server
from apps.servers.kinds import Kind, Prepared
from apps.servers.progress import Progress


class Source(StrEnum):
    """The sources, in the order in which they are tried."""

    ENVIRONMENT = "environment"
    MACHINE = "machine"
    PACKAGES = "packages"
    CONTAINERS = "containers"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run keeps its things: `packages` outlives it, `slot` is its own."""

    packages: Path
    slot: Path
    account: Account
    progress: Progress


@dataclass(frozen=True, slots=True)
class Chosen:
    """A server's addresses by environment variable; how to handle it if it is ours; where it comes from, in words."""

    variables: dict[str, str]
    server: Server | None
    words: str


def choose(kind: Kind, sources: Sequence[Source], environ: Mapping[str, str], place: Place) -> Chosen:
    """The server from the first of `sources` that has it, not yet started.

    Raises ServersUnavailable, naming what each source lacked.
    """
    lacking = []
    for source in sources:
        try:
            chosen = _from_source(kind, source, environ, place)
        except ServersUnavailable as fault:
            lacking.append(str(fault))
            continue
        if chosen is not None:
            return chosen
    reasons = f" ({' '.join(lacking)})" if lacking else ""
    raise ServersUnavailable(
        f"{kind.name} is neither named by the environment, nor installed, nor to be had from packages, "
        f"nor from a Docker engine{reasons}."
    )


def _from_source(kind: Kind, source: Source, environ: Mapping[str, str], place: Place) -> Chosen | None:
    match source:
        case Source.ENVIRONMENT:
            given = kind.given(environ)
            return Chosen(given, None, f"the one named by {' and '.join(given)}") if given else None
        case Source.MACHINE:
            found = kind.installed()
            return _instance(kind, found, "this machine's own", place) if found else None
        case Source.PACKAGES:
            return _unpacked(kind, place) if packages.available() else None
        case Source.CONTAINERS:
            return _container(kind, place) if containers.engine_answers() else None


def _unpacked(kind: Kind, place: Place) -> Chosen:
    return _instance(kind, kind.from_packages(place.packages, place.progress), "unpacked packages", place)


def _instance(kind: Kind, found: Prepared, what: str, place: Place) -> Chosen:
    folder = place.slot / kind.folder
    record = folder.with_suffix(".json")
    server = Instance(found.recipe, found.address.answers, folder, record, place.account, place.progress)
    return Chosen(found.address.variables(), server, f"a private one from {what}, {found.origin}, data in {folder}")


def _container(kind: Kind, place: Place) -> Chosen:
    image, address = kind.image()
    record = place.slot / f"{kind.folder}.container"
    server = Container(kind.name, image, address.answers, record, place.progress)
    return Chosen(address.variables(), server, f"a container of {image.name}, {server.name}")
