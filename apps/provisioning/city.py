"""Creates a city: folder and keys, database, vhost, and the first pack, adopted as an event like every later one."""

import re
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_bytes
from typing import Final
from uuid import uuid4

from apps.composition import SERVICES
from apps.provisioning import broker, database
from desk.deadlines.calendar import Calendar
from desk.office import Office
from desk.packs import Pack, load_pack
from eventstore.city import FILE, City
from eventstore.errors import KeyUnavailable, Refusal
from eventstore.execution import execute
from eventstore.ledger.checkpoints import SIGNING, draw_signing_key, origin_of
from eventstore.protection import ClassGroup
from eventstore.records import Actor, Code, Context, StreamId
from eventstore.sealing.keys import KEY_BYTES, write_master_key, write_secret
from eventstore.tokens import PUBLIC, draw_token_keys
from services.administration.declaration import ADMINISTRATION
from services.administration.domain.city import CITY, AdmitPortal, AdoptClosedDays, AdoptPack, CityCommand

NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")
PORTAL: Final = re.compile(r"[a-z][a-z0-9-]{1,40}")
OPERATOR: Final = Code("operator")
COMMAND_LINE: Final = Code("command_line")


class NameNotAllowed(Refusal):
    """A name that is not lower-case letters, digits and the one separator allowed."""

    code = "name_not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where cities are set up: their folder, and administrators' URLs of PostgreSQL, RabbitMQ and its API."""

    home: Path
    database_url: str
    amqp_uri: str
    management_url: str


def create_city(at: Installation, name: str, pack_file: Path, *, approver: str, reference: str) -> City:
    """Sets up a city or mends what is missing; a first pack is adopted. Raises `PackInvalid`, `Unavailable`."""
    if not NAME.fullmatch(name):
        raise NameNotAllowed(f"the name of a city is lower-case letters, digits and _: {name}")
    content = pack_file.read_bytes()
    pack = load_pack(content, origin=pack_file.name)
    city = _configured(at, name, pack.municipality_code)
    _mend(at, city)
    if not _has_adopted(city):
        adopt_pack(city, content, pack, approver=approver, reference=reference)
    return city


def mend_city(at: Installation, name: str) -> list[str]:
    """Gives a city that is there what a newer version of ours needs: roles, users, keys, schema, grants.

    Gives the names of the migrations applied. Raises `NotFound`, `Unavailable`.
    """
    city = City.read(at.home, name)
    return _mend(at, _configured(at, name, city.municipality))


def _mend(at: Installation, city: City) -> list[str]:
    applied = database.create(at.database_url, city.name, city.databases, SERVICES)
    with broker.Management(at.management_url, city.name) as management:
        broker.create(management, city.brokers, SERVICES)
    return applied


def adopt_pack(city: City, content: bytes, pack: Pack, *, approver: str, reference: str) -> None:
    """Adopts a pack in the operator's name, on an approval (決裁). Raises what the domain refuses."""
    command = AdoptPack(
        municipality=pack.municipality_code,
        digest=pack.digest,
        pack_version=pack.version,
        effective_from=pack.edition.effective_from,
        content=content.decode(),
        approver=approver,
        approval_reference=reference,
    )
    _command(city, command)


def adopt_closed_days(city: City, content: bytes, calendar: Calendar, *, approver: str, reference: str) -> None:
    """Adopts a calendar of closed days in the operator's name, on an approval. Raises what the domain refuses."""
    command = AdoptClosedDays(
        municipality=calendar.municipality,
        digest=calendar.digest,
        calendar_version=calendar.version,
        effective_from=calendar.effective_from,
        content=content.decode(),
        approver=approver,
        approval_reference=reference,
    )
    _command(city, command)


def admit_portal(at: Installation, city: City, portal: str) -> str | None:
    """Admits a portal; gives the password of its broker user, or None where it was admitted before.

    Raises `NameNotAllowed`, `PortalNameTaken`.
    """
    if not PORTAL.fullmatch(portal):
        raise NameNotAllowed(f"the name of a portal is lower-case letters, digits and -: {portal}")
    with broker.Management(at.management_url, city.name) as management:
        management.is_ours(portal)
        # The event first: a password that was drawn is told, whatever comes between.
        _command(city, AdmitPortal(portal_id=uuid4(), name=portal))
        return broker.admit_portal(management, portal)


def _has_adopted(city: City) -> bool:
    with closing(Office(ADMINISTRATION, city)) as office:
        return bool(office.store.load(StreamId(CITY.category, city.stream)).events)


def _command(city: City, command: CityCommand) -> None:
    with closing(Office(ADMINISTRATION, city)) as office:
        actor = Actor(id=city.operator, role=OPERATOR, app=COMMAND_LINE)
        command_id = uuid4()
        context = Context(command_id=command_id, correlation_id=command_id, actor=actor)
        execute(office.store, CITY, StreamId(CITY.category, city.stream), command, context)


def _configured(at: Installation, name: str, municipality: str) -> City:
    """The city's configuration: drawn anew, or as it is, with those logins and users that it has not yet."""
    folder = at.home / name / "keys"
    databases = database.draw_uris(at.database_url, name, database.logins(SERVICES))
    brokers = broker.draw_uris(at.amqp_uri, name, SERVICES)
    if (at.home / name / FILE).exists():
        _require_keys(folder)
        return _completed(City.read(at.home, name), databases, brokers)
    _draw_missing_keys(folder, municipality)
    city = City(
        name=name,
        municipality=municipality,
        stream=uuid4(),
        operator=uuid4(),
        folder=at.home / name,
        databases=databases,
        brokers=brokers,
    )
    city.write()
    return city


def _require_keys(folder: Path, *more: str) -> None:
    """Raises `KeyUnavailable` where a key of a city that exists is gone: a fresh one would only hide the loss."""
    wanted = [f"master-{group}.json" for group in ClassGroup] + [f"{service.name}.secret" for service in SERVICES]
    missing = [name for name in (*wanted, PUBLIC, *more) if not (folder / name).exists()]
    if missing:
        raise KeyUnavailable(f"the keys of this city are not whole: restore {', '.join(missing)} from the backup")


def _completed(city: City, databases: dict[str, str], brokers: dict[str, str]) -> City:
    """The city with what a newer version needs; the key that signs its ledger is drawn with the relay's login."""
    folder = city.folder / "keys"
    if database.RELAY in city.databases:
        _require_keys(folder, SIGNING)
    elif not (folder / SIGNING).exists():
        draw_signing_key(folder, origin_of(city.municipality, 1))
    completed = replace(city, databases=databases | city.databases, brokers=brokers | city.brokers)
    if completed != city:
        completed.write()
    return completed


def _draw_missing_keys(folder: Path, municipality: str) -> None:
    """Draws a new city's keys, before anything is sealed by them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for group in ClassGroup:
        if not (folder / f"master-{group}.json").exists():
            write_master_key(folder, group)
    for service in SERVICES:
        secret = folder / f"{service.name}.secret"
        if not secret.exists():
            write_secret(secret, token_bytes(KEY_BYTES).hex())
    if not (folder / PUBLIC).exists():
        draw_token_keys(folder)
    if not (folder / SIGNING).exists():
        draw_signing_key(folder, origin_of(municipality, 1))
