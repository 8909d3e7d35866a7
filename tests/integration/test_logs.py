"""Planted markers: what is handed in is found in no log, in no message but its own answer, in no open row."""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import uuid4

import amqp
import psycopg
import pytest

from apps.provisioning.city import Installation
from desk.portal.messages import submission_command_id
from eventstore.city import City
from eventstore.logs import ALLOWED
from tests.cities import Cities, management
from tests.portals import FULL, MINIMAL, PlainPortal, StaffTool, connected, inquiry, opened_portal, submission, until
from tests.serving import Served, serving
from tests.tokens import token_of

MARK: Final = f"MARKER{uuid4().hex}"
NUMBERS: Final = {"corporate_number": "2120901007402", "phone": "03-9753-1864", "email": f"{MARK.lower()}@example.jp"}
TYPED: Final = frozenset({"kind", "field", "upload_token", "media_type"})
"""Texts of a closed list, which a marker would make invalid."""
INBOUND: Final = frozenset({"", "portal.events", "portal.unroutable", "nameko-rpc"})
"""Exchanges by which the marked messages themselves come; `nameko-rpc` carries the caller's own call and reply."""


@pytest.fixture(scope="module")
def service(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running intake."""
    with serving("intake", city, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def portal(service: Served, installation: Installation, city: City) -> Iterator[PlainPortal]:
    """The portal that hands the markers in."""
    with opened_portal(installation, city) as opened:
        yield opened


@pytest.fixture(scope="module")
def database(cities: Cities, city: City) -> Iterator[psycopg.Connection[Any]]:
    """The superuser in the city's database."""
    with psycopg.connect(cities.administrator_url(city), autocommit=True) as connection:
        yield connection


class Spy:
    """Hears everything that is published on every exchange of the city, as the broker's administrator."""

    def __init__(self, installation: Installation, city: City) -> None:
        at = urlsplit(installation.amqp_uri)
        self._connection = connected(city.brokers["staff"], at.username or "", at.password or "")
        self._channel = self._connection.channel()
        self.queue = self._channel.queue_declare("", exclusive=True, arguments={"x-queue-type": "classic"}).queue
        self.heard: list[tuple[str, str, bytes]] = []
        with management(installation.management_url) as api:
            exchanges = [exchange["name"] for exchange in api.get(f"exchanges/{quote(city.name)}").json()]
        for exchange in set(exchanges) - INBOUND:
            for key in ("#", "city-portal"):
                self._channel.queue_bind(self.queue, exchange, key)
        self._channel.basic_consume(self.queue, no_ack=True, callback=self._hear)

    def _hear(self, message: amqp.Message) -> None:
        body = message.body if isinstance(message.body, bytes) else message.body.encode()
        self.heard.append((message.delivery_info["exchange"], message.delivery_info["routing_key"], body))

    def listen(self) -> list[tuple[str, str, bytes]]:
        """Everything heard until now."""
        while True:
            try:
                self._connection.drain_events(timeout=0.3)
            except TimeoutError:
                return self.heard

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


@pytest.fixture(scope="module")
def spy(installation: Installation, city: City, portal: PlainPortal) -> Iterator[Spy]:
    """Listens from before the first marker."""
    listening = Spy(installation, city)
    yield listening
    listening.close()


def marked(value: Any, name: str = "") -> Any:
    """The value with a marker in every free text."""
    match value:
        case dict():
            return {key: marked(inner, key) for key, inner in value.items()}
        case list() if value and isinstance(value[0], dict):
            return [marked(inner) for inner in value]
        case str() if name in NUMBERS:
            return NUMBERS[name]
        case str() if name not in TYPED:
            return f"{value}\u3002{MARK}"
        case _:
            return value


def marked_proposal() -> dict[str, Any]:
    data = marked(FULL) | {name: FULL[name] for name in ("municipality", "kind", "terms_version")}
    data["third_party_ip"] = [f"地図 {MARK}"]
    data["proposer"]["corporate_number_absent_reason"] = MARK
    return submission(data)


def markers() -> list[bytes]:
    """How a marker could stand somewhere: as it is, and in hexadecimal."""
    found = [MARK, *NUMBERS.values(), "0397531864"]
    return [form for text in found for form in (text.encode(), text.encode().hex().encode())]


def assert_unmarked(written: bytes, where: str) -> None:
    assert not [marker for marker in markers() if marker in written], where


def assert_clean_log(service: Served) -> None:
    written = service.log_file.read_bytes()
    assert_unmarked(written, "the log")
    for line in written.decode().splitlines():
        assert line.startswith("{"), line
        assert set(json.loads(line)) <= ALLOWED


def assert_clean_rows(database: psycopg.Connection[Any]) -> None:
    for table in ("events", "data_keys", "sealed_values", "blind_indexes", "parked"):
        (written,) = database.execute(f"SELECT coalesce(string_agg({table}::text, E'\\n'), '') FROM {table}").fetchone()
        assert_unmarked(written.encode(), table)


def assert_clean_exchanges(spy: Spy, answers: PlainPortal) -> None:
    own = {answer.body for answer in answers.answers}
    secrets = [answer.data[name].encode() for answer in answers.answers for name in ("receipt_number", "access_code")
               if name in answer.data]  # fmt: skip
    for exchange, key, body in spy.listen():
        assert_unmarked(body, exchange)
        if (exchange, key) != ("portal.answers", "city-portal"):
            assert not [secret for secret in secrets if secret in body], exchange
    assert own <= {body for _, _, body in spy.heard}, "the spy hears answers at all"


def test_markers_of_a_received_proposal_and_inquiry_stay_sealed(
    portal: PlainPortal, service: Served, database: psycopg.Connection[Any], spy: Spy
) -> None:
    asked = inquiry(subject=MARK, content=f"{MARK}\n{MARK}", contact={"name": MARK, "phone": NUMBERS["phone"]})

    assert portal.ask(marked_proposal()).type == "ProposalReceived"
    assert portal.ask(asked).type == "InquiryReceived"

    assert_clean_rows(database)
    assert_clean_exchanges(spy, portal)
    assert_clean_log(service)


def test_markers_of_a_refused_proposal_are_kept_nowhere(
    portal: PlainPortal, service: Served, database: psycopg.Connection[Any], spy: Spy
) -> None:
    wrong = {
        name: {"wrong": MARK} if isinstance(value, str) else MARK for name, value in marked_proposal()["data"].items()
    }
    answers = [
        portal.ask(submission({**wrong, "title": MARK})),
        portal.ask(submission({**marked_proposal()["data"], "title": MARK * 20})),
        portal.ask(submission({**marked_proposal()["data"], "municipality": MARK})),
        portal.ask({**marked_proposal(), "type": MARK}, "ProposalSubmitted"),
        portal.ask({**marked_proposal(), "time": MARK}),
        portal.ask({**marked_proposal(), "source": MARK}),
        portal.ask({**marked_proposal(), "id": MARK}),
    ]

    assert {answer.type for answer in answers} == {"SubmissionRefused"}
    for answer in answers[:-1]:
        assert_unmarked(answer.body, "an answer tells what was wrong, not what was written")
    assert_clean_rows(database)
    assert_clean_log(service)


def test_markers_of_a_parked_message_are_sealed(
    portal: PlainPortal, service: Served, database: psycopg.Connection[Any], spy: Spy
) -> None:
    lines = len(service.logged("message parked"))
    portal.publish(MARK.encode(), "ProposalSubmitted")
    portal.publish(marked_proposal(), content_type=f"text/{MARK}")
    portal.publish({"no": MARK}, MARK)

    until(lambda: len(service.logged("message parked")) == lines + 3)
    assert_clean_rows(database)
    assert_clean_log(service)


def test_markers_of_what_staff_enter_stay_sealed(
    service: Served, city: City, database: psycopg.Connection[Any]
) -> None:
    with StaffTool(city.brokers["staff"]) as tool:
        arguments = {"submission": marked_proposal()["data"], "channel": "counter", "reason": MARK}
        received = tool.result(
            "intake.receive_proposal",
            token_of(city),
            command_id=str(uuid4()),
            received_at="2026-05-01T09:00:00+09:00",
            **arguments,
        )
        assert MARK in tool.result("intake.get_proposal", token_of(city), proposal_id=received["proposal_id"])["title"]
        tool.error("intake.receive_proposal", token_of(city), command_id=MARK, **arguments)
        tool.error("intake.get_proposal", MARK, proposal_id=MARK)
        tool.error("intake.submission_status", token_of(city), receipt_number=MARK, access_code=MARK)
        tool.error(f"intake.{MARK}", token_of(city))
        tool.send("intake.get_proposal", MARK.encode())
        tool.error("intake.get_proposal", token_of(city), **{MARK: MARK})

    assert_clean_rows(database)
    assert_clean_log(service)


def test_markers_are_in_no_log_when_the_database_refuses_or_goes_away(
    portal: PlainPortal, service: Served, database: psycopg.Connection[Any], city: City
) -> None:
    faults = len(service.logged("a portal message ended in a fault"))
    database.execute(
        "CREATE FUNCTION induced() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'induced %', convert_from(NEW.record, 'UTF8'); END $$"
    )
    database.execute("CREATE TRIGGER induced BEFORE INSERT ON events_intake FOR EACH ROW EXECUTE FUNCTION induced()")
    try:
        portal.publish(marked_proposal())
        until(lambda: len(service.logged("a portal message ended in a fault")) > faults)
        with StaffTool(city.brokers["staff"]) as tool:
            error = tool.error(
                "intake.receive_proposal",
                token_of(city),
                command_id=str(uuid4()),
                submission={**MINIMAL, "title": MARK},
                channel="counter",
            )
    finally:
        database.execute("DROP TRIGGER induced ON events_intake")
        database.execute("DROP FUNCTION induced")

    assert (error["exc_type"], error["exc_args"][0]) == ("Unavailable", "fault")
    assert "induced" not in json.dumps(error)
    assert "induced" not in service.log_text()
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        " AND pid <> pg_backend_pid()"
    )
    assert portal.ask(marked_proposal()).type == "ProposalReceived"
    assert_clean_rows(database)
    assert_clean_log(service)


def test_a_log_line_names_service_city_and_correlation_id(portal: PlainPortal, service: Served, city: City) -> None:
    message = submission(MINIMAL)
    portal.ask(message)
    correlation_id = str(submission_command_id("city-portal", message["id"]))

    (line,) = until(lambda: [line for line in service.log() if line.get("correlation_id") == correlation_id])

    assert (line["service"], line["city"], line["type"]) == ("intake", city.name, "ProposalReceived")
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")
