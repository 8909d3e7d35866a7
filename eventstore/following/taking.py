"""Taking events: hands what a subscription follows to its handlers, in the log's order, all of it or nothing."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeAlias, TypeVar

import psycopg
import structlog

from eventstore.database import Connection
from eventstore.errors import RenkeiError, StreamConflict, Unavailable
from eventstore.events import EventTypes
from eventstore.following.log_pages import LogPages
from eventstore.following.subscriptions import On, Subscription
from eventstore.recording import decode, decode_fields
from eventstore.records import Recorded, read
from eventstore.tracing import traceparent_of

W = TypeVar("W")
Works: TypeAlias = Callable[[Connection, int], W]
"""What a handler works with, amid a transaction of a connection, for the event at a position."""
UNREADABLE: Final = "unreadable"
FAULT: Final = "fault"
"""The code of what is refused by no rule: a fault of our own, or a value that a table's rule refuses."""

log = structlog.get_logger(__name__)


class NotTaken(Exception):
    """The event at a position was refused by a rule or could not be read."""

    def __init__(self, position: int, code: str) -> None:
        super().__init__(position, code)
        self.position = position
        self.code = code


class Taken(NamedTuple):
    """An event that was taken: where it stands, its type, and the trace that it is part of."""

    position: int
    type: str
    trace: str


class Taking(Generic[W]):
    """Takes the events of one subscription over a connection that is amid a transaction."""

    def __init__(self, subscription: Subscription[W], own: EventTypes, works: Works[W]) -> None:
        """own: the service's event types. works: what the handlers work with."""
        self._name = subscription.name
        self._own = own
        self._works = works
        self._on = subscription.by_service(own.service)
        self._log = LogPages({service: sorted(types) for service, types in self._on.items()})

    def take(self, connection: Connection, first: int, last: int) -> list[Taken]:
        """Takes positions `first` to `last`, both included, and gives what was followed of them.

        Raises `NotTaken` where one cannot be, `Unavailable` where it has to be tried again: then none of them is.
        """
        with connection.transaction():
            return [
                self._take(connection, position, record)
                for position, record in self._log.between(connection, first, last)
            ]

    def _take(self, connection: Connection, position: int, record: bytes) -> Taken:
        envelope, on = self._read(position, record)
        taken = Taken(position, envelope["type"], traceparent_of(envelope))
        with structlog.contextvars.bound_contextvars(position=position, trace=taken.trace):
            self._handle(on, self._works(connection, position), position, envelope)
        return taken

    def _read(self, position: int, record: bytes) -> tuple[dict[str, Any], On[W]]:
        try:
            envelope = read(record)
            return envelope, self._on[envelope["service"]][envelope["type"]]
        except (ValueError, LookupError, TypeError) as fault:  # not JSON, of another form, or not what its columns say
            raise NotTaken(position, UNREADABLE) from fault

    def _handle(self, on: On[W], works: W, position: int, envelope: Mapping[str, Any]) -> None:
        try:
            on.do(works, self._recorded(on, envelope))
        except (Unavailable, StreamConflict) as later:
            raise Unavailable("what follows has to be tried again", code="not_followed") from later
        except RenkeiError as refused:
            raise NotTaken(position, refused.stable_code) from refused
        except (psycopg.DataError, psycopg.IntegrityError) as fault:
            raise NotTaken(position, FAULT) from fault
        except psycopg.Error:
            raise
        except Exception as fault:
            log.error("following ended in a fault", subscription=self._name, error=type(fault).__name__)
            raise NotTaken(position, FAULT) from fault

    def _recorded(self, on: On[W], envelope: Mapping[str, Any]) -> Recorded:
        if envelope["service"] == self._own.service:
            return decode(self._own, envelope, {})
        recorded = decode_fields(envelope, {})
        return recorded if on.read is None else recorded._replace(event=on.read(recorded.event))
