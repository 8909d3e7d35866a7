"""What every window has: the desk that it is part of, the office behind it, and who is calling."""

from datetime import date
from typing import Any, Protocol
from uuid import UUID

from desk.commands import carry_out
from desk.forms import Stated, Words, refuse
from desk.forms.problems import Problem
from desk.office import Office
from eventstore.decider import Decider
from eventstore.nameko import ActorToken
from eventstore.records import Actor, StreamId


class Desk(Protocol):
    """A service's composition in one city, as its windows see it."""

    @property
    def office(self) -> Office:
        """The office that says who may call."""


class Window:
    """A part of a nameko service: what concerns one kind of matter. desk: the service's composition (`Composed`)."""

    desk: Any
    token = ActorToken()
    actor: Actor

    @property
    def office(self) -> Office:
        """The office that says who may call."""
        desk: Desk = self.desk
        return desk.office

    def carry_out(
        self, decider: Decider[Any, Any], about: UUID, command: Any, stated: Stated, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        """What a command on one stream returns. about: the stream's id. stated, arguments: as in `desk.commands`."""
        stream = StreamId(decider.category, about)
        return carry_out(self.office, self.actor, decider, stream, command, stated, arguments)

    def day(self, stated: date | None, field: str, words: Words) -> date:
        """The day on which something was so: today unless it is stated. Raises `InvalidMessage` for a day to come."""
        today = self.office.today()
        if stated is not None and stated > today:
            refuse([Problem("in_the_future").at(field, words)])
        return stated or today
