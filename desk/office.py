"""What every service works with in a city: its store, the rules in force, the clock, its keys, and who is calling."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cached_property, partial
from hmac import digest as hmac_digest
from typing import Final
from uuid import UUID, uuid4

from desk.packs import Pack
from desk.permissions import Permission
from desk.rules import RuleBook
from desk.turns import Turn
from eventstore.city import City
from eventstore.clock import now
from eventstore.database import Connection, Database
from eventstore.declaration import Service
from eventstore.errors import Forbidden, NotFound
from eventstore.following.followers import Follower
from eventstore.following.freshness import Freshness
from eventstore.parked import ParkedMessages
from eventstore.records import Actor, Code, Context
from eventstore.rounds import Round
from eventstore.sealing.keys import derive
from eventstore.store import Clock, EventStore
from eventstore.tokens import Tokens

STAFF_TOOL: Final = Code("staff_tool")
"""The program that whoever calls by RPC acts with."""


class NotPermitted(Forbidden):
    """None of the caller's roles has the permission."""

    code = "not_permitted"


class Office:
    """One service's composition in one city; made once per process and city."""

    def __init__(self, service: Service, city: City, *, clock: Clock = now) -> None:
        """Raises `KeyUnavailable` where a master key that the service declares is missing or wrong."""
        masters = city.master_keys(service.groups)
        self._service = service
        self.city = city
        self.clock = clock
        self._secret = city.secret(service.name)
        self._digest_key = self.key("command digest")
        self.database = Database(city.databases[service.name])
        self.store = EventStore(
            self.database,
            service.events,
            clock=clock,
            masters=masters,
            index_secret=self.key("blind index"),
            reads=service.reads,
        )
        self.rules = RuleBook(self.store, city.stream)
        self.freshness = Freshness(self.database, service.events)
        self.parked = ParkedMessages(self.database, service.name, masters, self.key("parked message"))
        self._tokens = Tokens(city.folder / "keys", city.municipality)

    @property
    def service(self) -> str:
        """The service's name."""
        return self._service.name

    @cached_property
    def followers(self) -> tuple[Follower[Turn], ...]:
        """A follower for each of the service's subscriptions."""
        return tuple(
            Follower(
                subscription,
                self._service.events,
                self.database,
                works=partial(self._turn, subscription.name),
                clock=self.clock,
            )
            for subscription in self._service.subscriptions
        )

    @property
    def rounds(self) -> Sequence[Round]:
        """None of the office's own: a service that has some offers them in its composition."""
        return ()

    def _turn(self, subscription: str, connection: Connection, position: int) -> Turn:
        store = self.store.amid(connection)
        return Turn(
            position=position,
            connection=connection,
            store=store,
            rules=self.rules.amid(store),
            clock=self.clock,
            service=self._service.name,
            subscription=subscription,
        )

    def digest(self, content: bytes) -> str:
        """The keyed digest (hex) by which a command's content is known again; without the secret none can be tried."""
        return hmac_digest(self._digest_key, content, "sha256").hex()

    def key(self, label: str) -> bytes:
        """32 bytes for one use, derived from the service's secret."""
        return derive(self._secret, label)

    def day_of(self, instant: datetime) -> date:
        """The legal day of an instant: the date in the city's time zone. Raises `NoPackInForce` without any pack."""
        return self.rules.day_of(instant)

    def today(self) -> date:
        """Today's date in the city."""
        return self.day_of(self.clock())

    def pack(self) -> Pack:
        """The pack in force today."""
        return self.rules.in_force(self.today())

    def context(
        self, actor: Actor, command_id: UUID | None = None, *, reason: str | None = None, digest: str | None = None
    ) -> Context:
        """What the record says beside the content of what somebody commands here today, under the pack in force.

        command_id: the command's, drawn at random where nobody repeats it. reason: why, in the actor's words. digest:
        the command's content as `digest` gives it.
        """
        command_id = command_id or uuid4()
        return Context(
            command_id=command_id,
            correlation_id=command_id,
            actor=actor,
            policy=self.pack().digest,
            reason=reason,
            digest=digest,
        )

    def acting(self, token: str | None, permission: Permission) -> Actor:
        """Who calls, in the role that permits it. Raises `TokenRefused`, or `NotPermitted` where no role does."""
        identity = self._tokens.verify(token, self.clock())
        pack = self.pack()
        for role in identity.roles:
            if permission in pack.permissions_of([role]):
                return Actor(id=identity.id, role=Code(role), app=STAFF_TOOL)
        raise NotPermitted("この操作を行う権限がありません。")

    def reading(self, token: str | None, permission: Permission) -> Actor:
        """As `acting`, for what someone may not know to exist: raises `NotFound` where it is not permitted."""
        try:
            return self.acting(token, permission)
        except NotPermitted:
            raise NotFound from None

    def close(self) -> None:
        """Closes the database's connections."""
        self.database.close()
