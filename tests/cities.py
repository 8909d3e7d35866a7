"""Cities for tests: made fresh on the session's own servers, and gone without a trace afterwards."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Any, Final, TypeVar
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx
import psycopg
from psycopg.sql import SQL, Identifier

from apps.provisioning import database
from apps.provisioning.city import Installation, create_city
from desk.office import Office
from eventstore.city import City
from eventstore.declaration import Service
from eventstore.ledger.checkpoints import draw_signing_key, origin_of
from eventstore.protection import ClassGroup
from eventstore.sealing.keys import KEY_BYTES, write_master_key, write_secret
from eventstore.tokens import draw_token_keys

ROOT: Final = Path(__file__).resolve().parents[1]
AOMORI: Final = ROOT / "municipalities" / "aomori.toml"
TOKOROZAWA: Final = ROOT / "municipalities" / "tokorozawa.toml"
THIRD_CITY: Final = ROOT / "tests" / "unit" / "third_city.toml"
"""The pack of a municipality that nobody wrote code for."""

Opened = TypeVar("Opened", bound=Any)

NOON: Final = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
"""12:00 on 22 November 2026 in Asia/Tokyo."""


@dataclass(slots=True)
class FrozenClock:
    """A clock that shows one instant (UTC) until a test moves it on."""

    instant: datetime = NOON

    def __call__(self) -> datetime:
        return self.instant

    def advance(self, by: timedelta) -> None:
        """Moves the clock on."""
        self.instant += by


@dataclass(slots=True)
class Cities:
    """Makes cities and offices, and takes away at the end what it made. Use it as `with Cities(at) as cities`."""

    at: Installation
    _cities: list[str] = field(default_factory=list)
    _opened: ExitStack = field(default_factory=ExitStack)

    def new(self, label: str = "city", pack_file: Path = AOMORI) -> City:
        """A city with everything that `renkei city create` gives; its name is `label` and something random."""
        name = self.reserve(label)
        return create_city(self.at, name, pack_file, approver="市長", reference="企連第1号")

    def stripped(self, services: Sequence[Service], label: str = "bare") -> City:
        """A city of these services with a database and keys alone: no vhost and no pack."""
        name = self.reserve(label)
        city = City(
            name=name,
            municipality="012025",
            stream=uuid4(),
            operator=uuid4(),
            folder=self.at.home / name,
            databases=database.draw_uris(self.at.database_url, name, database.logins(services)),
            brokers={},
        )
        city.write()
        keys = city.folder / "keys"
        keys.mkdir(mode=0o700)
        for group in ClassGroup:
            write_master_key(keys, group)
        for service in services:
            write_secret(keys / f"{service.name}.secret", token_bytes(KEY_BYTES).hex())
        draw_token_keys(keys)
        draw_signing_key(keys, origin_of(city.municipality, 1))
        database.create(self.at.database_url, name, city.databases, services)
        return city

    def office(self, service: Service, city: City, clock: FrozenClock | None = None) -> Office:
        """What the service works with in the city; its connections are closed at the end."""
        return self.closing(Office(service, city) if clock is None else Office(service, city, clock=clock))

    def closing(self, opened: Opened) -> Opened:
        """The same, closed at the end: an office, a database."""
        self._opened.enter_context(closing(opened))
        return opened

    def administrator_url(self, city: City) -> str:
        """The superuser's URI of the city's database."""
        return urlsplit(self.at.database_url)._replace(path=f"/{database.database(city.name)}").geturl()

    def __enter__(self) -> "Cities":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()
        for name in self._cities:
            _drop_database(self.at.database_url, name)
            _drop_vhost(self.at.management_url, name)

    def reserve(self, label: str) -> str:
        """A name for a city that the test makes by itself; what becomes of it is taken away at the end."""
        name = f"{re.sub('[^a-z0-9]', '_', label.lower())[:20]}_{token_hex(4)}"
        self._cities.append(name)
        return name


def _drop_database(admin_url: str, city: str) -> None:
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(database.database(city))))
        roles = admin.execute("SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", (database.role(city, ""),))
        for (role,) in roles.fetchall():
            admin.execute(SQL("DROP ROLE {}").format(Identifier(role)))


def _drop_vhost(management_url: str, city: str) -> None:
    """Deletes the vhost, and the users who may do nothing anywhere else."""
    with management(management_url) as api:
        permissions = api.get(f"vhosts/{city}/permissions")
        if permissions.status_code == httpx.codes.NOT_FOUND:
            return
        api.delete(f"vhosts/{city}").raise_for_status()
        for user in (permission["user"] for permission in permissions.json()):
            at = f"users/{quote(user, safe='')}"
            if user != api.auth_name and not api.get(f"{at}/permissions").json():
                api.delete(at).raise_for_status()


class ManagementClient(httpx.Client):
    """RabbitMQ's management API as administrator, for looking on and tidying up; paths are relative to `/api/`."""

    auth_name: str


@contextmanager
def management(url: str) -> Iterator[ManagementClient]:
    """The management API at `http://user:password@host:port`."""
    at = urlsplit(url)
    base = f"{at.scheme}://{at.netloc.rpartition('@')[2]}{at.path.rstrip('/')}/api/"
    with ManagementClient(base_url=base, auth=(at.username or "guest", at.password or "guest"), timeout=30) as client:
        client.auth_name = at.username or "guest"
        yield client
