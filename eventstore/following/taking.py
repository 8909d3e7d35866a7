"""Taking events: hands what a subscription follows to its handlers, in the log's order, all of it or nothing."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Generic, TypeVar

import psycopg
import structlog

from eventstore.database import Connection
from eventstore.errors import RenkeiError, StreamConflict, Unavailable
from eventstore.events import EventTypes
from eventstore.following.log_pages import LogPages
from eventstore.following.subscriptions import On, Subscription
from eventstore.recording import decode, decode_fields
from eventstore.records import Recorded
from eventstore.tracing import traceparent_of

W = TypeVar("W")
FAULT: Final = "fault"
"""The code of what is refused by no rule: a fault of our own, or a value that a table's rule refuses."""

log = structlog.get_logger(__name__)


class NotTaken(Exception):
    """The event at a position was refused by a rule or could not be read."""

    def __init__(self, position: int, code: str) -> None:
        super().__init__(position, code)
        self.position = position
        self.code = code


class Taking(Generic[W]):
    """Takes the events of one subscription over a connection that is amid a transaction."""

    def __init__(self, subscription: Subscription[W], own: EventTypes, works: Callable[[Connection], W]) -> None:
        """own: the service's event types. works: what the handlers work with."""
        self._name = subscription.name
        self._own = own
        self._works = works
        self._on = subscription.by_service(own.service)
        self._log = LogPages({service: sorted(types) for service, types in self._on.items()})

    def take(self, connection: Connection, first: int, last: int, *, is_told: bool = False) -> None:
        """Takes positions `first` to `last`, both included. is_told: each in the log, with its trace.

        Raises `NotTaken` where one cannot be, `Unavailable` where it has to be tried again: then none of them is.
        """
        with connection.transaction():
            works = self._works(connection)
            for position, envelope in self._log.between(connection, first, last):
                with structlog.contextvars.bound_contextvars(position=position, trace=traceparent_of(envelope)):
                    self._handle(works, position, envelope)
                    if is_told:
                        log.info("followed", subscription=self._name, type=envelope["type"])

    def _handle(self, works: W, position: int, envelope: Mapping[str, Any]) -> None:
        on = self._on[envelope["service"]][envelope["type"]]
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
