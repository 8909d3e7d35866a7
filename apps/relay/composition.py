"""What a city's relay works with."""

from collections.abc import Iterable

from apps.composition import SERVICES
from apps.ledger import ZONE, outside, signer
from eventstore.city import City
from eventstore.clock import now
from eventstore.declaration import Service
from eventstore.relay.publisher import Tells
from eventstore.relay.relay import RelaySettings


def tells(services: Iterable[Service]) -> Tells:
    """Which of their event types may leave: all but those whose existence is protected."""
    return {
        (service.name, declared.name): not declared.existence_protected
        for service in services
        for declared in service.events
    }


def relay_settings(city: City) -> RelaySettings:
    """Everything that the relay of a city needs. Raises `KeyUnavailable` without its signing key."""
    return RelaySettings(
        database=city.databases["relay"],
        broker=city.brokers["relay"],
        municipality=city.municipality,
        zone=ZONE,
        signer=signer(city),
        outside=outside(city),
        tells=tells(SERVICES),
        clock=now,
    )
