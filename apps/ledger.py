"""What whoever signs, checks or reads a city's ledger works with: its days, its signer, its checkpoints outside."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from environs import Env

from apps.composition import SERVICES
from eventstore.city import City
from eventstore.clock import now
from eventstore.database import Connection
from eventstore.declaration import Service
from eventstore.errors import KeyUnavailable
from eventstore.ledger.checkpoints import Outside, Signer, read_signer
from eventstore.protection import ClassGroup
from eventstore.sealing.keys import derive
from eventstore.verification.blind_indexes import Indexing
from eventstore.verification.verification import Verification

ZONE: Final = ZoneInfo("Asia/Tokyo")
"""Every municipality of the country lives in it; a pack's zone says the same."""


def signer(city: City) -> Signer:
    """The city's signer of checkpoints, under the name of its first origin. Raises `KeyUnavailable`."""
    return read_signer(city.folder / "keys", f"renkei/{city.municipality}")


def outside(city: City) -> Outside:
    """The city's checkpoints outside the database: `RENKEI_CHECKPOINTS`/<city>, else in the city's folder."""
    folder: Path | None = Env().path("RENKEI_CHECKPOINTS", None)
    return Outside(folder / city.name if folder else city.folder / "checkpoints", signer(city).verifier)


def verification(
    city: City,
    connection: Connection,
    progress: Callable[[int, int], None],
    *,
    services: Iterable[Service] = SERVICES,
) -> Verification:
    """Verifies the city's ledger with every key and secret that is held here, as the records office's role."""
    return Verification(
        connection=connection,
        masters=city.master_keys(ClassGroup),
        indexings=_indexings(city, services),
        verifier=signer(city).verifier,
        outside=outside(city),
        zone=ZONE,
        now=now(),
        progress=progress,
    )


def _indexings(city: City, services: Iterable[Service]) -> dict[str, Indexing]:
    """How each service makes its look-ups, of those whose secret is held here."""
    indexings = {}
    for service in services:
        with suppress(KeyUnavailable):
            indexings[service.name] = Indexing.of(service.events, derive(city.secret(service.name), "blind index"))
    return indexings
