"""The queues of wakes: one message on one broker, whatever the queue was before."""

from apps.provisioning import broker
from eventstore.city import City
from services.matching.declaration import MATCHING
from tests.cities import Cities, management

QUEUE = "matching.follow.cases"


def declared(cities: Cities, city: City) -> tuple[str, int]:
    """The queue's type, and how many bindings it has."""
    with management(cities.at.management_url) as api:
        path = f"queues/{city.name}/{QUEUE}"
        bindings = api.get(f"{path}/bindings").json()
        return api.get(path).json()["type"], len(bindings)


def test_a_wake_queue_of_another_kind_from_before_is_replaced(cities: Cities, city: City) -> None:
    before = declared(cities, city)
    with broker.Management(cities.at.management_url, city.name) as api, management(cities.at.management_url) as raw:
        raw.delete(f"queues/{city.name}/{QUEUE}").raise_for_status()
        api.create_queue(QUEUE)
        assert declared(cities, city)[0] == "quorum"
        for _ in range(2):
            broker.create(api, city.brokers, [MATCHING])
            assert declared(cities, city) == before

    assert before[0] == "classic"
    assert before[1] > 1
