"""Portal → intake by `wire.md`, with a plain AMQP client: what is received, and how it is told."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from uuid import UUID

import psycopg
import pytest

from apps.provisioning.city import Installation
from eventstore.city import City
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from tests.cities import Cities
from tests.portals import FULL, PlainPortal, StaffTool, changed, inquiry, opened_portal, proposal, submission
from tests.serving import Served, serving
from tests.tokens import token_of

NUMBER = r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}"
CODE = r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}"


@pytest.fixture(scope="module")
def service(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running intake."""
    with serving("intake", city, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def portal(service: Served, installation: Installation, city: City) -> Iterator[PlainPortal]:
    """The portal that the city runs."""
    with opened_portal(installation, city) as opened:
        yield opened


@pytest.fixture(scope="module")
def other_portal(service: Served, installation: Installation, city: City) -> Iterator[PlainPortal]:
    """A portal that somebody else runs."""
    with opened_portal(installation, city, "other-portal") as opened:
        yield opened


@pytest.fixture(scope="module")
def desk_tool(service: Served, city: City) -> Iterator[StaffTool]:
    """The desk's staff tool."""
    with StaffTool(city.brokers["staff"]) as tool:
        yield tool


@pytest.fixture(scope="module")
def administrator(cities: Cities, city: City) -> Iterator[psycopg.Connection[Any]]:
    """The superuser in the city's database."""
    with psycopg.connect(cities.administrator_url(city), autocommit=True) as connection:
        yield connection


def from_portal(portal: PlainPortal, message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "source": f"/portals/{portal.name}"}


class TestReceived:
    @pytest.mark.row("S15")
    @pytest.mark.row("S18")
    @pytest.mark.row("B01")
    def test_a_proposal_with_every_field_is_received_with_number_code_and_receipt(self, portal: PlainPortal) -> None:
        message = submission(FULL)

        answer = portal.ask(message)

        assert answer.type == "ProposalReceived"
        assert set(answer.data) == {"receipt_number", "access_code", "proposal_id", "received_on", "content_receipt"}
        assert re.fullmatch(NUMBER, answer.data["receipt_number"])
        assert re.fullmatch(CODE, answer.data["access_code"])
        assert UUID(answer.data["proposal_id"])
        assert answer.data["received_on"] == "2026-05-20"
        assert (answer.event["specversion"], answer.event["correlationid"]) == ("1.0", message["id"])

    @pytest.mark.row("S19")
    def test_a_proposal_with_what_is_required_and_nothing_else_is_received(self, portal: PlainPortal) -> None:
        assert portal.ask(proposal()).type == "ProposalReceived"

    @pytest.mark.row("S22")
    @pytest.mark.row("S21")
    @pytest.mark.parametrize("kind", ["university", "organisation", "sole_proprietor"])
    def test_companies_universities_organisations_and_sole_proprietors_may_propose(
        self, portal: PlainPortal, kind: str
    ) -> None:
        assert portal.ask(proposal(proposer={"kind": kind, "name": "架空研究所"})).type == "ProposalReceived"

    @pytest.mark.row("S20")
    def test_an_inquiry_is_received_as_an_inquiry(self, portal: PlainPortal, desk_tool: StaffTool, city: City) -> None:
        answer = portal.ask(inquiry())

        assert answer.type == "InquiryReceived"
        assert set(answer.data) == {"receipt_number", "access_code", "inquiry_id", "received_on", "content_receipt"}
        read = desk_tool.result("intake.get_inquiry", token_of(city), inquiry_id=answer.data["inquiry_id"])
        assert read["subject"] == "空き店舗について"

    @pytest.mark.row("S20")
    def test_an_inquiry_may_come_from_an_individual(self, portal: PlainPortal) -> None:
        message = inquiry(proposer={"kind": "individual", "name": "成田 一郎"})
        assert portal.ask(message).type == "InquiryReceived"

    def test_what_was_handed_in_is_kept_field_by_field(
        self, portal: PlainPortal, desk_tool: StaffTool, city: City
    ) -> None:
        answer = portal.ask(submission(FULL))

        read = desk_tool.result("intake.get_proposal", token_of(city), proposal_id=answer.data["proposal_id"])

        assert read["closed"] == []
        assert (read["channel"], read["version"], read["pledges_pending"]) == ("portal", 1, False)
        for name in ("title", "summary", "problem", "period", "place", "track_record", "purposes", "support_wanted"):
            assert read[name] == FULL[name]
        assert read["proposer_name"] == FULL["proposer"]["name"]
        assert read["corporate_number"] == FULL["proposer"]["corporate_number"]
        assert {name: read[f"contact_{name}"] for name in ("affiliation", "name", "phone", "email")} == {
            "affiliation": "営業部", "name": "長谷川 美咲", "phone": "03-0000-1111", "email": "h@yuki.example.jp",
        }  # fmt: skip
        assert (read["merits"], read["roles"]) == (FULL["merits"], FULL["roles"])
        (claimed,) = FULL["confidential"]
        noted = {"claimed_on": answer.data["received_on"], "later": False, "answer": None}
        assert (read["claims"], read["indicators"]) == ([claimed | noted], FULL["indicators"])

    @pytest.mark.row("S33")
    @pytest.mark.row("S34")
    def test_the_version_of_the_terms_that_was_agreed_to_is_kept(
        self, portal: PlainPortal, desk_tool: StaffTool, city: City
    ) -> None:
        answer = portal.ask(submission(FULL))

        read = desk_tool.result("intake.get_proposal", token_of(city), proposal_id=answer.data["proposal_id"])

        assert read["terms_version"] == "2026-04"
        assert set(read["pledges"]) >= {"terms", "true_and_correct"}

    @pytest.mark.parametrize("content_type", ["application/json", "application/cloudevents+json"])
    def test_both_content_types_are_taken(self, portal: PlainPortal, content_type: str) -> None:
        assert portal.ask(proposal(), content_type=content_type).type == "ProposalReceived"

    def test_extension_attributes_and_a_content_encoding_that_is_not_so_do_no_harm(self, portal: PlainPortal) -> None:
        message = {**proposal(), "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}
        assert portal.ask(message, content_encoding="gzip").type == "ProposalReceived"


class TestAnswer:
    def test_an_answer_is_persistent_correlated_json_of_its_own_type(self, portal: PlainPortal) -> None:
        message = proposal()

        properties = portal.ask(message).properties

        assert properties["delivery_mode"] == 2
        assert properties["correlation_id"] == message["id"]
        assert properties["content_type"] == "application/cloudevents+json"

    @pytest.mark.row("S17")
    def test_when_the_answer_arrives_the_proposal_is_committed(
        self, portal: PlainPortal, administrator: psycopg.Connection[Any]
    ) -> None:
        for _ in range(10):
            answer = portal.ask(proposal())
            row = administrator.execute(
                "SELECT count(*) FROM events_intake WHERE stream_id = %s", (answer.data["proposal_id"],)
            ).fetchone()
            assert row == (1,)

    def test_an_answer_goes_to_the_queue_of_the_portal_that_asked_and_to_no_other(
        self, portal: PlainPortal, other_portal: PlainPortal
    ) -> None:
        before = len(portal.answers)

        other_portal.ask(from_portal(other_portal, proposal()))
        last = portal.ask(proposal())

        assert portal.answers[before:] == [last]

    def test_the_receipt_proves_the_very_bytes_that_were_sent(self, portal: PlainPortal) -> None:
        message = submission(FULL)
        body = json.dumps(message, ensure_ascii=True, indent=3).replace(": ", " :  ").encode() + b"\r\n \t"
        message_id = message["id"]

        portal.publish(body, "ProposalSubmitted")
        (answer,) = portal.wait(message_id)

        receipt = answer.data["content_receipt"]
        assert len(bytes.fromhex(receipt["nonce"])) == 32
        assert sha256(bytes.fromhex(receipt["nonce"]) + body).hexdigest() == receipt["sha256"]

    def test_the_very_bytes_that_were_sent_are_kept(self, portal: PlainPortal, cities: Cities, city: City) -> None:
        message = proposal(title="　余白　も残す ")
        body = json.dumps(message, indent=1).encode()

        portal.publish(body, "ProposalSubmitted")
        (answer,) = portal.wait(message["id"])

        store = cities.office(INTAKE, city).store
        (recorded,) = store.load(StreamId("proposal", UUID(answer.data["proposal_id"]))).events
        assert recorded.event.document.reveal() == body


class TestRepetition:
    @pytest.mark.row("S17")
    def test_the_same_again_gets_the_same_answer_byte_for_byte_and_is_one_proposal(
        self, portal: PlainPortal, administrator: psycopg.Connection[Any]
    ) -> None:
        message = submission(FULL)
        counted = "SELECT count(*) FROM events_intake"
        before = administrator.execute(counted).fetchone()[0]

        for _ in range(5):
            portal.publish(message)
        answers = portal.wait(message["id"], 5)

        assert len({answer.body for answer in answers}) == 1
        assert administrator.execute(counted).fetchone()[0] == before + 1

    def test_the_same_id_with_other_bytes_is_refused_and_the_first_stands(
        self, portal: PlainPortal, desk_tool: StaffTool, city: City
    ) -> None:
        message = proposal(title="最初の件名")
        first = portal.ask(message)

        second = portal.ask(changed(message, "data.title", "別の件名"))
        third = portal.ask(message)

        assert second.type == "SubmissionRefused"
        assert second.errors == [("id", "submission_id_reused")]
        assert third.body == first.body
        read = desk_tool.result("intake.get_proposal", token_of(city), proposal_id=first.data["proposal_id"])
        assert read["title"] == "最初の件名"

    def test_the_same_id_for_an_inquiry_is_refused_too(self, portal: PlainPortal) -> None:
        message = proposal()
        portal.ask(message)

        assert portal.ask({**inquiry(), "id": message["id"]}).errors == [("id", "submission_id_reused")]

    def test_other_white_space_is_other_bytes(self, portal: PlainPortal) -> None:
        message = proposal()
        portal.ask(message)

        portal.publish(json.dumps(message, indent=1).encode(), "ProposalSubmitted")

        assert portal.wait(message["id"], 2)[-1].errors == [("id", "submission_id_reused")]

    def test_a_refused_id_may_be_used_for_a_corrected_submission(self, portal: PlainPortal) -> None:
        wrong = proposal(title="")
        assert portal.ask(wrong).errors == [("title", "required")]

        corrected = changed(wrong, "data.title", "直した件名")

        assert portal.ask(corrected).type == "ProposalReceived"
        assert portal.ask(wrong).errors == [("id", "submission_id_reused")]

    def test_a_refusal_repeated_is_the_same_refusal(self, portal: PlainPortal) -> None:
        wrong = proposal(title="", kind="call")

        first, second = portal.ask(wrong), portal.ask(wrong)

        assert (first.event["id"], first.data) == (second.event["id"], second.data)

    def test_two_portals_may_use_the_same_id_for_two_proposals(
        self, portal: PlainPortal, other_portal: PlainPortal
    ) -> None:
        message = proposal()

        mine, theirs = portal.ask(message), other_portal.ask(from_portal(other_portal, message))

        assert mine.type == theirs.type == "ProposalReceived"
        for name in ("proposal_id", "receipt_number", "access_code"):
            assert mine.data[name] != theirs.data[name]


class TestReceiptNumber:
    @pytest.mark.row("N3")
    def test_receipt_numbers_are_not_consecutive_and_betray_no_count(self, portal: PlainPortal) -> None:
        answers = [portal.ask(proposal()) for _ in range(12)]

        numbers = [answer.data["receipt_number"] for answer in answers]
        codes = [answer.data["access_code"] for answer in answers]

        assert len({number[:4] for number in numbers}) == len(numbers)
        assert numbers not in (sorted(numbers), sorted(numbers, reverse=True))
        assert len(set(codes)) == len(codes)

    @pytest.mark.row("B01")
    def test_number_and_code_are_written_so_that_nothing_is_misread(self, portal: PlainPortal) -> None:
        data = portal.ask(proposal()).data

        assert not set(data["receipt_number"] + data["access_code"]) & set("ILOU")
        assert [len(part) for part in data["receipt_number"].split("-")] == [4, 4, 4]
        assert [len(part) for part in data["access_code"].split("-")] == [4, 4, 4, 4]

    @pytest.mark.row("N3")
    def test_the_status_is_told_to_who_holds_number_and_code_however_they_are_typed(
        self, portal: PlainPortal, city: City
    ) -> None:
        data = portal.ask(proposal()).data
        number, code = data["receipt_number"], data["access_code"]
        typed = [
            (number, code),
            (number.lower(), code.lower()),
            (number.replace("-", ""), code.replace("-", " ")),
            (full_width(number), full_width(code.lower())),
            (number.replace("0", "O").replace("1", "l"), code.replace("0", "o").replace("1", "I")),
            (f" {number}\t", f"{code.replace('-', '－')}　"),
            (number.replace("-", "ー"), code.replace("-", "‐")),
        ]

        with StaffTool(city.brokers["status"]) as tool:
            told = [
                tool.result(
                    "intake.submission_status",
                    token_of(city, "portal_status"),
                    receipt_number=typed_number,
                    access_code=typed_code,
                )
                for typed_number, typed_code in typed
            ]

        expected = {
            "kind": "proposal", "receipt_number": number, "status": "received", "received_on": "2026-05-20",
            "progress": [],
        }  # fmt: skip
        assert told == [expected] * len(typed)

    @pytest.mark.row("N3")
    def test_a_wrong_code_and_an_unknown_number_are_answered_in_the_same_bytes(
        self, portal: PlainPortal, city: City
    ) -> None:
        first, second = portal.ask(proposal()).data, portal.ask(proposal()).data
        asked = [
            (first["receipt_number"], second["access_code"]),
            (first["receipt_number"], ""),
            ("ZZZZ-ZZZZ-ZZZZ", first["access_code"]),
            ("", ""),
            ("青森", "\ud800"),
            ("\ud800\0" * 2000, "x" * 2000),
        ]

        with StaffTool(city.brokers["status"]) as tool:
            token = token_of(city, "portal_status")
            errors = [
                json.dumps(tool.error("intake.submission_status", token, receipt_number=number, access_code=code))
                for number, code in asked
            ]

        assert len(set(errors)) == 1
        assert json.loads(errors[0])["exc_args"] == ["not_found", "見つかりません。"]


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
