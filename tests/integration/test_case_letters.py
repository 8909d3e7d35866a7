"""Letters and deadlines of cases by staff tools: to whom intake's record names today, by the running matching."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from io import BytesIO
from itertools import count
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from desk.office import Office
from eventstore.city import City
from eventstore.events import EventTypes
from eventstore.protection import Sealed
from eventstore.records import Actor, Code, StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.event_types import EVENTS as INTAKES
from services.matching.declaration import MATCHING
from services.matching.domain.case.assignment import Part
from services.matching.domain.case.feasibility import Outcome
from services.matching.domain.event_types import EVENTS
from services.matching.queries.proposals import proposal_as_told
from tests.cities import Cities
from tests.ledgers import connected, numbered
from tests.mailbox import Mailbox
from tests.portals import StaffTool, until
from tests.samples import sample
from tests.serving import Served, serving
from tests.tokens import token_of

STAFF: Final = Actor(id=uuid4(), role=Code("desk_officer"))
TITLE: Final = "路線バスの時刻を雪の日にも"
WHY: Final = "停留所の電源を確保できないため。"
NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Desk:
    """The desk of a city in which matching runs."""

    intake: Office
    matching: Office
    city: City
    tool: StaffTool
    officer: str
    chief: str

    def proposed(self, **told: Any) -> StreamId:
        """A proposal as intake's record has it."""
        proposal, person = StreamId("proposal", uuid4()), uuid4()
        told = {
            "title": TITLE, "proposer_name": "株式会社ゆきみち", "contact_affiliation": "営業部",
            "contact_name": "長谷川 美咲", "contact_email": "h@yuki.example.jp", **told,
        }  # fmt: skip
        self.happens(proposal, "ProposalReceived", received_on=date(2026, 5, 20), contact_id=person, **told)
        return proposal

    def declined(self, proposal: StreamId) -> UUID:
        """The case of a proposal that will not be carried out."""
        case = self.case(proposal)
        self.happens(case, "FeasibilityDecided", outcome=Outcome.NO, decided_on=self.today, explanation=WHY)
        return case.id

    def case(self, proposal: StreamId) -> StreamId:
        """The case of a proposal, just opened."""
        case = StreamId("case", uuid4())
        self.happens(case, "CaseOpened", proposal_id=proposal.id, opened_on=self.today)
        return case

    def happens(self, stream: StreamId, type_: str, **told: Any) -> None:
        """Records an event, made up but for what is told; what its domain would say is not asked."""
        office, types = (self.matching, EVENTS) if stream.category == "case" else (self.intake, INTAKES)
        context = office.context(STAFF)
        office.store.append(office.store.load(stream), [_event(types, type_, told)], context)
        numbered(self.city)

    def composed(self, case_id: UUID, **stated: Any) -> str:
        """The id of a letter that tells the proposer of a case that it will not be carried out."""
        return str(self.calls("compose_letter", **_letter(case_id, **stated))["letter_id"])

    def approved(self, letter_id: str) -> dict[str, Any]:
        """A letter that the chief lets go."""
        return self.calls("approve_letter", **_approval(letter_id), token=self.chief)

    def calls(self, method: str, token: str | None = None, **arguments: Any) -> dict[str, Any]:
        """What a method of matching gives; the officer calls it unless somebody else does."""
        result = self.tool.result(f"matching.{method}", token or self.officer, **arguments)
        numbered(self.city)
        return result

    def refused(self, method: str, token: str | None = None, **arguments: Any) -> str:
        """The code with which a method of matching refuses."""
        return str(self.tool.error(f"matching.{method}", token or self.officer, **arguments)["exc_args"][0])

    @property
    def today(self) -> date:
        """The day in the city."""
        return self.matching.today()


def _event(types: EventTypes, type_: str, told: dict[str, Any]) -> Any:
    declared = types.declared(type_, 1)
    sealed = {field.name for field in declared.fields if field.seal}
    values = {name: Sealed(value) if name in sealed else value for name, value in told.items()}
    return replace(sample(declared, sparse=True), **values)


def _letter(case_id: UUID, **stated: Any) -> dict[str, Any]:
    letter = {"template": "declined_answer", "about": f"case-{case_id}", "means": "mail", **stated}
    return {"command_id": str(uuid4()), **letter}


def _approval(letter_id: str) -> dict[str, Any]:
    number = f"青連第80号の{next(NUMBERS)}"
    decision = {"approver": "連携推進課長", "approval_reference": "決裁8-80", "delegation": "専決規程第5条"}
    return {"command_id": str(uuid4()), "letter_id": letter_id, "document_number": number, **decision}


@pytest.fixture(scope="module")
def mailbox(city: City) -> Iterator[Mailbox]:
    """The city's mail server."""
    with Mailbox() as started:
        started.settings().write(city.folder)
        yield started


@pytest.fixture(scope="module")
def service(city: City, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running matching."""
    with serving("matching", city, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City, service: Served) -> Iterator[Desk]:
    """The desk."""
    intake, matching = cities.office(INTAKE, city), cities.office(MATCHING, city)
    with StaffTool(city.brokers["staff"]) as tool:
        yield Desk(intake, matching, city, tool, token_of(city), token_of(city, "desk_chief"))


@pytest.mark.row("B02")
def test_an_answer_is_composed_approved_sent_to_the_proposer_and_opened_on_record(
    desk: Desk, mailbox: Mailbox, service: Served
) -> None:
    case_id = desk.declined(desk.proposed())
    letter_id = desk.composed(case_id, added="資料は窓口でお返しします。")
    assert desk.refused("approve_letter", **_approval(letter_id)) == "not_permitted"
    desk.approved(letter_id)

    mail = until(lambda: next(iter(mailbox.taken), None))
    assert mail.recipients == ("h@yuki.example.jp",)
    assert mail.message["Subject"] == f"ご提案「{TITLE}」の検討結果について"
    for told in (WHY, "資料は窓口でお返しします。", "審査請求", "取消しの訴え"):
        assert told in mail.text
        assert told in mail.pdf_text()
    until(lambda: desk.calls("get_letter", letter_id=letter_id)["status"] == "dispatched" or None)
    opened = desk.calls("get_letter", letter_id=letter_id, purpose="確認")
    assert (opened["about"], opened["adverse"]) == (f"case-{case_id}", True)
    assert opened["addressee"] == ["株式会社ゆきみち", "営業部", "長谷川 美咲 様"]
    file = b64decode(desk.calls("get_letter_file", letter_id=letter_id)["content"])
    assert "青連第80号" in "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(file)).pages)
    for secret in ("h@yuki.example.jp", "長谷川", WHY):
        assert secret not in service.log_text()


def test_the_list_shows_the_letters_of_a_case_and_nobodys_address(desk: Desk) -> None:
    case_id = desk.declined(desk.proposed())
    letter_id = desk.composed(case_id)

    at_least = {"stream": f"matching_letter-{letter_id}", "version": 1}
    page = until(lambda: desk.tool.call("matching.list_letters", desk.officer, at_least=at_least)["result"])
    (row,) = (one for one in page["items"] if one["subject_id"] == str(case_id))

    assert (row["letter_id"], row["subject_category"], row["waits_for"]) == (letter_id, "case", "approval")
    assert not {"address", "addressee", "title", "recipient_id"} & set(row)


def test_a_letter_goes_to_whom_intakes_record_names_today(desk: Desk, mailbox: Mailbox) -> None:
    proposal = desk.proposed()
    case_id = desk.declined(proposal)
    before = desk.composed(case_id)
    desk.happens(proposal, "ContactChanged", contact_id=uuid4(), contact_name="北川 修", contact_email="k@example.jp")

    assert desk.refused("approve_letter", desk.chief, **_approval(before)) == "letter_overtaken"

    mailbox.taken.clear()
    desk.approved(desk.composed(case_id))
    assert until(lambda: next(iter(mailbox.taken), None)).recipients == ("k@example.jp",)


def test_the_same_composition_again_is_the_same_letter(desk: Desk) -> None:
    stated = _letter(desk.declined(desk.proposed()))
    assert desk.calls("compose_letter", **stated) == desk.calls("compose_letter", **stated)


def test_what_the_case_does_not_tell_is_not_made_up(desk: Desk) -> None:
    proposal = desk.proposed(contact_email=None)
    case_id, undecided = desk.declined(proposal), desk.case(proposal)

    assert desk.refused("compose_letter", **_letter(case_id)) == "letter_address_missing"
    assert desk.refused("compose_letter", **_letter(undecided.id)) == "letter_not_due"
    assert desk.refused("compose_letter", **_letter(case_id, template="receipt_notice")) == "letter_not_due"
    of_session = _letter(case_id, means="post", session_id=str(uuid4()))
    assert desk.refused("compose_letter", **of_session) == "letter_values_unfit"


def test_what_is_no_case_is_absent_and_others_write_no_letters(desk: Desk) -> None:
    proposal = desk.proposed()
    for about in (f"case-{uuid4()}", str(proposal), f"obligation-{uuid4()}"):
        assert desk.refused("compose_letter", **_letter(uuid4(), about=about)) == "not_found"
    department = token_of(desk.city, "department_officer")
    there, absent = _letter(desk.declined(proposal)), _letter(uuid4())
    assert desk.refused("compose_letter", department, **there) == "not_permitted"
    assert desk.refused("compose_letter", department, **absent) == "not_permitted"


@pytest.mark.row("B14")
def test_a_departments_deadline_is_listed_explained_and_extended(desk: Desk) -> None:
    case = desk.case(desk.proposed())
    offered = {"offer_id": uuid4(), "department": "planning", "part": Part.LEAD, "offered_on": desk.today}
    desk.happens(case, "CaseOffered", **offered)

    found = until(lambda: _deadlines(desk, case))
    later = date.fromisoformat(found["due_on"]) + timedelta(days=7)
    extension = {
        "command_id": str(uuid4()), "deadline_id": found["deadline_id"], "due_on": later.isoformat(),
        "reason": "関係課との調整のため",
    }  # fmt: skip
    department = token_of(desk.city, "department_officer")
    assert desk.refused("extend_deadline", department, **extension) == "not_permitted"
    assert desk.calls("extend_deadline", **extension) == desk.calls("extend_deadline", **extension)

    told = desk.calls("get_deadline", deadline_id=found["deadline_id"])
    assert (told["due_on"], told["extensions"], told["code"]) == (later.isoformat(), 1, "department_answer")
    assert any("1回目の延長" in sentence for sentence in told["derivation"])
    assert desk.refused("get_deadline", department, deadline_id=found["deadline_id"]) == "not_found"


def _deadlines(desk: Desk, case: StreamId) -> dict[str, Any] | None:
    numbered(desk.city)
    items = desk.calls("list_deadlines", subject_id=str(case.id))["items"]
    return items[0] if items else None


class TestProposalAsTold:
    def test_it_is_what_intakes_record_says_today(self, desk: Desk) -> None:
        proposal = desk.proposed(summary="はじめの概要")
        desk.happens(
            proposal, "ProposalResubmitted", title="雪の日のバス", summary="新しい概要", contact_name="北川 修"
        )

        told = proposal_as_told(desk.matching.store, proposal.id)

        assert (told.title, told.summary, told.contact_name) == ("雪の日のバス", "新しい概要", "北川 修")
        assert told.received_on == date(2026, 5, 20)
        assert isinstance(told.contact_id, UUID)

    def test_what_was_erased_is_none_and_nothing_of_before_stands_in_its_place(
        self, desk: Desk, cities: Cities
    ) -> None:
        proposal, person = desk.proposed(), uuid4()
        desk.happens(
            proposal, "ContactChanged", contact_id=person, contact_name="北川 修", contact_email="k@example.jp"
        )
        with connected(cities.administrator_url(desk.city)) as administrator:
            administrator.execute("DELETE FROM data_keys_intake WHERE subject = %s", (person,))

        told = proposal_as_told(desk.matching.store, proposal.id)

        assert (told.contact_name, told.contact_email) == (None, None)
        assert (told.title, told.proposer_name) == (TITLE, "株式会社ゆきみち")

    def test_of_a_proposal_that_there_is_not_nothing_is_told(self, desk: Desk) -> None:
        assert proposal_as_told(desk.matching.store, uuid4()).title is None
