"""What companies say of minutes by `wire.md`, with a plain AMQP client: proven by the letter, once, the same again."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from threading import Barrier
from typing import Any, Final
from uuid import uuid4

import pytest

from apps.provisioning.city import Installation
from desk.letters.commands import CodeItem
from desk.letters.events import CodePurpose
from eventstore.city import City
from eventstore.errors import StreamConflict, Unavailable
from eventstore.parked import Delivery
from services.intake.declaration import INTAKE
from services.matching.declaration import MATCHING
from services.matching.domain.case.opening import WithdrawCase
from services.matching.reactions.portal import portal_reactions
from tests.cities import Cities, FrozenClock
from tests.later import InBetween, proof_of
from tests.minutes import DAY, Dialogue, Session, minutes_answer
from tests.parking import commanding, parked
from tests.portals import PlainPortal, as_body, changed, opened_portal, proposal, until
from tests.serving import serving

NOT_ACCEPTED: Final = [("proof", "proof_not_accepted")]
OBJECTION: Final = "札は、提案者ではなく市が用意すると話しました。"


@pytest.fixture(scope="module")
def portal(installation: Installation, city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainPortal]:
    """The portal that the city runs, with intake and matching behind it."""
    folder = tmp_path_factory.mktemp("logs")
    with (
        serving("intake", city, folder=folder),
        serving("matching", city, folder=folder),
        opened_portal(installation, city) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City) -> InBetween:
    """What the desk does with proposals."""
    return InBetween(cities.office(INTAKE, city))


@pytest.fixture(scope="module")
def dialogue(cities: Cities, city: City) -> Dialogue:
    """What departments do with cases."""
    return Dialogue(cities.office(MATCHING, city))


@pytest.fixture
def receipt(portal: PlainPortal, desk: InBetween) -> dict[str, Any]:
    """What the proposer of an accepted proposal was told."""
    told = portal.ask(proposal()).data
    desk.accepted(told["proposal_id"])
    return told


@pytest.fixture
def session(dialogue: Dialogue, receipt: dict[str, Any]) -> Session:
    """A session of that proposal's case."""
    return dialogue.held(receipt["proposal_id"])


class TestTaken:
    @pytest.mark.row("S07")
    def test_the_proposer_confirms_once_and_is_answered_the_same_at_every_repetition(
        self, portal: PlainPortal, dialogue: Dialogue, session: Session
    ) -> None:
        message = minutes_answer(dialogue.code(session))

        first, again = portal.ask(message), portal.ask(message)

        assert (first.type, first.event["source"]) == ("SubmissionAccepted", "/services/matching")
        assert (first.data["matter"], first.data["taken_on"]) == ("minutes", "2026-05-20")
        assert again.body == first.body
        last, before = dialogue.events(session)[-1], dialogue.events(session)[-2]
        assert [before.type, last.type] == ["MinutesConfirmedByCity", "MinutesConfirmedByProposer"]
        assert (last.event.session_id, last.event.edition, last.event.confirmed_on) == (session.session_id, 1, DAY)
        assert (last.actor.role, last.channel) == ("portal", "portal")
        assert len(dialogue.taken(message)) == 1

    @pytest.mark.row("S07")
    def test_an_objection_is_recorded_sealed(self, portal: PlainPortal, dialogue: Dialogue, session: Session) -> None:
        answer = portal.ask(minutes_answer(dialogue.code(session), OBJECTION, edition=1))

        objected = dialogue.events(session)[-1]
        assert (answer.type, objected.type) == ("SubmissionAccepted", "MinutesObjected")
        assert objected.event.objection.reveal() == OBJECTION
        assert OBJECTION not in repr(objected)

    def test_the_answer_proves_the_very_bytes_that_were_sent_and_they_are_kept(
        self, portal: PlainPortal, dialogue: Dialogue, session: Session
    ) -> None:
        message = minutes_answer(dialogue.code(session))
        body = json.dumps(message, indent=2).encode() + b"\n"

        portal.publish(body, message["type"])
        (answer,) = portal.wait(message["id"])

        told, (taken,) = answer.data["content_receipt"], dialogue.taken(message)
        assert sha256(bytes.fromhex(told["nonce"]) + body).hexdigest() == told["sha256"]
        assert (taken.type, taken.event.document.reveal()) == ("LaterSubmissionTaken", body)
        assert (taken.event.matter, taken.event.about_id) == ("minutes", session.case_id)

    def test_sent_at_once_by_several_deliveries_it_is_taken_once(
        self, portal: PlainPortal, cities: Cities, city: City, dialogue: Dialogue, session: Session
    ) -> None:
        message = minutes_answer(dialogue.code(session))
        delivery = Delivery(
            body=as_body(message),
            content_type="application/json",
            routing_key=message["type"],
            user_id=portal.name,
        )
        start = Barrier(3)

        def answered(_: int) -> bytes:
            reactions = portal_reactions(cities.office(MATCHING, city))
            start.wait()
            while True:
                try:
                    return reactions.answer(delivery).written()
                except (StreamConflict, Unavailable):
                    continue

        with ThreadPoolExecutor(3) as pool:
            answers = set(pool.map(answered, range(3)))

        assert len(answers) == 1
        assert json.loads(answers.pop())["type"] == "SubmissionAccepted"
        assert [one.type for one in dialogue.events(session)].count("MinutesConfirmedByProposer") == 1

    def test_other_bytes_under_the_same_id_are_refused_and_the_first_stand(
        self, portal: PlainPortal, dialogue: Dialogue, session: Session
    ) -> None:
        message = minutes_answer(dialogue.code(session))
        first = portal.ask(message)

        other = portal.ask(changed(message, "data.objection", OBJECTION))

        assert (other.type, other.errors) == ("SubmissionRefused", [("id", "submission_id_reused")])
        assert portal.ask(message).body == first.body
        assert dialogue.events(session)[-1].type == "MinutesConfirmedByProposer"


class TestProof:
    def test_whatever_is_wrong_with_a_proof_is_told_in_the_same_bytes(
        self, portal: PlainPortal, dialogue: Dialogue, session: Session, receipt: dict[str, Any]
    ) -> None:
        used = dialogue.code(session)
        portal.ask(minutes_answer(used, OBJECTION))
        before = dialogue.events(session)
        codes = [
            used,
            "7ZZZ-ZZZZ-ZZZZ-ZZZZ",
            dialogue.code(session, purpose=CodePurpose.CONSENT),
            dialogue.code(session, valid=timedelta(days=-365)),
            dialogue.code(session, is_approved=False),
            dialogue.code(session, recipient_id=uuid4()),
            dialogue.code(session, item=CodeItem(stream_id=session.case_id, item_id=uuid4())),
            dialogue.code(session, item=CodeItem(stream_id=session.case_id, item_id=session.session_id)),
            dialogue.code(session, item=replace(dialogue.asked(session), stream_id=uuid4())),
        ]
        proofs = [*({"one_time_code": code} for code in codes), proof_of(receipt)]

        answers = [portal.ask(changed(minutes_answer(used), "data.proof", proof)) for proof in proofs]

        assert [answer.errors for answer in answers] == [NOT_ACCEPTED] * len(proofs)
        assert len({json.dumps(answer.data) for answer in answers}) == 1
        assert dialogue.events(session) == before

    def test_a_letter_of_intake_does_not_speak_for_a_case(
        self, portal: PlainPortal, desk: InBetween, dialogue: Dialogue, session: Session
    ) -> None:
        item = dialogue.asked(session)
        code = desk.code(str(session.proposal_id), CodePurpose.MINUTES, item=item)

        assert portal.ask(minutes_answer(code)).errors == NOT_ACCEPTED

    def test_a_code_whose_case_is_not_there_is_told_like_a_wrong_one(
        self, portal: PlainPortal, dialogue: Dialogue, session: Session
    ) -> None:
        nowhere = Session(session.proposal_id, uuid4(), session.session_id)

        assert portal.ask(minutes_answer(dialogue.code(nowhere))).errors == NOT_ACCEPTED


class TestEditions:
    def test_a_letter_speaks_of_the_edition_that_it_carried_and_is_not_used_up_by_a_refusal(
        self, portal: PlainPortal, dialogue: Dialogue, session: Session
    ) -> None:
        """Whoever answers the first letter has not read the second edition."""
        first = dialogue.code(session)
        dialogue.drafts(session)
        refused = minutes_answer(first)
        answers = [portal.ask(refused)]
        dialogue.confirms(session, 2)
        answers += [portal.ask(refused), portal.ask(minutes_answer(first, edition=2))]
        second = portal.ask(minutes_answer(dialogue.code(session)))

        assert [answer.errors for answer in answers] == [[("id", "minutes_outdated")]] * 3
        assert "新しい版" in answers[0].data["errors"][0]["message"]
        assert dialogue.taken(refused) == ()
        confirmed = dialogue.events(session)[-1]
        assert (second.type, confirmed.type, confirmed.event.edition) == (
            "SubmissionAccepted", "MinutesConfirmedByProposer", 2,
        )  # fmt: skip

    def test_a_letter_never_speaks_of_a_newer_edition_even_where_both_bear_the_same_time(
        self, portal: PlainPortal, cities: Cities, city: City, session: Session
    ) -> None:
        at_once = Dialogue(cities.office(MATCHING, city, FrozenClock()))
        first = at_once.code(session)
        at_once.drafts(session)
        at_once.confirms(session, 2)

        assert portal.ask(minutes_answer(first)).errors == [("id", "minutes_outdated")]
        assert at_once.events(session)[-1].type == "MinutesConfirmedByCity"

    def test_an_answer_that_bears_a_day_before_the_city_stood_by_the_minutes_is_refused(
        self, portal: PlainPortal, dialogue: Dialogue, session: Session
    ) -> None:
        early = minutes_answer(dialogue.code(session)) | {"time": "2026-05-19T03:00:00Z"}

        (error,) = portal.ask(early).data["errors"]

        assert error["code"] == "before_it_began"
        assert "市がこの議事録を確認した日より前" in error["message"]

    def test_another_edition_than_the_letter_s_is_refused(
        self, portal: PlainPortal, dialogue: Dialogue, session: Session
    ) -> None:
        answer = portal.ask(minutes_answer(dialogue.code(session), edition=2))

        assert answer.errors == [("id", "minutes_outdated")]

    def test_what_both_sides_confirmed_stays_so(
        self, portal: PlainPortal, dialogue: Dialogue, session: Session
    ) -> None:
        codes = [dialogue.code(session) for _ in range(3)]
        portal.ask(minutes_answer(codes[0]))
        settled = dialogue.events(session)

        answers = [portal.ask(minutes_answer(codes[1])), portal.ask(minutes_answer(codes[2], OBJECTION))]

        assert [answer.errors for answer in answers] == [[], [("id", "minutes_settled")]]
        assert dialogue.events(session) == settled

    def test_a_case_that_was_withdrawn_is_told_in_words_for_companies(
        self, portal: PlainPortal, dialogue: Dialogue, session: Session
    ) -> None:
        code = dialogue.code(session)
        dialogue.does(session.case_id, WithdrawCase(withdrawn_on=DAY))

        (error,) = portal.ask(minutes_answer(code)).data["errors"]

        assert (error["code"], error["message"]) == ("case_withdrawn", "この提案は、すでに取り下げられています。")


class TestRead:
    @pytest.mark.parametrize(
        ("path", "to", "field", "code"),
        [
            ("objection", ..., "objection", "required"),
            ("objection", "　\n", "objection", "required"),
            ("objection", "あ" * 2_001, "objection", "too_long"),
            ("edition", 0, "edition", "out_of_range"),
            ("edition", "1", "edition", "wrong_type"),
            ("proof", {}, "proof.receipt_number", "proof_incomplete"),
            ("proof", ..., "proof", "required"),
            ("municipality", "112089", "municipality", "other_municipality"),
            ("gift", 1, "gift", "unknown_field"),
        ],
    )
    def test_what_is_wrong_is_told_before_a_code_is_looked_at(
        self, portal: PlainPortal, path: str, to: Any, field: str, code: str
    ) -> None:
        answer = portal.ask(changed(minutes_answer("7ZZZ-ZZZZ-ZZZZ-ZZZZ", edition=1), f"data.{path}", to))

        assert (answer.type, answer.errors) == ("SubmissionRefused", [(field, code)])

    def test_each_type_is_answered_by_the_service_that_takes_it_and_an_unknown_one_by_intake(
        self, portal: PlainPortal
    ) -> None:
        wrong = minutes_answer("7ZZZ-ZZZZ-ZZZZ-ZZZZ")
        answers = [portal.ask(one) for one in (wrong, proposal(), {**wrong, "id": str(uuid4()), "type": "MinutesSung"})]

        assert [(answer.type, answer.event["source"]) for answer in answers] == [
            ("SubmissionRefused", "/services/matching"),
            ("ProposalReceived", "/services/intake"),
            ("SubmissionRefused", "/services/intake"),
        ]
        assert answers[-1].errors == [("type", "unknown_type")]

    def test_a_type_that_came_the_way_of_another_is_refused_by_whom_it_reached(self, portal: PlainPortal) -> None:
        astray = portal.ask(proposal(), "MinutesConfirmed")
        answer = portal.ask(minutes_answer("7ZZZ-ZZZZ-ZZZZ-ZZZZ"), "ProposalSubmitted")

        assert [astray.errors, answer.errors] == [[("type", "unknown_type")]] * 2
        assert [astray.event["source"], answer.event["source"]] == ["/services/matching", "/services/intake"]


def test_what_matching_cannot_answer_is_parked_there_and_retried_from_the_command_line(
    portal: PlainPortal, cities: Cities, city: City, dialogue: Dialogue, session: Session
) -> None:
    message = minutes_answer(dialogue.code(session))
    office = dialogue.office
    delivery = Delivery(
        body=as_body(message), content_type="application/json", routing_key=message["type"], user_id=portal.name
    )
    with commanding(cities, city) as renkei:
        portal.publish(b"not json", "MinutesConfirmed")
        (unreadable,) = until(lambda: parked(renkei))
        kept = str(office.parked.park(delivery, "undeliverable", office.clock()))

        retried = json.loads(renkei("messages", "retry", "--all").stdout)

        assert {row["id"]: (row["service"], row["refused"]) for row in retried} == {
            unreadable["id"]: ("matching", "not_json"),
            kept: ("matching", None),
        }
        assert [row["id"] for row in parked(renkei)] == [unreadable["id"]]
    assert portal.wait(message["id"])[0].type == "SubmissionAccepted"
