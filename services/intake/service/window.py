"""What every window of intake has: the desk that it is part of, the office behind it, and who is calling."""

from collections.abc import Sequence

from desk.office import Office
from desk.turns import Turn
from eventstore.city import City
from eventstore.following.followers import Follower
from eventstore.nameko import ActorToken, Composed
from eventstore.records import Actor
from services.intake.counter import CounterDesk
from services.intake.declaration import INTAKE
from services.intake.reactions.portal import PortalReactions
from services.intake.reception import Reception


class IntakeDesk:
    """Intake's composition in one city."""

    def __init__(self, city: City) -> None:
        self.office = Office(INTAKE, city)
        self.reception = Reception(self.office)
        self.reactions = PortalReactions(self.office, self.reception)
        self.counter = CounterDesk(self.office, self.reception)

    @property
    def followers(self) -> Sequence[Follower[Turn]]:
        """What follows the log while intake serves."""
        return self.office.followers

    def close(self) -> None:
        """Closes the office."""
        self.office.close()


class Window:
    """A part of the nameko service: what concerns one kind of matter."""

    desk = Composed(IntakeDesk)
    token = ActorToken()
    actor: Actor

    @property
    def office(self) -> Office:
        """The office that says who may call."""
        office: Office = self.desk.office
        return office
