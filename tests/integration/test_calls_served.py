"""Calls by `wire.md`, in one served process: what portals send, and that nobody hears of a call before it opens."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import amqp
import pytest
from psycopg.sql import SQL, Identifier

from apps.composition import SERVICES
from apps.provisioning import broker
from apps.provisioning.city import Installation
from apps.relay.composition import tells
from eventstore.city import City
from eventstore.relay.publisher import ConfirmedChannel, Publisher
from eventstore.relay.relay import connected as to_broker
from services.intake.declaration import INTAKE
from services.intake.domain.call import CALL
from services.intake.domain.call.commands import DraftCall, OpenCall, ScheduleCall
from tests.calls import DEPARTMENTS, SUBJECTS, TEXT
from tests.cities import Cities
from tests.companies import stated
from tests.later import ASKER, OPENS, InBetween, consent, later, proof_of, question
from tests.ledgers import connected, numbered
from tests.letters import APPROVAL
from tests.portals import PlainPortal, StaffTool, opened_portal, proposal, until
from tests.serving import Served, serving
from tests.tokens import token_of

OFFER: Final = {"title": "雪道センサーを貸します", "description": "一冬無償で貸し出します。", "subjects": ["snow"]}
PARTY: Final = {name: stated()[name] for name in ("proposer", "contact")}
WRONG: Final = {"one_time_code": "7ZZZ-ZZZZ-ZZZZ-ZZZZ"}
HEARD: Final = "heard"
WITHOUT_THE_RIGHT: Final = ("department_officer", "administrator", "auditor", "records_officer")
ABOUT_A_CALL: Final[dict[str, dict[str, Any]]] = {
    "get_call": {},
    "list_questions": {},
    "list_call_notices": {},
    "revise_call": {"aim": "collects_ideas", "department": "tourism", "title": "題", "issue": "課題"},
    "schedule_call": {
        "opens_at": "2030-01-01T00:00:00Z", "closes_at": "2030-02-01T00:00:00Z", "approver": "x",
        "approval_reference": "x",
    },
    "extend_call": {"closes_at": "2030-02-01T00:00:00Z", "explanation": "x"},
    "answer_call": {"selected": [], "explanation": "x"},
    "archive_call": {},
    "ask_question": {"question": "いつですか。", "contact": ASKER},
    "answer_question": {"question_id": str(uuid4()), "question": "x", "answer": "x"},
    "request_idea_use": {"proposal_id": str(uuid4()), "passage": "x"},
    "record_idea_use_answer": {"use_id": str(uuid4()), "answer": "consented"},
}  # fmt: skip
"""Method → what it takes beside a call's id."""
LISTS: Final = ("list_calls", "list_proposals", "list_letters", "list_companies", "list_offers", "list_deadlines")


@pytest.fixture(scope="module")
def served(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running intake."""
    with serving("intake", city, folder=tmp_path_factory.mktemp("logs")) as intake:
        yield intake


@pytest.fixture(scope="module")
def portal(served: Served, installation: Installation, city: City) -> Iterator[PlainPortal]:
    """The portal that the city runs, with intake behind it."""
    with opened_portal(installation, city) as opened:
        yield opened


@pytest.fixture(scope="module")
def tool(served: Served, city: City) -> Iterator[StaffTool]:
    """A staff tool."""
    with StaffTool(city.brokers["staff"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City) -> InBetween:
    """What the desk does in between."""
    return InBetween(cities.office(INTAKE, city))


class TestMessages:
    @pytest.mark.row("S10", "S16", "B26", "N10")
    def test_each_is_taken_once_and_answered_the_same_at_every_repetition(
        self, portal: PlainPortal, desk: InBetween, tool: StaffTool, city: City
    ) -> None:
        call_id = desk.opened_call()
        receipt = portal.ask(proposal()).data
        asked_in, use_id = desk.asked_use(receipt["proposal_id"])
        company_id, code = noticed(desk, tool, city)
        messages = {
            "ProposalReceived": proposal(kind="call", call_id=str(call_id)),
            "CallQuestionAsked": question(call_id, contact=ASKER),
            "IdeaUseAnswered": consent(proof_of(receipt), asked_in, use_id),
            "NoticesEnded": later("NoticesEndSubmitted", proof={"one_time_code": code}),
            "OfferPosted": later("OfferSubmitted", **OFFER, **PARTY),
        }

        first = {kind: portal.ask(message) for kind, message in messages.items()}
        again = {kind: portal.ask(message) for kind, message in messages.items()}

        assert {kind: answer.type for kind, answer in first.items()} == {
            kind: "ProposalReceived" if kind == "ProposalReceived" else "SubmissionAccepted" for kind in messages
        }
        assert {kind: one.body for kind, one in again.items()} == {kind: one.body for kind, one in first.items()}
        about = {
            "ProposalReceived": ("proposal", first["ProposalReceived"].data["proposal_id"]),
            "CallQuestionAsked": ("call", call_id),
            "IdeaUseAnswered": ("call", asked_in),
            "NoticesEnded": ("company", company_id),
            "OfferPosted": ("offer", desk.taken(messages["OfferPosted"])[0].event.about_id),
        }
        assert {kind: desk.types(*stream).count(kind) for kind, stream in about.items()} == dict.fromkeys(messages, 1)

    @pytest.mark.row("S16", "B26", "N10")
    def test_what_is_refused_is_refused_with_its_code_and_leaves_nothing(
        self, portal: PlainPortal, desk: InBetween
    ) -> None:
        closed = desk.opened_call(closes_at=OPENS + timedelta(days=1))
        proof = proof_of(portal.ask(proposal()).data)
        refused = [
            (proposal(kind="call", call_id=str(closed)), ("call_id", "call_closed")),
            (proposal(kind="call", call_id=str(uuid4())), ("call_id", "call_unknown")),
            (question(closed, contact=ASKER), ("id", "call_closed")),
            (consent(proof, closed, uuid4()), ("id", "idea_use_unknown")),
            (consent(WRONG, closed, uuid4()), ("proof", "proof_not_accepted")),
            (later("NoticesEndSubmitted", proof=WRONG), ("proof", "proof_not_accepted")),
            (later("OfferSubmitted", **{**OFFER, "subjects": ["harbour"]}, **PARTY), ("id", "unknown_subject")),
            (later("OfferSubmitted", **OFFER, **PARTY, until="2020-01-01"), ("id", "offer_ends_in_the_past")),
        ]

        told = [portal.ask(message).errors for message, _ in refused]

        assert told == [[expected] for _, expected in refused]
        assert [desk.taken(message) for message, _ in refused] == [()] * len(refused)
        assert desk.types("call", closed) == ["CallDrafted", "CallScheduled"]


def noticed(desk: InBetween, tool: StaffTool, city: City) -> tuple[str, str]:
    """A company that was told of a call, and the code that its letter carries."""
    officer, chief = token_of(city), token_of(city, "desk_chief")
    company_id = tool.result(
        "intake.register_company", officer, command_id=str(uuid4()), wants_notices=True, **stated(number=None)
    )["company_id"]
    desk.opened_call()

    def told() -> Any:
        numbered(city)
        return next((one for one in desk.events("company", company_id) if one.type == "CallNoticed"), None)

    letter_id = until(told, 40).event.letter_id
    approval = {"command_id": str(uuid4()), "letter_id": str(letter_id), **asdict(APPROVAL)}
    tool.result("intake.approve_letter", chief, **approval)
    return company_id, desk.events("intake_letter", letter_id)[0].event.code.reveal()


@pytest.mark.row("N3", "S16")
def test_before_it_opens_nothing_that_anybody_hears_or_finds_tells_of_a_call(
    portal: PlainPortal, desk: InBetween, tool: StaffTool, city: City, cities: Cities, served: Served
) -> None:
    secret = token_hex(8)
    call_id, unknown = scheduled(desk, secret), uuid4()
    with hearing(cities, city) as heard:
        published(city)
        assert told(portal, tool, city, call_id) == told(portal, tool, city, unknown)
        of_calls, *_ = [listed(tool, city, method, call_id) for method in LISTS]
        messages = heard()
        before = [*messages, served.log_text().encode(), *in_clear(cities, city)]
        opens_at = CALL.fold(desk.events("call", call_id)).schedule.opens_at
        desk.does(CALL, call_id, OpenCall(at=opens_at))
        published(city)
        since = heard()

    assert str(call_id) in json.dumps(of_calls)

    assert any(b"CallScheduled" in message for message in messages)
    assert any(b"call_unknown" in message for message in messages)
    assert not [found for found in before if tells_of(secret, found)]
    assert [found for found in since if tells_of(secret, found)]
    assert [found for found in in_clear(cities, city) if tells_of(secret, found)]


def tells_of(secret: str, found: bytes) -> bool:
    """Whether bytes contain a secret, as it is or in the hexadecimal digits by which PostgreSQL shows bytes."""
    return secret.encode() in found or secret.encode().hex().encode() in found


@pytest.mark.row("N3")
def test_the_list_of_calls_is_nobody_s_without_the_right(tool: StaffTool, city: City) -> None:
    for role in WITHOUT_THE_RIGHT:
        assert tool.error("intake.list_calls", token_of(city, role))["exc_type"] == "Forbidden"


def scheduled(desk: InBetween, secret: str) -> UUID:
    """A call that opens in days, with the secret in every text of it."""
    call_id, now = uuid4(), datetime.now(UTC)
    text = replace(TEXT, title=f"冬の{secret}", issue=f"{secret}が減っています。", conditions=f"{secret}に限る。")
    desk.does(
        CALL,
        call_id,
        DraftCall(text=text, departments=DEPARTMENTS, subjects=SUBJECTS),
        ScheduleCall(
            at=now,
            opens_at=now + timedelta(days=9),
            closes_at=now + timedelta(days=30),
            approver="市長",
            approval_reference="企連第2号",
        ),
    )
    return call_id


def told(portal: PlainPortal, tool: StaffTool, city: City, call_id: UUID) -> list[Any]:
    """What portals and whoever has not the right are told when they name a call, without what is theirs alone."""
    named = [
        portal.ask(proposal(kind="call", call_id=str(call_id))).data["errors"],
        portal.ask(question(call_id, contact=ASKER)).data["errors"],
    ]
    for role in WITHOUT_THE_RIGHT:
        for method, arguments in ABOUT_A_CALL.items():
            command = {} if method.startswith(("get_", "list_")) else {"command_id": str(uuid4())}
            token = token_of(city, role)
            named.append(tool.error(f"intake.{method}", token, call_id=str(call_id), **command, **arguments))
    return named


def listed(tool: StaffTool, city: City, method: str, call_id: UUID) -> dict[str, Any]:
    """What a list tells the desk; that of calls once it knows of the call."""
    fresh = {"at_least": {"stream": f"call-{call_id}", "version": 2}} if method == "list_calls" else {}
    return tool.result(f"intake.{method}", token_of(city, "desk_chief"), limit=200, **fresh)


@contextmanager
def hearing(cities: Cities, city: City) -> Iterator[Callable[[], list[bytes]]]:
    """Every message of the city from now on that is published to intake's events, calls and answers, as bytes."""
    at = urlsplit(cities.at.amqp_uri)
    with broker.Management(cities.at.management_url, city.name) as api:
        api.create_user(at.username or "guest", None, broker.Rights(configure=".*", write=".*", read=".*"))
    with to_broker(at._replace(path=f"/{city.name}").geturl()) as administrator:
        channel = administrator.channel()
        channel.queue_declare(HEARD, auto_delete=False)
        for exchange, key in (("intake.events", "#"), ("nameko-rpc", "#"), ("portal.answers", "city-portal")):
            channel.queue_bind(HEARD, exchange, key)
        yield lambda: [_bytes(one) for one in iter(lambda: channel.basic_get(HEARD, no_ack=True), None)]


def _bytes(message: amqp.Message) -> bytes:
    body = message.body if isinstance(message.body, bytes) else message.body.encode()
    return body + str(message.properties).encode() + str(message.delivery_info).encode()


def published(city: City) -> None:
    """Numbers and publishes everything that is in the log."""
    numbered(city)
    with connected(city.databases["relay"]) as connection, to_broker(city.brokers["relay"]) as opened:
        publisher, channel = Publisher.begin(connection, tells(SERVICES)), ConfirmedChannel(opened)
        while publisher.step(channel):
            continue


def in_clear(cities: Cities, city: City) -> Iterator[bytes]:
    """Every row of every table of the city's database as text."""
    with connected(cities.administrator_url(city)) as admin:
        tables = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            for (row,) in admin.execute(SQL("SELECT t::text FROM {} t").format(Identifier(schema, table))):
                yield row.encode()
