"""Hostile messages through the real broker to the running service: every one is accounted for, and it lives on."""

import json
import pickle
import random
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import amqp
import pytest

from apps.provisioning.city import Installation
from desk.office import Office
from eventstore.city import City
from services.intake.declaration import INTAKE
from tests.cities import Cities
from tests.portals import FULL, INQUIRY, MINIMAL, PlainPortal, as_body, opened_portal, proposal, submission
from tests.serving import Served, serving

BATCH: Final = 500
GROWTH: Final = 1.2
"""The service may hold a fifth more after a second batch than after the first: an allocator keeps some pages."""
ODD: Final[list[Any]] = [
    None, True, 0, -1, 1.5, 10**30, "", " ", "\0", "\n", "a" * 5_000, "😀" * 300, [], [[]], {}, {"a": {"b": []}},
    "2026-05-20T09:15:00+09:00", "0001-01-01T00:00:00+14:00", "{label}", "_schema", [None] * 200,
]  # fmt: skip


@dataclass(slots=True)
class Hostile:
    """One message and how it is published."""

    body: bytes
    routing_key: Any = "ProposalSubmitted"
    properties: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def service(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running intake."""
    with serving("intake", city, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def portal(service: Served, installation: Installation, city: City) -> Iterator[PlainPortal]:
    """The portal that sends it all."""
    with opened_portal(installation, city) as opened:
        yield opened


@pytest.fixture(scope="module")
def office(cities: Cities, city: City) -> Office:
    """Intake's office, to look into what is parked."""
    return cities.office(INTAKE, city)


def hostile(chance: random.Random) -> Hostile:
    """A message of one of many bad kinds, or now and then a good one."""
    match chance.randrange(10):
        case 0:
            return Hostile(chance.randbytes(chance.randrange(1, 2_000)))
        case 1:
            return Hostile(
                pickle.dumps({"id": chance.random()}), properties={"content_type": "application/x-python-serialize"}
            )
        case 2:
            body = as_body(_mutated(chance))
            at = chance.randrange(len(body))
            return Hostile(body[:at] + chance.randbytes(2) + body[at + 1 :])
        case 3:
            name = chance.choice(
                ["content_type", "content_encoding", "correlation_id", "reply_to", "type", "message_id"]
            )
            return Hostile(as_body(_mutated(chance)), properties={name: chance.randbytes(chance.randrange(255))})
        case 4:
            headers = {"compression": chance.choice(["application/x-gzip", "bzip2", "x"]), "n": chance.random()}
            return Hostile(zlib.compress(as_body(_mutated(chance))), properties={"application_headers": headers})
        case 5:
            return Hostile(
                as_body(_mutated(chance)), chance.choice([chance.randbytes(9), "x.y", "", "InquirySubmitted"])
            )
        case 6:
            depth = chance.choice([500, 1_000, 5_000, 20_000])
            opening = as_body(submission("HERE", id=str(_uuid(chance))))
            return Hostile(opening.replace(b'"HERE"', b"[" * depth + b"]" * depth))
        case 7:
            padded = {**_mutated(chance), "extension": " " * chance.choice([100_000, 200_000, 300_000])}
            return Hostile(as_body(padded))
        case _:
            message = _mutated(chance)
            kind = message.get("type")
            return Hostile(as_body(message), kind if isinstance(kind, str) and len(kind) < 80 else "ProposalSubmitted")


def _uuid(chance: random.Random) -> UUID:
    return UUID(bytes=chance.randbytes(16))


def _mutated(chance: random.Random) -> dict[str, Any]:
    data, kind = chance.choice(
        [(FULL, "ProposalSubmitted"), (MINIMAL, "ProposalSubmitted"), (INQUIRY, "InquirySubmitted")]
    )
    message: dict[str, Any] = json.loads(json.dumps(submission(data, kind, id=str(_uuid(chance)))))
    for _ in range(chance.randrange(4)):
        place: Any = message["data"] if chance.randrange(4) and isinstance(message.get("data"), dict) else message
        key = chance.choice([*place, "extra"])
        if chance.randrange(3):
            place[key] = chance.choice(ODD)
        else:
            place.pop(key, None)
    return message


def handed_in(portal: PlainPortal, office: Office, messages: list[Hostile]) -> Counter[str]:
    """Publishes the messages and waits until each is accounted for: how many ended how."""
    answers, parked = len(portal.answers), {one.id for one in office.parked.all()}
    for message in messages:
        portal.publish(message.body, message.routing_key, **message.properties)

    def ended() -> Counter[str]:
        codes = Counter(one.code for one in office.parked.all() if one.id not in parked)
        return codes + Counter(answer.type for answer in portal.answers[answers:])

    portal.until(lambda: ended().total() >= len(messages), seconds=90)
    return ended()


def test_several_hundred_hostile_messages_are_each_accounted_for_and_the_service_lives_on_in_the_same_memory(
    portal: PlainPortal, office: Office, service: Served
) -> None:
    chance = random.Random("renkei")  # noqa: S311 - the same messages each time
    pid = service.pid

    warm_up = handed_in(portal, office, [hostile(chance) for _ in range(BATCH)])
    before = service.resident_bytes()
    measured = handed_in(portal, office, [hostile(chance) for _ in range(BATCH)])
    after = service.resident_bytes()

    for ended in (warm_up, measured):
        assert ended.total() == BATCH
        assert "fault" not in ended
        assert {"ProposalReceived", "SubmissionRefused", "not_json", "content_type"} <= set(ended)
    assert all(len(answer.body) < 256 * 1024 for answer in portal.answers)
    assert portal.ask(proposal()).type == "ProposalReceived"
    assert service.is_running
    assert service.pid == pid
    assert not service.logged("container ended")
    assert after < before * GROWTH


def test_what_the_broker_itself_refuses_leaves_the_service_as_it_was(
    portal: PlainPortal, service: Served, installation: Installation, city: City
) -> None:
    with opened_portal(installation, city, "big-portal") as big, pytest.raises(amqp.PreconditionFailed):
        big.publish(b" " * (2 * 1024 * 1024), "ProposalSubmitted")

    assert portal.ask(proposal()).type == "ProposalReceived"
    assert service.is_running
