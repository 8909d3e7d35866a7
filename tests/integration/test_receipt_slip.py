"""The receipt slip (受付票): what the counter hands out, and that it is on record who printed it."""

from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from desk.access import access_category
from desk.office import Office
from desk.wareki import wareki
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound, Unavailable
from eventstore.records import Actor, Code, Recorded, StreamId
from services.intake.counter import CounterDesk, Entered
from services.intake.declaration import INTAKE
from services.intake.queries.slips import ReceiptErased, slip_of
from services.intake.reception import Reception
from tests.appending import unable_to_append
from tests.cities import Cities
from tests.ledgers import connected
from tests.portals import INQUIRY, MINIMAL, StaffTool, changed
from tests.serving import serving
from tests.tokens import token_of

CLERK = Actor(id=uuid4(), role=Code("desk_officer"), app=Code("staff_tool"))
FORGED = '#import "x"; $1$ *受付*'


@pytest.fixture(scope="module")
def office(cities: Cities, city: City) -> Office:
    """Intake's office."""
    return cities.office(INTAKE, city)


@pytest.fixture(scope="module")
def reception(office: Office) -> Reception:
    """Its reception."""
    return Reception(office)


def stated(**submission: Any) -> Entered:
    return Entered(submission, {"command_id": str(uuid4()), "channel": "phone", "received_at": None, "reason": None})


@pytest.fixture
def proposal(office: Office, reception: Reception) -> dict[str, Any]:
    """A proposal that was entered at the counter, as its entry told it."""
    return CounterDesk(office, reception).enter_proposal(stated(**{**MINIMAL, "title": FORGED}), CLERK)


def openings(office: Office, record_id: UUID) -> list[Recorded]:
    with office.database.connection() as connection:
        streams = connection.execute(
            "SELECT stream_id FROM events_intake WHERE category = %s", (access_category("intake"),)
        ).fetchall()
    recorded = [one for (id_,) in streams for one in office.store.load(StreamId(access_category("intake"), id_)).events]
    return [one for one in recorded if one.event.record_id == record_id]


def slip(office: Office, reception: Reception, stream: StreamId, purpose: object = None) -> dict[str, Any]:
    return slip_of(office, reception.keys, stream, CLERK, purpose)


def proposal_stream(told: dict[str, Any]) -> StreamId:
    return StreamId("proposal", UUID(told["proposal_id"]))


@pytest.mark.row("B28")
def test_a_slip_says_what_was_received_when_and_how_and_proves_it(
    office: Office, reception: Reception, proposal: dict[str, Any]
) -> None:
    told = slip(office, reception, proposal_stream(proposal))

    assert (told["receipt_number"], told["access_code"]) == (proposal["receipt_number"], proposal["access_code"])
    assert {"nonce": told["nonce"], "sha256": told["sha256"]} == proposal["content_receipt"]
    facts = dict(told["facts"])
    assert facts["受付日"] == wareki(office.today())
    assert facts["受付方法"] == office.pack().channels["phone"].name
    assert facts["件名"] == FORGED
    assert facts["提案者"] == "朝ごはんの会"
    assert told["pending"] == []
    assert told["office"][2] == "電話 017-761-4154"


@pytest.mark.row("S12")
def test_a_target_is_called_a_target(office: Office, reception: Reception, proposal: dict[str, Any]) -> None:
    contact, answer, _ = slip(office, reception, proposal_stream(proposal))["next"]

    assert contact.startswith("受け付けた日から3開庁日以内を目標に")
    assert answer.startswith("受け付けた日から30日以内を目標に")
    assert "お約束するものではありません" in answer


@pytest.mark.row("B28")
def test_a_slip_lists_what_the_proposer_has_still_to_declare(office: Office, reception: Reception) -> None:
    lacking = changed(changed(dict(MINIMAL), "pledges", ...), "terms_version", ...)
    told = CounterDesk(office, reception).enter_proposal(stated(**lacking), CLERK)

    printed = slip(office, reception, proposal_stream(told))

    assert printed["pending"] == [
        "留意事項（2026-04 版）を読みました。",
        "留意事項をすべて確認しました。",
        "提出する内容は事実に相違ありません。",
    ]
    assert dict(printed["facts"])["留意事項"] == "確認待ち"


def test_an_inquiry_has_a_slip_too(office: Office, reception: Reception) -> None:
    told = CounterDesk(office, reception).enter_inquiry(stated(**INQUIRY), CLERK)

    printed = slip(office, reception, StreamId("inquiry", UUID(told["inquiry_id"])))

    assert printed["receipt_number"] == told["receipt_number"]
    assert dict(printed["facts"])["件名"] == INQUIRY["subject"]
    assert len(printed["next"]) == 2


@pytest.mark.row("B09")
def test_it_is_on_record_who_printed_a_slip_and_what_for(
    office: Office, reception: Reception, proposal: dict[str, Any]
) -> None:
    slip(office, reception, proposal_stream(proposal), "窓口で手渡すため")

    (opening,) = openings(office, UUID(proposal["proposal_id"]))
    assert (opening.actor, opening.event.version) == (CLERK, 1)
    assert opening.event.purpose.reveal() == "窓口で手渡すため"


def test_nothing_is_printed_that_could_not_be_recorded(cities: Cities, city: City, proposal: dict[str, Any]) -> None:
    with unable_to_append(cities, city, "intake"):
        office = cities.office(INTAKE, city)
        with pytest.raises(Unavailable):
            slip(office, Reception(office), proposal_stream(proposal))


@pytest.mark.parametrize(("purpose", "missing"), [("一行目\n二行目", False), (5, False), (None, True)])
def test_what_is_refused_leaves_no_opening(
    office: Office, reception: Reception, proposal: dict[str, Any], purpose: object, missing: bool
) -> None:
    stream = StreamId("proposal", uuid4()) if missing else proposal_stream(proposal)

    with pytest.raises(NotFound if missing else InvalidMessage):
        slip(office, reception, stream, purpose)

    assert openings(office, stream.id) == []


def test_of_what_was_erased_no_slip_is_printed(
    office: Office, reception: Reception, proposal: dict[str, Any], cities: Cities, city: City
) -> None:
    stream = proposal_stream(proposal)
    (received,) = office.store.load(stream).events
    with connected(cities.administrator_url(city)) as administrator:
        administrator.execute("DELETE FROM data_keys_intake WHERE subject = %s", (received.event.contact_id,))

    with pytest.raises(ReceiptErased):
        slip(office, reception, stream)

    assert openings(office, stream.id) == []


@pytest.fixture(scope="module")
def tool(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffTool]:
    """A staff tool, intake serving."""
    with (
        serving("intake", city, folder=tmp_path_factory.mktemp("logs")),
        StaffTool(city.brokers["staff"]) as opened,
    ):
        yield opened


@pytest.mark.row("B28")
def test_a_clerk_prints_a_slip_on_one_sheet(tool: StaffTool, city: City, proposal: dict[str, Any]) -> None:
    printed = tool.result("intake.get_receipt_slip", token_of(city), proposal_id=proposal["proposal_id"])

    assert printed["file_name"] == f"受付票_{proposal['receipt_number']}.pdf"
    assert printed["media_type"] == "application/pdf"
    (page,) = PdfReader(BytesIO(b64decode(printed["content"]))).pages
    text = "".join(page.extract_text().split())
    for words in ("受付票", proposal["receipt_number"], proposal["access_code"], '#import"x";$1$*受付*'):
        assert words in text
    assert proposal["content_receipt"]["sha256"] in text


def test_who_may_not_receive_learns_nothing_of_what_there_is(
    tool: StaffTool, city: City, proposal: dict[str, Any]
) -> None:
    token = token_of(city, "administrator")

    refused = [
        tool.error("intake.get_receipt_slip", token, proposal_id=proposal_id)
        for proposal_id in (proposal["proposal_id"], str(uuid4()))
    ]

    assert [one["exc_type"] for one in refused] == ["NotFound", "NotFound"]
    assert refused[0] == refused[1]
