"""What is parked in a city, of all its services, with the very code that each service answers messages by."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Final, TypeAlias

from apps.composition import SERVICES
from desk.office import Office
from desk.parking import Answers, ParkedItem, Parking
from eventstore.answers import ANSWERS, confirming, publish_answer
from eventstore.city import City
from eventstore.parked import Delivery, NotParked
from services.intake.answering import answer_message
from services.intake.declaration import INTAKE
from services.intake.reactions import PortalReactions
from services.intake.reception import Reception

Parkings: TypeAlias = Mapping[str, Parking]
"""By service."""


@contextmanager
def parkings(city: City) -> Iterator[Parkings]:
    """What each service that may park has parked. Raises `KeyUnavailable` without their keys."""
    with ExitStack() as offices:
        opened: dict[str, Parking] = {}
        for service in SERVICES:
            if service.takes or service.subscriptions:
                office = offices.enter_context(closing(Office(service, city)))
                answers = ANSWERING[service.name](office) if service.takes else None
                opened[service.name] = Parking(service.name, office, answers)
        yield opened


def parked_items(of: Parkings) -> list[ParkedItem]:
    """Everything that is parked, oldest first."""
    items = [item for parking in of.values() for item in parking.items()]
    return sorted(items, key=lambda item: (item.parked_at, item.id))


def named_items(ids: Iterable[str], of: Parkings) -> list[ParkedItem]:
    """The parked items of these ids, each once. Raises `NotParked` where one is not parked."""
    by_id = {item.id: item for item in parked_items(of)}
    for strange in (one for one in ids if one not in by_id):
        raise NotParked(f"{strange} is not parked")
    return [by_id[one] for one in dict.fromkeys(ids)]


def _intake_answers(office: Office) -> Answers:
    reactions = PortalReactions(office, Reception(office))

    def publish(portal: str, answer: bytes, correlation_id: str) -> None:
        producers = confirming(office.city.brokers[INTAKE.name])
        publish_answer(producers, ANSWERS, portal, answer, correlation_id)

    def answers(delivery: Delivery) -> str | None:
        return answer_message(reactions, delivery, publish)

    return answers


ANSWERING: Final = {INTAKE.name: _intake_answers}
"""Service that takes portal messages → how it answers them."""
