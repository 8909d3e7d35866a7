"""Reading the log by position: the same events in the same order, however positions and sequence numbers ran apart."""

from random import Random
from typing import Any
from uuid import uuid4

import pytest

from eventstore.city import City
from eventstore.following.log_pages import LogPages
from eventstore.records import StreamId
from eventstore.records import read as read_record
from tests.cities import Cities
from tests.integration.conftest import OpenStore
from tests.ledgers import connected
from tests.toy import NEIGHBOUR, TOY, Counted, Echoed, Reset, context

SEED = 20261122
SIZE = 400


@pytest.fixture(scope="module")
def shuffled(cities: Cities, open_store: OpenStore) -> City:
    """Events of two services, numbered in stretches: some in order, some late, some numbers never used."""
    city, random = cities.stripped([TOY, NEIGHBOUR], "shuffled"), Random(SEED)  # noqa: S311 - a seeded shuffle
    toy, neighbour = open_store(city=city), open_store(NEIGHBOUR, city=city)
    with connected(cities.administrator_url(city)) as admin:
        for n in range(SIZE):
            if random.random() < 0.02:
                admin.execute("SELECT nextval('events_sequence')")
            if random.random() < 0.7:
                event = Reset() if random.random() < 0.3 else Counted(by=n)
                toy.append(toy.new_stream(StreamId("counter", uuid4())), [event], context())
            else:
                echo = neighbour.new_stream(StreamId("echo", uuid4()))
                neighbour.append(echo, [Echoed(counter_id=uuid4(), by=n)], context())
        sequences = [row[0] for row in admin.execute("SELECT sequence FROM events ORDER BY sequence").fetchall()]
        for late in random.sample(range(SIZE - 40), 12):
            sequences.insert(late + random.randrange(1, 40), sequences.pop(late))
        for start in (100, 200):  # so many late ones in one page that it is looked up
            part = sequences[start : start + 40]
            random.shuffle(part)
            sequences[start : start + 40] = part
        for position, sequence in enumerate(sequences, 1):
            admin.execute(
                "INSERT INTO positions SELECT %s, sequence, service, sha256(record) FROM events WHERE sequence = %s",
                (position, sequence),
            )
    return city


@pytest.mark.parametrize(
    "types",
    [{"toy": ["Counted"]}, {"toy": ["Counted", "Reset"], "neighbour": ["Echoed"]}, {"neighbour": ["Nothing"]}],
    ids=["one", "two services", "none"],
)
@pytest.mark.parametrize("page", [1, 7, 60, SIZE])
def test_every_page_holds_what_each_position_names_in_order(
    shuffled: City, types: dict[str, list[str]], page: int
) -> None:
    pages = LogPages(types)
    with connected(shuffled.databases["records"]) as connection:
        expected = _looked_up(connection, types)
        read = [
            (position, read_record(record)["id"])
            for first in range(1, SIZE + 1, page)
            for position, record in pages.between(connection, first, min(first + page - 1, SIZE))
        ]
    assert read == expected


def _looked_up(connection: Any, types: dict[str, list[str]]) -> list[tuple[int, str]]:
    rows = connection.execute(
        "SELECT p.position, e.id, e.service, e.type FROM positions p JOIN events e USING (service, sequence) ORDER BY 1"
    ).fetchall()
    return [(position, str(event_id)) for position, event_id, service, name in rows if name in types.get(service, ())]
