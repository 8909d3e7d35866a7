"""The scene of the fault tests: servers that may be killed, two cities on them, `renkei serve`, and portals."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg

from apps.provisioning import database
from apps.provisioning.city import Installation, admit_portal, create_city
from apps.servers import Servers
from apps.servers.instances import Server
from desk.office import Office
from desk.packs import Pack, load_pack
from eventstore.city import City
from eventstore.execution import execute
from eventstore.records import Actor, Code, StreamId
from services.administration.declaration import ADMINISTRATION
from services.administration.domain.staff import STAFF, RegisterStaff
from tests.cities import AOMORI, TOKOROZAWA, Cities
from tests.faults.portals import RESEND_AFTER, Portal, Supply
from tests.faults.pursuits import lead_of, officer_of
from tests.faults.serving import Serving
from tests.faults.staff import DeskChief
from tests.faults.subscriber import Subscriber
from tests.mailbox import Mailbox
from tests.tokens import token_of


@dataclass(slots=True)
class Scene:
    """Servers, cities, the service and portals, and what an operator does with them."""

    servers: Servers
    at: Installation
    cities: dict[str, City]
    serving: Serving
    random: Random
    mailbox: Mailbox
    portals: list[Portal] = field(default_factory=list)
    chiefs: dict[str, DeskChief] = field(default_factory=dict)
    subscribers: dict[str, Subscriber] = field(default_factory=dict)
    supplies: dict[str, Supply] = field(default_factory=dict)

    @property
    def postgres(self) -> Server:
        assert self.servers.postgres is not None
        return self.servers.postgres

    @property
    def rabbitmq(self) -> Server:
        assert self.servers.rabbitmq is not None
        return self.servers.rabbitmq

    @property
    def clients(self) -> "list[Portal | DeskChief]":
        """Everybody who waits for answers."""
        return [*self.portals, *self.chiefs.values()]

    def city_of(self, portal: Portal) -> City:
        """The city that admitted a portal."""
        return self.cities[portal.name.partition("-")[0]]

    def admit(self, label: str, resend_after: float = RESEND_AFTER) -> Portal:
        """Another portal of a city, admitted and at work."""
        city, name = self.cities[label], f"{label}-{self.random.getrandbits(32)}"
        told = self.chiefs[label].hear if label in self.chiefs else lambda *_: None
        portal = Portal(city.brokers["intake"], name, admit_portal(self.at, city, name) or "", resend_after, told)
        self.supplies[name] = Supply(self.random, name, city.municipality)
        self.portals.append(portal)
        portal.start()
        return portal

    def appoint(self, label: str) -> None:
        """A desk chief of a city, who works on what the portals admitted from now on are told was received."""
        city, pack = self.cities[label], load_pack(PACKS[label].read_bytes(), origin=label)
        self.mailbox.settings(sender=f"desk@{label}.example.jp").write(city.folder)
        self._register_officer(city, pack)
        self.chiefs[label] = DeskChief(city.brokers["staff"], label, token_of(city, "desk_chief"), pack)
        self.chiefs[label].start()

    @staticmethod
    def _register_officer(city: City, pack: Pack) -> None:
        """Who is in charge of every case, where the first department leads."""
        officer = RegisterStaff(
            staff_id=officer_of(pack), name="鈴木 一郎", department=lead_of(pack), roles=("department_officer",)
        )
        with closing(Office(ADMINISTRATION, city)) as office:
            context = office.context(Actor(id=city.operator, role=Code("operator")))
            execute(office.store, STAFF, StreamId(STAFF.category, officer.staff_id), officer, context)

    def subscribe(self, label: str) -> None:
        """A subscriber outside, who hears what a city tells."""
        city = self.cities[label]
        uri = urlsplit(self.at.amqp_uri)._replace(path=f"/{city.name}").geturl()
        self.subscribers[label] = Subscriber(uri, label, lambda: self.size(city))
        self.subscribers[label].subscribe()
        self.subscribers[label].start()

    def size(self, city: City) -> int:
        """How many positions a city's ledger has."""
        with self.administrator(city) as connection:
            row = connection.execute("SELECT coalesce(max(position), 0) FROM positions").fetchone()
        return int(row[0]) if row else 0

    def administrator(self, city: City) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection to a city's database as superuser."""
        at = urlsplit(self.at.database_url)._replace(path=f"/{database.database(city.name)}")
        return psycopg.connect(at.geturl(), autocommit=True)

    def hand_in(self, portal: Portal, count: int, *, valid: bool | None = None) -> None:
        """Lets a portal submit so many more."""
        portal.submit(*(self.supplies[portal.name].draw(valid=valid) for _ in range(count)))

    def provision_again(self) -> None:
        """What an operator does after the broker's data is lost: every city and portal again, with new passwords."""
        for label, pack in PACKS.items():
            create_city(self.at, self.cities[label].name, pack, approver="市長", reference="企連第1号")
        for portal in self.portals:
            portal.password = admit_portal(self.at, self.city_of(portal), portal.name) or portal.password
        for subscriber in self.subscribers.values():
            subscriber.subscribe()

    def leave(self) -> None:
        """Ends everybody and the service."""
        for client in (*self.clients, *self.subscribers.values()):
            client.leave()
        self.serving.end()


PACKS: Final = {"aomori": AOMORI, "tokorozawa": TOKOROZAWA}


@contextmanager
def scene(servers: Servers, home: Path, log: Path, seed: int, parts: tuple[str, ...] = ()) -> Iterator[Scene]:
    """Two cities on servers that are private and may be killed. parts: of `renkei serve`, all of them unless named."""
    at = Installation(
        home=home,
        database_url=servers.database_url,
        amqp_uri=servers.amqp_uri,
        management_url=servers.management_url,
    )
    with Cities(at) as cities, Mailbox() as mailbox:
        made = {label: cities.new(label, pack) for label, pack in PACKS.items()}
        set_up = Scene(servers, at, made, Serving(home, log, parts), Random(seed), mailbox)  # noqa: S311 - draws faults, no secrets
        try:
            yield set_up
        finally:
            set_up.leave()
            servers.postgres and servers.postgres.start()  # a failed test may have left them down
            servers.rabbitmq and servers.rabbitmq.start()
