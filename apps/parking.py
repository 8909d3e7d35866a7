"""What is parked in a city, of all its services, with the very code that each service answers messages by."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from typing import Final, TypeAlias

from apps.composition import SERVICES
from desk.office import Office
from desk.parking import ParkedItem, Parking
from eventstore.city import City
from eventstore.parked import NotParked
from services.intake import answering as intake_answering
from services.intake.declaration import INTAKE
from services.matching import answering as matching_answering
from services.matching.declaration import MATCHING

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
                answer_again = ANSWERING[service.name](office) if service.takes else None
                opened[service.name] = Parking(service.name, office, answer_again)
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


ANSWERING: Final = {INTAKE.name: intake_answering.answers, MATCHING.name: matching_answering.answers}
"""Service that takes portal messages → how it answers them."""
