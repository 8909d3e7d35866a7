"""What was approved, and overtaken before it could go out, stays, waits for a person, and is in nobody's way."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from apps.provisioning.city import adopt_pack
from desk.letters.state import Status
from desk.letters.waiting import WaitsFor
from desk.packs import load_pack
from eventstore.city import City
from services.intake.queries.letters import require_approvable
from services.intake.service.letters import LetterWindow
from tests import letters, lineage
from tests.cities import AOMORI, Cities
from tests.mailbox import Mailbox
from tests.portals import MINIMAL
from tests.tokens import token_of

CONTACT = {"name": "長谷川 美咲", "email": "h@yuki.example.jp"}


@dataclass(frozen=True, slots=True)
class Desk:
    """Proposals, and letters about them; nothing is sent or followed until the test lets it."""

    proposals: lineage.Scene
    letters: letters.Desk
    mailbox: Mailbox

    def calls(self, method: str, **stated: Any) -> Any:
        """What a method of the letters' window gives."""
        service: Any = LetterWindow()
        service.desk = SimpleNamespace(office=self.proposals.office)
        service.token = token_of(self.letters.city, "desk_chief", issued=self.proposals.clock())
        return getattr(service, method)(**{"command_id": str(uuid4()), **stated})

    def approved(self, proposal: UUID, template: str, **stated: Any) -> UUID:
        """A letter about a proposal that the desk let go."""
        told = self.calls("compose_letter", template=template, about=f"proposal-{proposal}", means="mail", **stated)
        approval = letters.Desk.approval()
        decision = {"approver": approval.approver, "approval_reference": approval.approval_reference}
        number = approval.document_number
        self.calls("approve_letter", letter_id=told["letter_id"], document_number=number, **decision)
        self.letters.follow()
        return UUID(told["letter_id"])

    def row(self, letter_id: UUID) -> tuple[str, str | None, str | None]:
        """Status, code and what it waits for, as the list shows them."""
        (row,) = (one for one in self.letters.list()["items"] if one["letter_id"] == str(letter_id))
        return row["status"], row["code"], row["waits_for"]

    def went_to(self) -> list[str]:
        """The subjects of what went out."""
        return [str(mail.message["Subject"]) for mail in self.mailbox.taken]


OVERTAKEN = (Status.APPROVED, "letter_overtaken", WaitsFor.DECISION)
SENT = (Status.DISPATCHED, None, None)


@pytest.fixture
def desk(cities: Cities) -> Iterator[Desk]:
    city: City = cities.new("overtaken")
    scene = lineage.scene_in(cities, city)
    with Mailbox() as mailbox:
        mailbox.settings().write(city.folder)
        yield Desk(scene, letters.Desk.of(cities, city, scene.clock, approvable=require_approvable), mailbox)


@pytest.mark.row("N11")
def test_what_was_overtaken_since_its_approval_stays_for_a_person_and_others_go(desk: Desk) -> None:
    withdrawn, other = (desk.proposals.receive({**MINIMAL, "contact": CONTACT}) for _ in range(2))
    stays = [
        desk.approved(withdrawn, "receipt_notice"),
        desk.approved(withdrawn, "one_time_link", code_purpose="withdrawal"),
    ]
    goes = desk.approved(other, "receipt_notice")
    desk.proposals.does(withdrawn, lineage.WITHDRAW)

    assert desk.letters.goes_round()

    assert [desk.row(letter) for letter in (*stays, goes)] == [OVERTAKEN, OVERTAKEN, SENT]
    assert desk.letters.waiting() == {"letter_overtaken": 2}
    assert len(desk.went_to()) == 1
    assert [desk.letters.types(letter)[-1] for letter in stays] == ["LetterApproved"] * 2
    for letter in stays:
        desk.calls("cancel_letter", letter_id=str(letter))
    desk.letters.follow()
    assert desk.letters.waiting() == {}


def test_a_letter_whose_code_nobody_could_use_any_more_stays(desk: Desk) -> None:
    proposal = desk.proposals.receive({**MINIMAL, "contact": CONTACT})
    late = desk.approved(proposal, "one_time_link", code_purpose="withdrawal", code_days=1)
    good = desk.approved(proposal, "one_time_link", code_purpose="claim", code_days=9)
    desk.proposals.clock.advance(timedelta(days=3))

    desk.letters.goes_round()

    assert [desk.row(letter) for letter in (late, good)] == [OVERTAKEN, SENT]


def test_new_letters_come_before_those_that_stay(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.letters.dispatch.BATCH", 1)
    proposals = [desk.proposals.receive({**MINIMAL, "contact": CONTACT}) for _ in range(2)]
    stays = desk.approved(proposals[0], "receipt_notice")
    desk.proposals.does(proposals[0], lineage.WITHDRAW)
    desk.letters.goes_round()
    desk.proposals.clock.advance(timedelta(hours=1))
    goes = desk.approved(proposals[1], "receipt_notice")

    assert desk.letters.goes_round()

    assert [desk.row(letter) for letter in (stays, goes)] == [OVERTAKEN, SENT]


def test_rules_adopted_since_hold_back_nothing_that_was_approved_in_the_words_of_its_day(desk: Desk) -> None:
    letter = desk.approved(desk.proposals.receive({**MINIMAL, "contact": CONTACT}), "receipt_notice")
    reworded = AOMORI.read_text(encoding="utf-8").replace("このたびは、{desk}に", "{desk}に")
    content = reworded.replace('version = "2026-04"', 'version = "2026-11"', 1).encode()
    adopt_pack(desk.letters.city, content, load_pack(content, origin="new"), approver="市長", reference="企連第2号")
    assert desk.proposals.office.pack().digest != desk.letters.events(letter)[-1].policy

    desk.letters.goes_round()

    assert desk.row(letter) == SENT
    assert "このたびは" in desk.mailbox.taken[0].text
