"""Services that follow one another: an accepted proposal opens a case by itself, whatever RabbitMQ does meanwhile."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import amqp
import pytest

from apps.relay.composition import relay_settings
from eventstore.city import City
from eventstore.nameko.following import POLL
from eventstore.records import StreamId, read
from eventstore.relay.publisher import cloud_event
from eventstore.relay.relay import Relay
from services.intake.declaration import INTAKE
from services.matching.declaration import MATCHING
from tests.cities import Cities
from tests.ledgers import connected as database
from tests.ledgers import numbered
from tests.portals import MINIMAL, StaffTool, changed, opened_portal, proposal, until
from tests.portals import connected as broker
from tests.serving import Served, serving
from tests.tokens import token_of


@pytest.fixture(scope="module")
def intake(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("intake", city, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def matching(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("matching", city, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture
def relay(city: City) -> Iterator[Relay]:
    """A relay at work; tests without it number by hand, and nobody is told."""
    started = Relay(relay_settings(city))
    started.start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def tool(intake: Served, matching: Served, city: City) -> Iterator[StaffTool]:
    with StaffTool(city.brokers["staff"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def chief(city: City) -> str:
    return token_of(city, "desk_chief")


def received(tool: StaffTool, token: str, submission: Any = MINIMAL) -> str:
    """The id of a proposal that was just entered."""
    given = {"command_id": str(uuid4()), "submission": submission, "channel": "counter"}
    return str(tool.result("intake.receive_proposal", token, **given)["proposal_id"])


def screened(tool: StaffTool, token: str, submission: Any = MINIMAL) -> str:
    """The id of a proposal that was just entered and is being screened."""
    proposal_id = received(tool, token, submission)
    tool.result("intake.begin_screening", token, command_id=str(uuid4()), proposal_id=proposal_id)
    return proposal_id


def accepted(tool: StaffTool, token: str, proposal_id: str) -> dict[str, Any]:
    """The event of an acceptance."""
    told = tool.result("intake.accept_proposal", token, command_id=str(uuid4()), proposal_id=proposal_id)
    (event,) = told["events"]
    return dict(event)


def cases(tool: StaffTool, token: str, proposal_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tool.result("matching.list_cases", token, proposal_id=proposal_id)["items"]
    return found


@pytest.mark.row("B10")
def test_an_accepted_proposal_opens_its_case_by_itself(
    relay: Relay, tool: StaffTool, chief: str, city: City, cities: Cities
) -> None:
    proposal_id = screened(tool, chief)
    event = accepted(tool, chief, proposal_id)
    until(lambda: cases(tool, chief, proposal_id))

    (case,) = cases(tool, chief, proposal_id)
    read_back = tool.result("matching.get_case", chief, case_id=case["case_id"])
    told = ("case_id", "version", "status", "proposal_id", "opened_on", "flagged")
    assert {name: read_back[name] for name in told} == {name: case[name] for name in told}
    assert (case["status"], case["version"], case["proposal_id"]) == ("unassigned", 1, proposal_id)
    (opened,) = cities.office(MATCHING, city).store.load(StreamId.parse(f"case-{case['case_id']}")).events
    assert str(opened.causation_id) == event["id"]
    assert opened.actor.role == "system"


def test_one_trace_runs_from_the_portal_to_the_projection(
    relay: Relay, intake: Served, city: City, cities: Cities
) -> None:
    trace_id = uuid4().hex
    with opened_portal(cities.at, city) as portal:
        message = proposal() | {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
        answer = portal.ask(message)

    span = UUID(answer.event["id"]).hex[:16]
    expected = f"00-{trace_id}-{span}-01"

    def listed() -> list[str]:
        followed = [line for line in intake.logged("followed") if line["trace"] == expected]
        return [line["type"] for line in followed if line["subscription"] == "proposals"]

    until(listed)
    assert listed() == ["ProposalReceived"]


@pytest.mark.row("B02")
def test_a_list_shows_what_its_reader_has_just_written(relay: Relay, tool: StaffTool, chief: str) -> None:
    proposal_id = screened(tool, chief)
    event = accepted(tool, chief, proposal_id)
    at_least = {"stream": event["stream"], "version": event["version"]}

    listed = tool.result("intake.list_proposals", chief, status="accepted", limit=200, at_least=at_least)

    shown = {item["proposal_id"]: item for item in listed["items"]}[proposal_id]
    assert (shown["status"], shown["version"]) == ("accepted", 3)
    assert shown["accepted_on"] is not None
    assert listed["as_of"]["position"] > 0
    assert not {"title", "summary", "proposer_name", "contact_name"} & set(shown)


def test_a_list_is_read_page_by_page(relay: Relay, tool: StaffTool, chief: str) -> None:
    ids = [received(tool, chief) for _ in range(5)]
    at_least = {"stream": f"proposal-{ids[-1]}", "version": 1}
    seen: list[str] = []
    after = None
    while True:
        page = tool.result("intake.list_proposals", chief, limit=2, after=after, at_least=at_least)
        seen += [item["proposal_id"] for item in page["items"]]
        after = page["after"]
        if after is None:
            break
        assert len(page["items"]) == 2
    assert seen[-5:] == ids
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    ("arguments", "kind", "code"),
    [
        ({"status": "lost"}, "InvalidMessage", "invalid_message"),
        ({"limit": 0}, "InvalidMessage", "invalid_message"),
        ({"limit": 201}, "InvalidMessage", "invalid_message"),
        ({"after": "x"}, "InvalidMessage", "invalid_message"),
        ({"after": str(uuid4())}, "NotFound", "not_found"),
        ({"at_least": {"stream": f"proposal-{uuid4()}", "version": 1}}, "NotFound", "not_found"),
        ({"colour": "red"}, "InvalidMessage", "invalid_message"),
    ],
)
def test_a_wrong_question_for_a_list_is_refused(
    tool: StaffTool, chief: str, arguments: dict[str, Any], kind: str, code: str
) -> None:
    for method in ("intake.list_proposals", "matching.list_cases"):
        error = tool.error(method, chief, **arguments)
        assert (error["exc_type"], error["exc_args"][0]) == (kind, code)


class TestAcceptance:
    def test_a_repeated_command_gets_its_first_answer_and_another_one_finds_it_done(
        self, tool: StaffTool, chief: str
    ) -> None:
        given = {"command_id": str(uuid4()), "proposal_id": screened(tool, chief), "reason": "地域課題に合うため。"}
        first = tool.result("intake.accept_proposal", chief, **given)

        assert tool.result("intake.accept_proposal", chief, **given) == first
        assert tool.result("intake.accept_proposal", chief, **{**given, "command_id": str(uuid4())})["events"] == []
        reused = tool.error("intake.accept_proposal", chief, **{**given, "reason": "別の理由"})
        assert (reused["exc_type"], reused["exc_args"][0]) == ("Refusal", "command_id_reused")

    def test_the_reason_is_sealed_and_the_decision_names_its_pack(
        self, tool: StaffTool, chief: str, cities: Cities, city: City
    ) -> None:
        proposal_id = screened(tool, chief)
        given = {"command_id": str(uuid4()), "proposal_id": proposal_id, "reason": "地域課題に合うため。"}
        tool.result("intake.accept_proposal", chief, **given)
        office = cities.office(INTAKE, city)
        read_back = tool.result("intake.get_proposal", chief, proposal_id=proposal_id)
        assert (read_back["status"], read_back["version"]) == ("accepted", 3)
        *_, recorded = office.store.load(StreamId.parse(f"proposal-{proposal_id}")).events

        assert recorded.reason is not None
        assert recorded.reason.reveal() == given["reason"]
        assert (recorded.policy, recorded.actor.role) == (office.pack().digest, "desk_chief")

    def test_it_is_refused_while_a_pledge_is_pending(self, tool: StaffTool, chief: str) -> None:
        proposal_id = screened(tool, chief, changed(dict(MINIMAL), "pledges", ...))
        error = tool.error("intake.accept_proposal", chief, command_id=str(uuid4()), proposal_id=proposal_id)
        assert (error["exc_type"], error["exc_args"][0]) == ("Refusal", "proposal_pledge_pending")

    def test_it_needs_the_permission_and_an_existing_proposal(self, tool: StaffTool, chief: str, city: City) -> None:
        given = {"command_id": str(uuid4()), "proposal_id": str(uuid4())}
        absent = tool.error("intake.accept_proposal", chief, **given)
        forbidden = tool.error("intake.accept_proposal", token_of(city, "desk_officer"), **given)
        assert (absent["exc_type"], forbidden["exc_type"]) == ("NotFound", "Forbidden")

    def test_who_saw_an_older_version_is_told_what_came_since(self, tool: StaffTool, chief: str) -> None:
        proposal_id = screened(tool, chief)
        accepted(tool, chief, proposal_id)
        given = {"command_id": str(uuid4()), "proposal_id": proposal_id, "expected_version": 2}
        error = tool.error("intake.accept_proposal", chief, **given)
        assert (error["exc_type"], error["exc_args"][2]) == ("StreamConflict", ["ProposalAccepted v3"])


def told(city: City, position_after: int = 0) -> list[dict[str, Any]]:
    """Every event of the log as RabbitMQ would tell it."""
    with database(city.databases["records"]) as connection:
        rows = connection.execute(
            "SELECT record FROM events JOIN positions USING (service, sequence) WHERE position > %s ORDER BY position",
            (position_after,),
        ).fetchall()
    return [cloud_event(read(record)) for (record,) in rows]


def publish(cities: Cities, city: City, *events: dict[str, Any]) -> None:
    """Publishes as an administrator of the broker."""
    at = urlsplit(cities.at.amqp_uri)
    uri = at._replace(path=f"/{city.name}").geturl()
    connection = broker(uri, at.username or "guest", at.password or "guest")
    try:
        channel = connection.channel()
        for event in events:
            service = event["source"].rpartition("/")[2]
            body = amqp.Message(json.dumps(event), content_type="application/cloudevents+json")
            channel.basic_publish(body, exchange=f"{service}.events", routing_key=event["type"])
    finally:
        connection.close()


def rows(city: City, statement: str) -> list[tuple[Any, ...]]:
    with database(city.databases["records"]) as connection:
        return connection.execute(statement.encode()).fetchall()


def carried(tool: StaffTool, token: str, cities: Cities, city: City) -> dict[str, Any]:
    """The case of a proposal that went all the way: every wake before its own was heard."""
    proposal_id = screened(tool, token)
    event = accepted(tool, token, proposal_id)
    at_least = {"stream": event["stream"], "version": event["version"]}

    def opened() -> list[dict[str, Any]]:
        numbered(city)
        publish(cities, city, *told(city)[-3:])
        return cases(tool, token, proposal_id)

    (case,) = until(opened)
    until(lambda: tool.call("intake.list_proposals", token, at_least=at_least)["error"] is None)
    return case


def read_models(cities: Cities, city: City, *without: dict[str, Any]) -> list[list[tuple[Any, ...]]]:
    """What was made of the log, apart from these cases and their proposals."""
    ids = [case[name] for case in without for name in ("case_id", "proposal_id")]
    with database(cities.administrator_url(city)) as connection:
        return [
            connection.execute(statement, (ids,)).fetchall()
            for statement in (
                b"SELECT t::text FROM intake_proposals t WHERE proposal_id::text <> ALL(%s) ORDER BY 1",
                b"SELECT t::text FROM matching_cases t WHERE case_id::text <> ALL(%s) ORDER BY 1",
                b"SELECT id FROM events_matching WHERE stream_id::text <> ALL(%s) ORDER BY 1",
                b"SELECT t::text FROM parked_positions t WHERE service <> ALL(%s) ORDER BY 1",
            )
        ]


@pytest.mark.row("B10")
def test_a_forged_message_wakes_a_follower_that_takes_what_the_log_says(
    tool: StaffTool, chief: str, city: City, cities: Cities
) -> None:
    carried(tool, chief, cities, city)
    for _ in range(3):
        proposal_id, never = screened(tool, chief), str(uuid4())
        event = accepted(tool, chief, proposal_id)
        numbered(city)
        (genuine,) = [one for one in told(city) if one["id"] == event["id"]]
        began = time.monotonic()
        publish(cities, city, {**genuine, "id": str(uuid4()), "subject": f"proposal-{never}"})
        woken = f"SELECT FROM events_matching WHERE position('{proposal_id}' IN convert_from(record, 'UTF8')) > 0"
        until(lambda woken=woken: rows(city, woken))
        assert cases(tool, chief, never) == []
        waited = time.monotonic() - began
        if waited < POLL / 2:
            break
    assert waited < POLL / 2, "three times it was the slow poll that found it: the forgery woke nobody"

    carried(tool, chief, cities, city)
    before = read_models(cities, city)
    publish(cities, city, {**genuine, "id": str(uuid4()), "subject": f"proposal-{uuid4()}"})
    later = carried(tool, chief, cities, city)
    assert read_models(cities, city, later) == before, "woken for nothing, it finds nothing"


@pytest.mark.row("B10")
def test_every_event_published_twice_and_in_reverse_changes_nothing(
    tool: StaffTool, chief: str, city: City, cities: Cities
) -> None:
    carried(tool, chief, cities, city)
    before, events = read_models(cities, city), told(city)

    publish(cities, city, *reversed(events), *reversed(events))

    after = carried(tool, chief, cities, city)
    assert read_models(cities, city, after) == before


@pytest.mark.row("B11")
def test_what_was_missed_while_a_service_was_down_is_caught_up(cities: Cities, intake: Served, tmp_path: Path) -> None:
    city = cities.new("missed")
    chief = token_of(city, "desk_chief")
    relay = Relay(relay_settings(city))
    relay.start()
    try:
        with serving("intake", city, folder=tmp_path), StaffTool(city.brokers["staff"]) as tool:
            proposal_id = screened(tool, chief)
            accepted(tool, chief, proposal_id)
            with serving("matching", city, folder=tmp_path):
                until(lambda: cases(tool, chief, proposal_id))
    finally:
        relay.stop()
