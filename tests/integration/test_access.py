"""Reading protected content is on record before it is shown: who, what for, each time once, and told to nobody."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.composition import SERVICES
from apps.records.timeline import RecordsOffice
from apps.relay.composition import tells
from desk.access import access_category
from desk.office import Office
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound, Unavailable
from eventstore.parked import Delivery
from eventstore.records import Actor, Code, Recorded, StreamId
from services.administration.declaration import ADMINISTRATION
from services.intake.declaration import INTAKE
from services.intake.queries.records import opened_record
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from tests.appending import unable_to_append
from tests.cities import Cities
from tests.portals import INQUIRY, MINIMAL, StaffTool, admitted_in_the_log, as_body, inquiry, proposal
from tests.serving import serving
from tests.tokens import token_of

READER = Actor(id=uuid4(), role=Code("desk_officer"), app=Code("staff_tool"))


@pytest.fixture(scope="module")
def office(cities: Cities, city: City) -> Office:
    """Intake's office in a city with a portal."""
    admitted_in_the_log(cities.office(ADMINISTRATION, city), "city-portal", uuid4())
    return cities.office(INTAKE, city)


Receive = Callable[..., StreamId]


@pytest.fixture
def receive(office: Office) -> Receive:
    """`receive(message)`: the stream of a submission just received."""

    def received(message: dict[str, Any]) -> StreamId:
        delivery = Delivery(
            body=as_body(message), content_type="application/json", routing_key=message["type"], user_id="city-portal"
        )
        data = portal_reactions(office, Reception(office)).answer(delivery).event["data"]
        category = "proposal" if "proposal_id" in data else "inquiry"
        return StreamId(category, UUID(data[f"{category}_id"]))

    return received


def openings(office: Office, record: StreamId) -> list[Recorded]:
    """The openings of a record, in the order in which they were recorded."""
    with office.database.connection() as connection:
        streams = connection.execute(
            "SELECT stream_id FROM events_intake WHERE category = %s ORDER BY sequence", (access_category("intake"),)
        ).fetchall()
    recorded = [one for (id_,) in streams for one in office.store.load(StreamId(access_category("intake"), id_)).events]
    return [one for one in recorded if one.event.record_id == record.id]


@pytest.mark.row("B09")
@pytest.mark.row("S12")
@pytest.mark.parametrize(
    ("message", "purpose"), [(proposal(), "審査のため"), (inquiry(), None)], ids=["with", "without"]
)
def test_an_opening_is_recorded_once_with_who_what_and_what_for(
    office: Office, receive: Receive, message: dict[str, Any], purpose: str | None
) -> None:
    record = receive(message)

    shown = opened_record(office, record, READER, purpose)

    (opening,) = openings(office, record)
    assert (opening.type, opening.actor, opening.policy) == ("RecordOpened", READER, office.pack().digest)
    opened = opening.event
    assert (opened.category, opened.record_id, opened.version) == (record.category, record.id, shown["version"])
    assert opened.purpose.reveal() == purpose
    assert [one.type for one in office.store.load(record).events] == [f"{record.category.title()}Received"]


@pytest.mark.row("B09")
def test_each_opening_is_a_stream_of_its_own_with_one_event(office: Office, receive: Receive) -> None:
    record = receive(proposal())

    for purpose in ("一度目", "二度目", "二度目"):
        opened_record(office, record, READER, purpose)

    recorded = openings(office, record)
    assert [one.event.purpose.reveal() for one in recorded] == ["一度目", "二度目", "二度目"]
    assert [(one.version, one.stream.id) for one in recorded] == [(1, one.command_id) for one in recorded]
    assert len({one.stream for one in recorded}) == 3


@pytest.mark.row("B09")
def test_readers_at_the_same_time_are_all_shown_it_and_all_recorded(office: Office, receive: Receive) -> None:
    record = receive(proposal())

    with ThreadPoolExecutor(8) as readers:
        shown = list(readers.map(lambda n: opened_record(office, record, READER, f"{n}人目"), range(24)))

    assert {one["title"] for one in shown} == {MINIMAL["title"]}
    purposes = [one.event.purpose.reveal() for one in openings(office, record)]
    assert sorted(purposes) == sorted(f"{n}人目" for n in range(24))


@pytest.mark.row("B09")
def test_what_cannot_be_recorded_is_not_shown(cities: Cities, city: City, office: Office, receive: Receive) -> None:
    record = receive(proposal())

    with unable_to_append(cities, city, "intake"), pytest.raises(Unavailable):
        opened_record(cities.office(INTAKE, city), record, READER, "審査のため")

    assert not openings(office, record)


def test_where_nothing_is_opened_nothing_is_recorded(
    cities: Cities, city: City, office: Office, receive: Receive
) -> None:
    record, absent = receive(proposal()), StreamId("proposal", uuid4())

    with pytest.raises(NotFound):
        opened_record(office, absent, READER, "審査のため")
    for odd in ("", " \u3000", "長" * 401, "改\n行", "改\u2028行", "\ud800", "\u200b", "\u202e", 5, ["x"]):
        with pytest.raises(InvalidMessage) as refused:
            opened_record(office, record, READER, odd)
        assert [error.field for error in refused.value.errors] == ["purpose"]
    with closing(RecordsOffice(city)) as records:
        records.timeline(str(record.id))

    assert not openings(office, record)
    assert not openings(office, absent)


@pytest.mark.row("B09")
def test_openings_are_told_to_nobody_and_stand_in_no_other_timeline(
    city: City, office: Office, receive: Receive
) -> None:
    record = receive(proposal())
    opened_record(office, record, READER, "審査のため")

    access = [(service.name, d.name) for service in SERVICES for d in service.events if d.category.endswith("_access")]
    assert sorted(access) == [
        ("administration", "RecordsRevealed"), ("intake", "RecordOpened"),
        ("matching", "RecordOpened"), ("matching", "RecordsListed"),
    ]  # fmt: skip
    assert not [told for told in access if tells(SERVICES)[told]]
    with closing(RecordsOffice(city)) as records:
        assert [entry.type for entry in records.timeline(str(record.id))] == ["ProposalReceived"]
        (opening,) = openings(office, record)
        for role in (None, "desk_officer"):
            with pytest.raises(NotFound):
                records.timeline(str(opening.stream), role and token_of(city, role))
        (entry,) = records.timeline(str(opening.stream), token_of(city, "auditor"))
    assert (entry.sentence, entry.who) == ("保護された内容を閲覧しました。", "デスク担当者")


@pytest.mark.row("B09")
@pytest.mark.row("S12")
def test_a_staff_tool_s_reading_is_recorded_and_what_is_hidden_is_as_what_is_absent(
    city: City, office: Office, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reader, nobody = uuid4(), token_of(city, "department_officer")
    officer = token_of(city, staff=reader)
    with (
        serving("intake", city, folder=tmp_path_factory.mktemp("logs")),
        StaffTool(city.brokers["staff"]) as tool,
    ):
        entered = {"command_id": str(uuid4()), "submission": dict(MINIMAL), "channel": "counter"}
        received = tool.result("intake.receive_proposal", officer, **entered)
        named = {"proposal_id": received["proposal_id"]}
        hidden = [tool.error("intake.get_proposal", nobody, **named, purpose=odd) for odd in (None, "", "目的")]
        absent = tool.error("intake.get_proposal", officer, proposal_id=str(uuid4()), purpose="目的")
        tool.error("intake.get_proposal", officer, **named, purpose="")
        with_purpose = tool.result("intake.get_proposal", officer, **named, purpose="審査のため")
        without = tool.result("intake.get_proposal", officer, **named)
        status = {name: received[name] for name in ("receipt_number", "access_code")}
        tool.result("intake.submission_status", token_of(city, "portal_status"), **status)
        entered = {"command_id": str(uuid4()), "submission": dict(INQUIRY), "channel": "phone"}
        asked = tool.result("intake.receive_inquiry", officer, **entered)
        tool.result("intake.get_inquiry", officer, inquiry_id=asked["inquiry_id"], purpose="返事のため")

    assert hidden == [absent] * 3
    assert with_purpose == without
    recorded = openings(office, StreamId("proposal", UUID(received["proposal_id"])))
    assert [(one.actor.id, one.actor.role) for one in recorded] == [(reader, "desk_officer")] * 2
    assert [one.event.purpose.reveal() for one in recorded] == ["審査のため", None]
    (of_inquiry,) = openings(office, StreamId("inquiry", UUID(asked["inquiry_id"])))
    assert (of_inquiry.event.category, of_inquiry.event.purpose.reveal()) == ("inquiry", "返事のため")
