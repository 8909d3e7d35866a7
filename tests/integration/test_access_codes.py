"""Access codes (確認番号) and letters' codes: who may speak for a proposal, and what is told of where it stands."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.provisioning.city import Installation
from desk.letters.events import CodePurpose, letter_category
from desk.office import Office
from desk.packs.letters import LetterCode
from eventstore.city import City
from eventstore.errors import NotFound
from eventstore.parked import Delivery
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.exclusions import CheckResult
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.changes import ChangeContact
from services.intake.domain.receipts import access_code
from services.intake.queries.records import submission_status
from services.intake.queries.slips import slip_of
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from tests.cities import Cities
from tests.deadlines import STAFF, happen
from tests.later import InBetween, claim, correction, proof_of, withdrawal
from tests.ledgers import numbered
from tests.parking import followed
from tests.portals import admitted, as_body, proposal
from tests.unit.proposals import (
    ACCEPT,
    BEGIN,
    COMMANDS,
    DAY,
    FIND_INELIGIBLE,
    HOLD,
    REDIRECT,
    RENEW,
    SUCCEED,
    check,
    checks,
)

PORTAL = "city-portal"
REFUSED = ["proof_not_accepted"]


class Portal:
    """A portal, answered at once, and the desk behind it."""

    def __init__(self, office: Office) -> None:
        self.office, self.reception = office, Reception(office)
        self.desk, self.reactions = InBetween(office), portal_reactions(office, self.reception)

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        body = as_body(message)
        sent = Delivery(body=body, content_type="application/json", routing_key=message["type"], user_id=PORTAL)
        return self.reactions.answer(sent).event

    def refused(self, message: dict[str, Any]) -> list[str]:
        """The codes with which a message is refused."""
        return [error["code"] for error in self.ask(message)["data"].get("errors", [])]

    def does(self, receipt: dict[str, Any], *commands: Any) -> None:
        self.desk.does(PROPOSAL, UUID(receipt["proposal_id"]), *commands)

    def status(self, receipt: dict[str, Any], code: str) -> str:
        told = submission_status(self.office, self.reception.keys, receipt["receipt_number"], code)
        return str(told["status"])

    def current(self, receipt: dict[str, Any]) -> str:
        """The code on a slip that is printed now."""
        stream = StreamId(PROPOSAL.category, UUID(receipt["proposal_id"]))
        return str(slip_of(self.office, self.reception.keys, stream, STAFF, None)["access_code"])


@pytest.fixture(scope="module")
def portal(cities: Cities, city: City, installation: Installation) -> Portal:
    admitted(installation, city, PORTAL)
    return Portal(cities.office(INTAKE, city))


@pytest.fixture
def message() -> dict[str, Any]:
    return proposal()


@pytest.fixture
def receipt(portal: Portal, message: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = portal.ask(message)["data"]
    return told


@pytest.mark.parametrize("change", [SUCCEED, RENEW], ids=["succeeded", "renewed"])
def test_a_code_that_was_replaced_opens_and_proves_nothing_any_more(
    portal: Portal, message: dict[str, Any], receipt: dict[str, Any], change: Any
) -> None:
    first = portal.ask(message)
    portal.does(receipt, change)
    now = portal.current(receipt)

    assert now != receipt["access_code"]
    assert portal.status(receipt, now) == "received"
    with pytest.raises(NotFound):
        portal.status(receipt, receipt["access_code"])
    assert portal.refused(claim(proof_of(receipt))) == REFUSED
    assert portal.refused(claim({**proof_of(receipt), "access_code": now})) == []
    assert portal.ask(message) == first, "the first answer stays what it was"


def test_each_replacement_is_another_code(portal: Portal, receipt: dict[str, Any]) -> None:
    codes = [receipt["access_code"]]
    for _ in range(3):
        portal.does(receipt, RENEW)
        codes.append(portal.current(receipt))

    assert len(set(codes)) == len(codes)
    assert codes[-1] == access_code(portal.reception.keys, UUID(receipt["proposal_id"]), 3)


@pytest.mark.parametrize("change", ["contact", "succession", "correction"])
def test_a_letter_s_code_speaks_only_for_whom_the_proposal_still_names(
    portal: Portal, receipt: dict[str, Any], change: str
) -> None:
    proof = {"one_time_code": portal.desk.code(receipt["proposal_id"], CodePurpose.CLAIM)}
    if change == "correction":
        portal.desk.returned(receipt["proposal_id"])
        corrects = {"one_time_code": portal.desk.code(receipt["proposal_id"], CodePurpose.CORRECTION)}
        corrected = correction(corrects)
        told = portal.ask(corrected)
        assert told["type"] == "SubmissionAccepted"
        assert portal.ask(corrected) == told
    else:
        changed = replace(COMMANDS[ChangeContact], contact_id=uuid4())  # type: ignore[type-var]  # one of the commands
        portal.does(receipt, changed if change == "contact" else SUCCEED)

    assert portal.refused(claim(proof)) == REFUSED
    if change == "contact":
        fresh = {"one_time_code": portal.desk.code(receipt["proposal_id"], CodePurpose.CLAIM)}
        assert portal.refused(claim(fresh)) == []


@pytest.mark.row("B02")
@pytest.mark.parametrize(
    ("decided", "template", "status"),
    [
        ((checks(check(CheckResult.HIT)), FIND_INELIGIBLE), LetterCode.INELIGIBLE_NOTICE, "ineligible"),
        ((REDIRECT,), LetterCode.REDIRECTION_NOTICE, "redirected"),
    ],
    ids=["ineligible", "redirected"],
)
def test_an_adverse_decision_is_told_by_its_letter_first(
    portal: Portal, receipt: dict[str, Any], decided: tuple[Any, ...], template: LetterCode, status: str
) -> None:
    def told_after(event: str, **fields: Any) -> str:
        happen(portal.office, letter, event, **fields)
        numbered(portal.office.city)
        followed(portal.office, "letters")
        return portal.status(receipt, receipt["access_code"])

    letter = StreamId(letter_category("intake"), uuid4())
    about = {"subject_category": "proposal", "subject_id": UUID(receipt["proposal_id"])}
    portal.does(receipt, BEGIN, *decided)

    assert portal.status(receipt, receipt["access_code"]) == "screening"
    assert told_after("LetterComposed", template=template, **about) == "screening"
    assert told_after("LetterApproved", series=1) == "screening"
    assert told_after("LetterPosted", posted_on=DAY) == status
    assert told_after("LetterReturned", returned_on=DAY) == "screening", "it did not reach anybody"


@pytest.mark.row("B07")
def test_a_portal_is_told_the_same_bytes_of_a_proposal_on_hold_and_of_one_being_screened(
    portal: Portal, receipt: dict[str, Any]
) -> None:
    message = correction(proof_of(receipt))
    portal.does(receipt, BEGIN)
    screened = as_body(portal.ask(message))
    portal.does(receipt, HOLD)

    assert as_body(portal.ask(message)) == screened
    assert "proposal_being_screened" in screened.decode()


@pytest.mark.row("B02")
def test_a_portal_is_told_the_same_bytes_of_every_decision(portal: Portal) -> None:
    told = set()
    for decided in ((ACCEPT,), (checks(check(CheckResult.HIT)), FIND_INELIGIBLE), (REDIRECT,)):
        receipt = portal.ask(proposal())["data"]
        portal.does(receipt, BEGIN, *decided)
        told.add(as_body(portal.ask(correction(proof_of(receipt)))["data"]))

    assert len(told) == 1
    assert b"proposal_decided" in told.pop()


def test_what_is_withdrawn_is_told_to_its_company_in_words_for_it(portal: Portal, receipt: dict[str, Any]) -> None:
    portal.ask(withdrawal(proof_of(receipt)))

    (error,) = portal.ask(correction(proof_of(receipt)))["data"]["errors"]
    assert (error["code"], error["message"]) == ("proposal_withdrawn", "この提案は、すでに取り下げられています。")
