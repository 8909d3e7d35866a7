"""What cannot be answered is parked: sealed, once, visible, and never decoded as anything but JSON."""

import gzip
import json
import pickle
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from struct import pack
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import amqp
import psycopg
import pytest

from apps.provisioning.broker import portal_rights
from apps.provisioning.city import Installation
from desk.office import Office
from eventstore.city import City
from eventstore.parked import ParkedMessage
from services.intake.declaration import INTAKE
from tests.cities import ROOT, Cities, management
from tests.portals import PlainPortal, admitted, as_body, connected, opened_portal, proposal, until
from tests.serving import Served, serving


class Trap:
    """An object that writes a file when it is unpickled."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return (Path.touch, (self._file,))


class RawMessage(amqp.Message):
    """A message whose properties are these very bytes."""

    def __init__(self, body: bytes, properties: bytes) -> None:
        super().__init__(body)
        self._raw = properties

    def _serialize_properties(self) -> bytes:
        return self._raw


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
def office(cities: Cities, city: City) -> Office:
    """Intake's office, to look into what is parked."""
    return cities.office(INTAKE, city)


@pytest.fixture
def parked(office: Office, service: Served, portal: PlainPortal) -> Iterator[Callable[[], ParkedMessage]]:
    """`parked()` waits for the one message that the test parks; afterwards the service must be the same and well."""
    before = {one.id for one in office.parked.all()}

    def new() -> ParkedMessage:
        (one,) = until(lambda: [one for one in office.parked.all() if one.id not in before])
        return one

    yield new

    assert service.is_running
    assert portal.ask(proposal()).type == "ProposalReceived"


def _arrays(depth: int) -> bytes:
    return b"".join(b"A" + pack(">I", 5 * (depth - level - 1)) for level in range(depth))


def nested(depth: int) -> bytes:
    return b'{"id": "' + str(uuid4()).encode() + b'", "data": ' + b"[" * depth + b"]" * depth + b"}"


NOT_JSON = {
    "text": b"hello",
    "nothing": b"",
    "half": as_body(proposal())[:-1],
    "two": as_body(proposal()) * 2,
    "byte order mark": b"\xef\xbb\xbf" + as_body(proposal()),
    "UTF-16": json.dumps(proposal()).encode("utf-16"),
    "Shift_JIS": json.dumps(proposal(), ensure_ascii=False).encode("shift_jis"),
    "NUL": as_body(proposal()) + b"\0",
    "NaN": as_body(proposal(cost={"total_yen": float("nan")})),
    "infinity": as_body(proposal(cost={"total_yen": float("inf")})),
    "number beyond every bound": as_body(proposal()).replace(b'"kind": "free"', b'"kind": 1' + b"0" * 400),
    "half a surrogate pair": json.dumps(proposal(title="\ud800")).encode(),
    "half a surrogate pair in UTF-8": as_body(proposal()).replace(b"free", b"\xed\xa0\x80"),
    "20,000 deep": nested(20_000),
    "YAML": b"id: !!python/object/apply:os.system ['true']",
    "gzip": gzip.compress(as_body(proposal())),
    "pickle": pickle.dumps(proposal()),
    "trailing comma": as_body(proposal())[:-1] + b",}",
    "comment": b"// proposal\n" + as_body(proposal()),
    "single quotes": str(proposal()).encode(),
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
def test_what_is_not_json_is_parked(portal: PlainPortal, parked: Callable[[], ParkedMessage], body: bytes) -> None:
    portal.publish(body, "ProposalSubmitted")

    assert parked().code == "not_json"


@pytest.mark.parametrize("body", [b"5", b"null", b"[]", b'"id"', b"{}", b'{"id": 5}', b'{"id": null}', b'{"id": ""}',
                                  as_body({"id": "x" * 256}), as_body({"id": "あ" * 86})])  # fmt: skip
def test_what_names_no_id_to_answer_to_is_parked(
    portal: PlainPortal, parked: Callable[[], ParkedMessage], body: bytes
) -> None:
    portal.publish(body, "ProposalSubmitted")

    assert parked().code == "no_id"


@pytest.mark.parametrize(
    "content_type",
    [..., "", "text/plain", "application/octet-stream", "application/x-yaml", "application/x-python-serialize",
     "application/data", "application/JSON; charset=sjis", "application/json\0", b"application/json\xff"],
)  # fmt: skip
def test_a_good_message_of_another_content_type_is_parked(
    portal: PlainPortal, parked: Callable[[], ParkedMessage], content_type: Any
) -> None:
    portal.publish(proposal(), content_type=content_type)

    assert parked().code == "content_type"


def test_a_pickle_is_never_opened(portal: PlainPortal, parked: Callable[[], ParkedMessage], tmp_path: Path) -> None:
    bait = tmp_path / "opened"
    portal.publish(pickle.dumps(Trap(bait)), content_type="application/x-python-serialize", content_encoding="binary")

    assert parked().code == "content_type"
    assert not bait.exists()


@pytest.mark.parametrize("compression", ["application/x-gzip", "gzip", "bzip2", "lzma", "no-such-thing"])
def test_a_compressed_body_is_not_unpacked(
    portal: PlainPortal, parked: Callable[[], ParkedMessage], compression: str
) -> None:
    portal.publish(
        zlib.compress(as_body(proposal())), "ProposalSubmitted", application_headers={"compression": compression}
    )

    assert parked().code == "not_json"


class TestBytesThatAreNotText:
    """The broker passes on properties and routing keys that are not UTF-8: no client library survives that unaided."""

    @pytest.mark.parametrize("routing_key", [b"\xff", b"Proposal\x80Submitted", b"\xed\xa0\x80", b"a\0b"])
    def test_a_routing_key_that_is_not_text_is_refused(self, portal: PlainPortal, routing_key: Any) -> None:
        message = proposal()

        assert portal.ask(message, routing_key).errors == [("type", "type_mismatch")]
        assert portal.ask(proposal()).type == "ProposalReceived"

    @pytest.mark.parametrize("name", ["content_encoding", "correlation_id", "reply_to", "message_id", "type", "app_id"])
    def test_a_property_that_is_not_text_does_no_harm(self, portal: PlainPortal, name: str) -> None:
        assert portal.ask(proposal(), **{name: b"\xff" * 255}).type == "ProposalReceived"

    @pytest.mark.parametrize(
        "table",
        [
            pytest.param(b"\x01aT" + pack(">Q", 2**38), id="an instant that no calendar knows"),
            pytest.param(b"\x02\xff\xfet\x01", id="a key that is not text"),
            pytest.param(b"\x0bcompressionS" + pack(">I", 2) + b"\xff\xff", id="a text that is not text"),
            pytest.param(b"\x01a" + _arrays(20_000), id="arrays in arrays"),
        ],
    )
    def test_headers_of_any_kind_never_end_the_service(
        self,
        portal: PlainPortal,
        office: Office,
        service: Served,
        installation: Installation,
        city: City,
        table: bytes,
    ) -> None:
        message = {**proposal(), "source": "/portals/odd-portal"}
        properties = pack(">H", 0x8000 | 0x2000 | 0x0010) + _short("application/json")
        properties += pack(">I", len(table)) + table + _short("odd-portal")
        sent = RawMessage(as_body(message), properties)
        before = len(list(office.parked.all()))

        with opened_portal(installation, city, "odd-portal") as odd:
            odd.channel.basic_publish(sent, exchange="portal.events", routing_key="ProposalSubmitted")
            odd.until(lambda: len(list(office.parked.all())) > before or bool(odd.to(message["id"])))

        assert portal.ask(proposal()).type == "ProposalReceived"
        assert service.is_running
        assert not service.logged("container ended")


def _short(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


class TestWhoCannotBeAnswered:
    def test_a_message_without_user_id_is_parked(
        self, portal: PlainPortal, parked: Callable[[], ParkedMessage]
    ) -> None:
        portal.publish(proposal(), user_id=...)

        assert parked().code == "unknown_portal"

    def test_a_broker_user_that_the_city_has_not_admitted_is_parked(
        self, installation: Installation, city: City, parked: Callable[[], ParkedMessage]
    ) -> None:
        name, password = f"stranger-{uuid4().hex[:8]}", uuid4().hex
        rights = portal_rights(name)
        with management(installation.management_url) as api:
            api.put(f"users/{name}", json={"password": password, "tags": ""}).raise_for_status()
            api.put(
                f"permissions/{quote(city.name)}/{name}",
                json={"configure": rights.configure, "write": rights.write, "read": rights.read},
            ).raise_for_status()
            connection = connected(city.brokers["intake"], name, password)
            sent = amqp.Message(as_body(proposal()), content_type="application/json", user_id=name)
            connection.channel().basic_publish(sent, exchange="portal.events", routing_key="ProposalSubmitted")
            connection.close()

        assert parked().code == "unknown_portal"

    def test_a_portal_whose_queue_is_gone_is_parked_undeliverable_and_its_proposal_stands(
        self, installation: Installation, city: City, cities: Cities, parked: Callable[[], ParkedMessage]
    ) -> None:
        password = admitted(installation, city, "queueless-portal")
        with management(installation.management_url) as api:
            api.delete(f"queues/{quote(city.name)}/portal.answers.queueless-portal").raise_for_status()
        with (
            PlainPortal(city.brokers["intake"], "queueless-portal", password, listens=False) as queueless,
            _counting(cities, city) as proposals,
        ):
            before = proposals()
            queueless.publish({**proposal(), "source": "/portals/queueless-portal"})

            assert parked().code == "undeliverable"
            assert proposals() == before + 1


class _counting:  # noqa: N801 - reads as what it does
    def __init__(self, cities: Cities, city: City) -> None:
        self._connection = psycopg.connect(cities.administrator_url(city), autocommit=True)

    def __enter__(self) -> Callable[[], int]:
        return lambda: self._connection.execute("SELECT count(*) FROM events_intake").fetchone()[0]

    def __exit__(self, *_: object) -> None:
        self._connection.close()


class TestParkedRows:
    def test_the_same_message_again_is_parked_once(
        self, portal: PlainPortal, parked: Callable[[], ParkedMessage], service: Served
    ) -> None:
        lines = len(service.logged("message parked"))
        for _ in range(3):
            portal.publish(b"the same again", "ProposalSubmitted")

        until(lambda: len(service.logged("message parked")) == lines + 3)
        assert parked().code == "not_json"

    def test_a_parked_message_is_opened_as_it_came(
        self, portal: PlainPortal, parked: Callable[[], ParkedMessage], office: Office
    ) -> None:
        body = b"\x00\xff not JSON"
        portal.publish(body, "InquirySubmitted", content_type="text/plain")

        delivery = office.parked.open(parked().id)

        assert (delivery.body, delivery.content_type) == (body, "text/plain")
        assert (delivery.routing_key, delivery.user_id) == ("InquirySubmitted", "city-portal")

    def test_a_parked_message_is_sealed(
        self, portal: PlainPortal, parked: Callable[[], ParkedMessage], cities: Cities, city: City
    ) -> None:
        marker = f"MARKER{uuid4().hex}"
        portal.publish(marker.encode(), "ProposalSubmitted", content_type=f"text/{marker}")
        row = parked()

        with psycopg.connect(cities.administrator_url(city)) as administrator:
            (written,) = administrator.execute(
                "SELECT string_agg(parked::text, '') || string_agg(encode(blob || wrapped, 'escape'), '')"
                " FROM parked WHERE id = %s",
                (row.id,),
            ).fetchone()
        assert marker not in written
        assert marker.encode().hex() not in written

    def test_what_is_parked_is_listed_without_its_content(
        self, portal: PlainPortal, parked: Callable[[], ParkedMessage], city: City
    ) -> None:
        marker = f"MARKER{uuid4().hex}"
        portal.publish(marker.encode(), "ProposalSubmitted")
        row = parked()

        command = [sys.executable, "-m", "apps.cli", "messages", "parked", "--city", city.name, "--json"]
        told = subprocess.run(
            command, cwd=ROOT, env={"RENKEI_HOME": str(city.folder.parent)}, capture_output=True, text=True, check=True
        ).stdout

        assert {
            "service": "intake",
            "id": str(row.id),
            "code": "not_json",
            "parked_at": row.parked_at.isoformat(),
        } in (json.loads(told))
        assert marker not in told
