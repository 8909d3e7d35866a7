"""What companies send later by `wire.md`, with a plain AMQP client: what is taken, what follows, and how it is told."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any, Final
from uuid import uuid4

import pytest

from apps.provisioning.city import Installation
from desk.letters.commands import CodeItem
from desk.letters.events import CodePurpose
from desk.portal.messages import MAX_BYTES
from eventstore.city import City
from services.intake.declaration import INTAKE
from services.intake.domain.proposal.status import AlreadyWithdrawn
from tests.cities import Cities
from tests.later import (
    ASKER,
    CLAIM,
    OPENS,
    InBetween,
    claim,
    consent,
    correction,
    later,
    proof_of,
    question,
    withdrawal,
)
from tests.portals import PlainPortal, changed, inquiry, opened_portal, proposal
from tests.serving import serving

WRONG_NUMBER, WRONG_CODE = "7ZZZ-ZZZZ-ZZZZ", "7ZZZ-ZZZZ-ZZZZ-ZZZZ"
NOT_ACCEPTED: Final = [("proof", "proof_not_accepted")]


@pytest.fixture(scope="module")
def portal(installation: Installation, city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainPortal]:
    """The portal that the city runs, with intake behind it."""
    folder = tmp_path_factory.mktemp("logs")
    with serving("intake", city, folder=folder), opened_portal(installation, city) as opened:
        yield opened


@pytest.fixture(scope="module")
def other_portal(portal: PlainPortal, installation: Installation, city: City) -> Iterator[PlainPortal]:
    """A portal that somebody else runs."""
    with opened_portal(installation, city, "other-portal") as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City) -> InBetween:
    """What the desk does in between."""
    return InBetween(cities.office(INTAKE, city))


@pytest.fixture
def receipt(portal: PlainPortal) -> dict[str, Any]:
    """What the proposer of a new proposal was told."""
    return portal.ask(proposal()).data


@pytest.fixture
def of_each_kind(desk: InBetween, receipt: dict[str, Any]) -> list[dict[str, Any]]:
    """A good message of each kind; the withdrawal comes last, since nothing else would follow it."""
    desk.returned(receipt["proposal_id"])
    call_id, use_id = desk.asked_use(receipt["proposal_id"])
    proof = proof_of(receipt)
    return [
        correction(proof, title="直した件名"),
        claim(proof),
        question(desk.opened_call(), contact=ASKER),
        consent(proof, call_id, use_id),
        withdrawal(proof),
    ]


class TestTaken:
    @pytest.mark.row("S17")
    def test_each_kind_is_accepted_once_and_answered_the_same_at_every_repetition(
        self, portal: PlainPortal, desk: InBetween, of_each_kind: list[dict[str, Any]]
    ) -> None:
        first = [portal.ask(message) for message in of_each_kind]
        again = [portal.ask(message) for message in of_each_kind]

        assert [answer.type for answer in first] == ["SubmissionAccepted"] * 5
        assert [answer.data["matter"] for answer in first] == [
            "correction", "claim", "call_question", "consent", "withdrawal",
        ]  # fmt: skip
        assert {answer.data["taken_on"] for answer in first} == {"2026-05-20"}
        assert [answer.body for answer in again] == [answer.body for answer in first]
        assert [len(desk.taken(message)) for message in of_each_kind] == [1] * 5

    def test_the_answer_proves_the_very_bytes_that_were_sent_and_they_are_kept(
        self, portal: PlainPortal, desk: InBetween, of_each_kind: list[dict[str, Any]], receipt: dict[str, Any]
    ) -> None:
        for message in of_each_kind:
            body = json.dumps(message, indent=2).encode() + b"\n"
            portal.publish(body, message["type"])
            (answer,) = portal.wait(message["id"])

            told = answer.data["content_receipt"]
            assert sha256(bytes.fromhex(told["nonce"]) + body).hexdigest() == told["sha256"]
            ((taken,), is_correction) = desk.taken(message), message["type"] == "CorrectionSubmitted"
            kept = desk.events("proposal", receipt["proposal_id"])[3] if is_correction else taken
            assert kept.event.document.reveal() == body

    @pytest.mark.row("B05")
    def test_a_correction_is_the_next_edition_of_the_proposal(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        desk.returned(receipt["proposal_id"])

        answer = portal.ask(correction(proof_of(receipt), title="直した件名"))

        edition = desk.events("proposal", receipt["proposal_id"])[-1]
        assert (answer.type, edition.type) == ("SubmissionAccepted", "ProposalResubmitted")
        assert (edition.event.edition, edition.event.title.reveal()) == (2, "直した件名")
        assert edition.channel == "portal"

    @pytest.mark.row("B05")
    def test_a_correction_counts_the_call_as_open_that_has_closed_since(
        self, portal: PlainPortal, desk: InBetween
    ) -> None:
        call_id = str(desk.opened_call(closes_at=OPENS + timedelta(days=30)))
        receipt = portal.ask(proposal(kind="call", call_id=call_id)).data
        desk.returned(receipt["proposal_id"])
        late = correction(proof_of(receipt), kind="call", call_id=call_id)

        answer = portal.ask({**late, "time": "2026-07-01T09:00:00+09:00"})

        assert (answer.type, answer.errors) == ("SubmissionAccepted", [])

    @pytest.mark.row("B03")
    def test_a_proposal_is_withdrawn_and_a_second_wish_changes_nothing(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        answers = [portal.ask(withdrawal(proof_of(receipt), explanation="都合により")) for _ in range(2)]

        assert [answer.type for answer in answers] == ["SubmissionAccepted"] * 2
        assert desk.types("proposal", receipt["proposal_id"]) == ["ProposalReceived", "ProposalWithdrawn"]
        withdrawn = desk.events("proposal", receipt["proposal_id"])[-1].event
        assert withdrawn.explanation.reveal() == "都合により"

    @pytest.mark.row("B03")
    def test_an_accepted_proposal_can_be_withdrawn(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        desk.accepted(receipt["proposal_id"])

        assert portal.ask(withdrawal(proof_of(receipt))).type == "SubmissionAccepted"
        assert desk.types("proposal", receipt["proposal_id"])[-2:] == ["ProposalAccepted", "ProposalWithdrawn"]

    @pytest.mark.row("N4")
    def test_a_later_claim_has_its_own_date(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        message = {**claim(proof_of(receipt)), "time": "2026-05-25T10:00:00+09:00"}

        assert portal.ask(message).data["taken_on"] == "2026-05-25"

        claimed = desk.events("proposal", receipt["proposal_id"])[-1].event
        assert claimed.claimed_on.isoformat() == "2026-05-25"
        assert [one.field for one in claimed.claims.reveal()] == [CLAIM["field"]]

    @pytest.mark.row("S10")
    @pytest.mark.row("S16")
    def test_a_question_is_asked_with_a_contact_or_with_a_proof(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        call_id = desk.opened_call()

        told = [portal.ask(question(call_id, contact=ASKER)), portal.ask(question(call_id, proof=proof_of(receipt)))]

        assert [answer.type for answer in told] == ["SubmissionAccepted"] * 2
        by_contact, by_proof = [one.event.asker.reveal() for one in desk.events("call", call_id)[-2:]]
        assert (by_contact.contact.name, by_contact.proposal_id) == (ASKER["name"], None)
        assert (by_proof.contact, str(by_proof.proposal_id)) == (None, receipt["proposal_id"])

    @pytest.mark.row("N10")
    @pytest.mark.row("S36")
    def test_a_proposer_consents_with_conditions(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        call_id, use_id = desk.asked_use(receipt["proposal_id"])
        message = consent(proof_of(receipt), call_id, use_id, conditions="社名を出さないこと")

        answer = portal.ask(changed(message, "data.consent", "consented_with_conditions"))

        answered = desk.events("call", call_id)[-1]
        assert (answer.type, answered.type) == ("SubmissionAccepted", "IdeaUseAnswered")
        assert answered.event.conditions.reveal() == "社名を出さないこと"

    @pytest.mark.row("N10")
    def test_the_code_of_a_letter_says_by_itself_which_use_of_an_idea_is_answered(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        call_id, use_id = desk.asked_use(receipt["proposal_id"])
        item = CodeItem(stream_id=call_id, item_id=use_id)
        code = desk.code(receipt["proposal_id"], CodePurpose.CONSENT, item=item)
        message = later("ConsentGiven", proof={"one_time_code": code}, consent="consented")

        for other in ({"call_id": str(uuid4())}, {"use_id": str(uuid4())}):
            disagreeing = {**message, "id": str(uuid4()), "data": {**message["data"], **other}}
            assert portal.ask(disagreeing).errors == NOT_ACCEPTED
        answer = portal.ask(message)

        answered = desk.events("call", call_id)[-1]
        assert (answer.type, answered.type) == ("SubmissionAccepted", "IdeaUseAnswered")
        assert answered.event.use_id == use_id
        assert portal.ask({**message, "id": str(uuid4())}).errors == NOT_ACCEPTED

    def test_a_code_for_consent_to_nothing_lets_nobody_in(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        call_id, use_id = desk.asked_use(receipt["proposal_id"])
        proof = {"one_time_code": desk.code(receipt["proposal_id"], CodePurpose.CONSENT)}

        assert portal.ask(consent(proof, call_id, use_id)).errors == NOT_ACCEPTED

    def test_any_admitted_portal_may_bring_what_is_proven(
        self, other_portal: PlainPortal, receipt: dict[str, Any]
    ) -> None:
        message = {**withdrawal(proof_of(receipt)), "source": "/portals/other-portal"}

        assert other_portal.ask(message).type == "SubmissionAccepted"

    def test_number_and_code_are_taken_however_they_are_typed(
        self, portal: PlainPortal, receipt: dict[str, Any]
    ) -> None:
        typed = {name: value.lower().replace("-", "　") for name, value in proof_of(receipt).items()}

        assert portal.ask(claim(typed)).type == "SubmissionAccepted"


class TestProof:
    @pytest.mark.row("N3")
    def test_whatever_is_wrong_with_a_proof_the_words_are_the_same(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        asked = portal.ask(inquiry()).data
        other = portal.ask(proposal()).data
        used = desk.code(receipt["proposal_id"], CodePurpose.WITHDRAWAL)
        assert portal.ask(withdrawal({"one_time_code": used})).type == "SubmissionAccepted"
        proofs = [
            {"receipt_number": WRONG_NUMBER, "access_code": receipt["access_code"]},
            {"receipt_number": receipt["receipt_number"], "access_code": WRONG_CODE},
            {"receipt_number": receipt["receipt_number"], "access_code": other["access_code"]},
            proof_of(asked),
            {"receipt_number": "青森", "access_code": "x" * 200},
            {"one_time_code": WRONG_CODE},
            {"one_time_code": used},
            {"one_time_code": desk.code(receipt["proposal_id"], CodePurpose.CLAIM)},
            {"one_time_code": desk.code(receipt["proposal_id"], CodePurpose.WITHDRAWAL, days=-365)},
        ]

        answers = [portal.ask(withdrawal(proof)) for proof in proofs]

        assert [answer.errors for answer in answers] == [NOT_ACCEPTED] * len(proofs)
        assert len({answer.data["errors"][0]["message"] for answer in answers}) == 1
        assert desk.types("proposal", other["proposal_id"]) == ["ProposalReceived"]

    def test_every_kind_of_message_is_refused_without_proof_of_its_own(
        self, portal: PlainPortal, desk: InBetween, of_each_kind: list[dict[str, Any]]
    ) -> None:
        wrong = {"receipt_number": WRONG_NUMBER, "access_code": WRONG_CODE}

        answers = [portal.ask(changed(message, "data.proof", wrong)) for message in of_each_kind]

        assert [answer.errors for answer in answers] == [NOT_ACCEPTED] * 5
        assert [desk.taken(message) for message in of_each_kind] == [()] * 5

    @pytest.mark.parametrize(
        "proof",
        [
            {},
            {"receipt_number": WRONG_NUMBER},
            {"access_code": WRONG_CODE},
            {"receipt_number": WRONG_NUMBER, "access_code": WRONG_CODE, "one_time_code": WRONG_CODE},
        ],
    )
    def test_a_proof_is_number_and_code_or_a_one_time_code_alone(
        self, portal: PlainPortal, proof: dict[str, str]
    ) -> None:
        assert portal.ask(withdrawal(proof)).errors == [("proof.receipt_number", "proof_incomplete")]

    def test_a_one_time_code_is_used_up_by_what_is_taken_and_by_nothing_else(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        proof = {"one_time_code": desk.code(receipt["proposal_id"], CodePurpose.CORRECTION)}
        too_early = portal.ask(correction(proof))
        desk.returned(receipt["proposal_id"])

        message = correction(proof)
        taken, repeated = portal.ask(message), portal.ask(message)

        assert too_early.errors == [("id", "proposal_not_yet_screened")]
        assert (taken.type, repeated.body) == ("SubmissionAccepted", taken.body)
        assert portal.ask(correction(proof)).errors == NOT_ACCEPTED

    @pytest.mark.row("N10")
    def test_nobody_consents_to_the_use_of_another_s_idea(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        call_id, use_id = desk.asked_use(receipt["proposal_id"])
        other = proof_of(portal.ask(proposal()).data)
        unknown = [consent(other, call_id, use_id), consent(other, call_id, uuid4()), consent(other, uuid4(), use_id)]

        told = [portal.ask(message).data["errors"] for message in unknown]

        assert {json.dumps(errors) for errors in told} == {json.dumps(told[0])}
        assert told[0][0]["code"] == "idea_use_unknown"
        assert desk.types("call", call_id)[-1] == "IdeaUseRequested"


class TestSameId:
    def test_the_first_answer_stands_whatever_became_of_the_proposal(
        self, portal: PlainPortal, of_each_kind: list[dict[str, Any]]
    ) -> None:
        """The correction and the claim come again after the proposal was withdrawn."""
        first = [portal.ask(message) for message in of_each_kind]

        again = [portal.ask(message) for message in reversed(of_each_kind)]

        assert [answer.body for answer in reversed(again)] == [answer.body for answer in first]

    def test_an_id_with_other_bytes_is_refused_whatever_types_come_under_it(
        self, portal: PlainPortal, of_each_kind: list[dict[str, Any]]
    ) -> None:
        kinds = [proposal(), inquiry(), *of_each_kind]
        answered = [portal.ask(message) for message in kinds]
        assert all(answer.errors == [] for answer in answered)

        for message in kinds:
            under_this_id = [{**other, "id": message["id"]} for other in kinds if other is not message]
            told = [portal.ask(other).errors for other in under_this_id]
            assert told == [[("id", "submission_id_reused")]] * 6
        assert [portal.ask(message).body for message in kinds] == [answer.body for answer in answered]

    def test_a_refused_id_may_be_used_for_what_is_put_right(self, portal: PlainPortal, receipt: dict[str, Any]) -> None:
        wrong = withdrawal({"receipt_number": receipt["receipt_number"], "access_code": WRONG_CODE})
        first, second = portal.ask(wrong), portal.ask(wrong)

        assert (first.errors, first.body) == (NOT_ACCEPTED, second.body)
        assert portal.ask(changed(wrong, "data.proof", proof_of(receipt))).type == "SubmissionAccepted"
        assert portal.ask(wrong).errors == [("id", "submission_id_reused")]


class TestState:
    @pytest.mark.row("B05")
    def test_a_correction_is_taken_only_while_one_is_asked_for(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        proposal_id, proof = receipt["proposal_id"], proof_of(receipt)
        told = [portal.ask(correction(proof)).errors]
        desk.returned(proposal_id)
        told.append(portal.ask(correction(proof)).errors)
        told.append(portal.ask(correction(proof)).errors)
        portal.ask(withdrawal(proof))
        told.append(portal.ask(correction(proof)).errors)

        assert told == [
            [("id", "proposal_not_yet_screened")], [], [("id", "proposal_being_screened")],
            [("id", "proposal_withdrawn")],
        ]  # fmt: skip

    def test_a_correction_changes_neither_kind_nor_call(
        self, portal: PlainPortal, desk: InBetween, receipt: dict[str, Any]
    ) -> None:
        desk.returned(receipt["proposal_id"])
        message = correction(proof_of(receipt), kind="call", call_id=str(desk.opened_call()))

        assert portal.ask(message).errors == [("id", "proposal_kind_fixed")]
        assert desk.taken(message) == ()

    @pytest.mark.row("S16")
    def test_a_call_that_is_not_open_is_asked_nothing(self, portal: PlainPortal, desk: InBetween) -> None:
        closed = desk.opened_call(closes_at=OPENS + timedelta(days=1))
        secret, _ = desk.asked_use(portal.ask(proposal()).data["proposal_id"])

        told = [portal.ask(question(call_id, contact=ASKER)).errors for call_id in (closed, secret, uuid4())]

        assert told == [[("id", "call_closed")], [("id", "call_unknown")], [("id", "call_unknown")]]

    @pytest.mark.row("B03")
    def test_withdrawn_while_it_is_accepted_it_is_withdrawn_in_either_order(
        self, portal: PlainPortal, desk: InBetween
    ) -> None:
        for _ in range(4):
            receipt = portal.ask(proposal()).data
            message = withdrawal(proof_of(receipt))

            with ThreadPoolExecutor(1) as pool:
                accepting = pool.submit(_unless_withdrawn, partial(desk.accepted, receipt["proposal_id"]))
                for _ in range(3):
                    portal.publish(message)
                answers = portal.wait(message["id"], 3)
                accepting.result()

            assert len({answer.body for answer in answers}) == 1
            types = desk.types("proposal", receipt["proposal_id"])
            assert types[-1] == "ProposalWithdrawn"
            assert types.count("ProposalWithdrawn") == 1


class TestForm:
    def test_everything_that_is_wrong_is_told_at_once_by_its_path_in_data(self, portal: PlainPortal) -> None:
        message = correction(
            {"receipt_number": WRONG_NUMBER}, title="", municipality="112089", terms_version="1999-01", gift=1
        )

        answer = portal.ask(changed(message, "data.municipality", "112089"))

        assert sorted(answer.errors) == [
            ("municipality", "other_municipality"),
            ("proof.receipt_number", "proof_incomplete"),
            ("proposal.gift", "unknown_field"),
            ("proposal.municipality", "other_municipality"),
            ("proposal.terms_version", "terms_version"),
            ("proposal.title", "required"),
        ]
        assert all(error["message"].endswith("。") for error in answer.data["errors"])

    @pytest.mark.parametrize(
        ("message", "errors"),
        [
            (later("WithdrawalSubmitted"), [("proof", "required")]),
            (later("CorrectionSubmitted", proof=None), [("proof", "required"), ("proposal", "required")]),
            (later("ClaimSubmitted", proof={"one_time_code": "x"}), [("claims", "required")]),
            (later("ClaimSubmitted", proof={"one_time_code": "x"}, claims=[]), [("claims", "required")]),
            (
                claim({"one_time_code": "x"}, {"field": "gift", "reason": ""}),
                [("claims.0.field", "unknown_choice"), ("claims.0.reason", "required")],
            ),
            (question(uuid4()), [("contact", "contact_or_proof_required")]),
            (question(uuid4(), contact={"name": "成田"}), [("contact.phone", "phone_or_email_required")]),
            (
                later("ConsentGiven", proof={"receipt_number": "x", "access_code": "x"}),
                [("call_id", "required"), ("use_id", "required"), ("consent", "required")],
            ),
            (later("ConsentGiven", proof={"one_time_code": "x"}), [("consent", "required")]),
        ],
    )  # fmt: skip
    def test_what_is_missing_is_named(
        self, portal: PlainPortal, message: dict[str, Any], errors: list[tuple[str, str]]
    ) -> None:
        assert sorted(portal.ask({**message, "id": str(uuid4())}).errors) == sorted(errors)

    @pytest.mark.parametrize("data", [None, [], "x", 1, {}, {"proof": []}, {"proof": {"one_time_code": {}}}])
    @pytest.mark.parametrize(
        "kind",
        ["CorrectionSubmitted", "WithdrawalSubmitted", "ClaimSubmitted", "CallQuestionSubmitted", "ConsentGiven"],
    )
    def test_garbage_is_refused(self, portal: PlainPortal, kind: str, data: Any) -> None:
        answer = portal.ask({**later(kind), "data": data})

        assert answer.type == "SubmissionRefused"
        assert answer.errors

    def test_a_key_that_stands_twice_says_two_things(self, portal: PlainPortal, receipt: dict[str, Any]) -> None:
        message = withdrawal(proof_of(receipt), explanation="都合により")
        body = json.dumps(message).replace('"explanation"', '"explanation": "", "explanation"').encode()

        portal.publish(body, "WithdrawalSubmitted")

        assert portal.wait(message["id"])[-1].errors == [("explanation", "duplicate_key")]

    def test_what_is_too_large_is_refused(self, portal: PlainPortal, receipt: dict[str, Any]) -> None:
        message = withdrawal(proof_of(receipt), explanation="x" * MAX_BYTES)

        assert portal.ask(message).errors == [("data", "too_large")]

    def test_the_type_is_the_one_that_the_message_is_routed_by(
        self, portal: PlainPortal, receipt: dict[str, Any]
    ) -> None:
        message = withdrawal(proof_of(receipt))

        assert portal.ask(message, "ClaimSubmitted").errors == [("type", "type_mismatch")]

    def test_a_source_that_is_another_s_is_refused(self, portal: PlainPortal, receipt: dict[str, Any]) -> None:
        message = {**withdrawal(proof_of(receipt)), "source": "/portals/other-portal"}

        assert portal.ask(message).errors == [("source", "portal_mismatch")]


def _unless_withdrawn(step: Callable[[], None]) -> None:
    try:
        step()
    except AlreadyWithdrawn:
        return
