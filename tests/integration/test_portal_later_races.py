"""What companies send later, sent twice, shuffled and at once: one record, one answer, and no id for two things."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from apps.provisioning.city import Installation
from desk.letters.events import CodePurpose
from desk.portal.reactions import PortalReactions
from eventstore.city import City
from eventstore.errors import StreamConflict, Unavailable
from eventstore.parked import Delivery
from services.intake.declaration import INTAKE
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from tests.cities import Cities, FrozenClock
from tests.later import ASKER, InBetween, claim, consent, correction, proof_of, question, withdrawal
from tests.portals import admitted, as_body, changed, inquiry, proposal

PORTAL = "city-portal"
WAYS = 4


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City, installation: Installation) -> InBetween:
    """What the desk does in between."""
    admitted(installation, city, PORTAL)
    return InBetween(cities.office(INTAKE, city, FrozenClock()))


@pytest.fixture(scope="module")
def instances(cities: Cities, city: City, desk: InBetween) -> list[PortalReactions]:
    """Intake in several processes' stead: each with an office and connections of its own."""
    offices = [cities.office(INTAKE, city, FrozenClock()) for _ in range(WAYS)]
    return [portal_reactions(office, Reception(office)) for office in offices]


@pytest.fixture
def receipt(instances: list[PortalReactions]) -> dict[str, Any]:
    """What the proposer of a new proposal was told."""
    told: dict[str, Any] = answered(instances[0], proposal())["data"]
    return told


@pytest.fixture(scope="module")
def at_once(instances: list[PortalReactions]) -> Iterator[Callable[[list[dict[str, Any]]], list[dict[str, Any]]]]:
    """`at_once(messages)`: what each instance answers to its message, all at the same moment."""
    with ThreadPoolExecutor(WAYS) as pool:
        start = Barrier(WAYS)

        def ask(instance: PortalReactions, message: dict[str, Any]) -> dict[str, Any]:
            start.wait()
            return answered(instance, message)

        yield lambda messages: list(pool.map(ask, instances, messages))


def answered(reactions: PortalReactions, message: dict[str, Any]) -> dict[str, Any]:
    """The answer, tried again as the queue does where another came first."""
    delivery = Delivery(
        body=as_body(message), content_type="application/json", routing_key=message["type"], user_id=PORTAL
    )
    while True:
        try:
            return reactions.answer(delivery).event
        except (StreamConflict, Unavailable):
            continue


def codes(answers: list[dict[str, Any]]) -> list[str]:
    """The codes of what was refused."""
    return [error["code"] for answer in answers for error in answer["data"].get("errors", [])]


def test_the_same_message_taken_by_several_at_once_is_on_record_once(
    desk: InBetween, at_once: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], receipt: dict[str, Any]
) -> None:
    desk.returned(receipt["proposal_id"])
    call_id, use_id = desk.asked_use(receipt["proposal_id"])
    proof = proof_of(receipt)
    for message in (correction(proof), claim(proof), consent(proof, call_id, use_id), withdrawal(proof)):
        answers = at_once([message] * WAYS)

        assert [answer["type"] for answer in answers] == ["SubmissionAccepted"] * WAYS
        assert all(answer == answers[0] for answer in answers)
        assert len(desk.taken(message)) == 1
    assert desk.types("proposal", receipt["proposal_id"])[3:] == [
        "ProposalResubmitted", "ConfidentialityClaimed", "ProposalWithdrawn",
    ]  # fmt: skip
    assert desk.types("call", call_id).count("IdeaUseAnswered") == 1


@pytest.mark.parametrize("_", range(3))
def test_an_id_that_comes_at_once_with_several_types_brings_one_thing(
    desk: InBetween, at_once: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], receipt: dict[str, Any], _: int
) -> None:
    first = proposal()
    messages = [
        first,
        {**inquiry(), "id": first["id"]},
        {**withdrawal(proof_of(receipt)), "id": first["id"]},
        {**question(desk.opened_call(), contact=ASKER), "id": first["id"]},
    ]

    answers = at_once(messages)

    assert codes(answers) == ["submission_id_reused"] * (WAYS - 1)


def test_a_one_time_code_that_comes_at_once_in_several_messages_is_used_once(
    desk: InBetween, at_once: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], receipt: dict[str, Any]
) -> None:
    proof = {"one_time_code": desk.code(receipt["proposal_id"], CodePurpose.CLAIM)}

    answers = at_once([claim(proof) for _ in range(WAYS)])

    assert codes(answers) == ["proof_not_accepted"] * (WAYS - 1)
    assert desk.types("proposal", receipt["proposal_id"]) == ["ProposalReceived", "ConfidentialityClaimed"]


@pytest.mark.row("S17")
@pytest.mark.parametrize("_", range(3))
def test_a_correction_by_a_letter_s_code_is_answered_the_same_though_it_changes_whom_the_code_is_for(
    desk: InBetween, at_once: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], receipt: dict[str, Any], _: int
) -> None:
    desk.returned(receipt["proposal_id"])
    message = correction({"one_time_code": desk.code(receipt["proposal_id"], CodePurpose.CORRECTION)})

    answers = at_once([message] * WAYS)

    assert codes(answers) == []
    assert all(answer == answers[0] for answer in answers)
    assert desk.types("proposal", receipt["proposal_id"]).count("ProposalResubmitted") == 1


@pytest.mark.row("S17")
@pytest.mark.parametrize("seed", range(3))
def test_twice_and_shuffled_each_message_has_one_answer_and_one_record(
    desk: InBetween, instances: list[PortalReactions], receipt: dict[str, Any], seed: int
) -> None:
    """What a message may follow decides whether it is taken; taken once, it is answered so for ever."""
    desk.returned(receipt["proposal_id"])
    call_id, use_id = desk.asked_use(receipt["proposal_id"])
    proof = proof_of(receipt)
    sent = [
        correction(proof), claim(proof), claim(proof), withdrawal(proof), consent(proof, call_id, use_id),
        question(desk.opened_call(), proof=proof), changed(withdrawal(proof), "data.proof.access_code", "x"),
    ]  # fmt: skip
    shuffled = [*sent, *sent, *sent]
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - the same order each time

    accepted: dict[str, list[dict[str, Any]]] = {}
    for number, message in enumerate(shuffled):
        answer = answered(instances[number % WAYS], message)
        if answer["type"] == "SubmissionAccepted" or message["id"] in accepted:
            accepted.setdefault(message["id"], []).append(answer)

    assert all(one == answers[0] for answers in accepted.values() for one in answers)
    assert {message["id"] for message in sent if desk.taken(message)} == set(accepted)
    assert all(len(desk.taken(message)) <= 1 for message in sent)
    types = desk.types("proposal", receipt["proposal_id"])
    assert types.count("ProposalWithdrawn") == 1
    assert types.count("ProposalResubmitted") == (1 if sent[0]["id"] in accepted else 0)
