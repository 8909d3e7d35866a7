"""Minutes from the session to both sides' confirmation, over real processes: staff tools, mail, and a plain portal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from apps.demo.scene import serving as relaying
from apps.provisioning.city import Installation
from desk.office import Office
from eventstore.city import City
from eventstore.records import StreamId
from services.matching.declaration import MATCHING
from services.matching.domain.case import CASE
from services.matching.domain.case.state import Minutes
from tests.cities import Cities
from tests.mailbox import Mailbox, Taken
from tests.minutes import minutes_answer
from tests.portals import FULL, Answered, PlainPortal, StaffTool, opened_portal, until
from tests.serving import serving
from tests.tokens import token_of
from tests.work import Work

FIRST: Final = "停留所は12か所とする。電源は市が用意する。"
SECOND: Final = "停留所は10か所とする。電源は市が用意する。"
OBJECTION: Final = "停留所は10か所とお話ししました。"
APPROVED: Final = {"approver": "連携推進課長", "approval_reference": "決裁8-45", "delegation": "専決規程第5条"}
DEPARTMENT: Final = "planning"
CODE: Final = re.compile(r"番号：((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A case whose department talks with the proposer, who answers by a portal."""

    case: UUID
    office: Office
    tool: StaffTool
    officer: str
    chief: str
    mailbox: Mailbox
    portal: PlainPortal

    def does(self, method: str, token: str | None = None, **arguments: Any) -> dict[str, Any]:
        """What a command gives; the department's officer calls it unless somebody else does."""
        stated = {"command_id": str(uuid4()), **arguments}
        return self.tool.result(f"matching.{method}", token or self.officer, **stated)

    def held(self) -> str:
        """The id of a session that was held today."""
        people = [{"side": "city", "name": "工藤 健"}, {"side": "proposer", "name": "長谷川 美咲"}]
        session = self.does(
            "hold_session",
            case_id=str(self.case),
            held_on=self.office.today().isoformat(),
            setting="in_person",
            participants=people,
            subject="停留所の使い方",
        )
        return str(session["session_id"])

    def confirmed(self, session: str, text: str) -> None:
        """The next edition is written, and the city confirms it."""
        about = {"case_id": str(self.case), "session_id": session}
        edition = self.does("draft_minutes", **about, text=text)["edition"]
        self.does("confirm_minutes", **about, edition=edition)

    def asked(self, session: str) -> Taken:
        """The mail that asks the proposer to confirm."""
        before = len(self.mailbox.taken)
        request = {"template": "minutes_request", "about": f"case-{self.case}", "means": "mail"}
        letter = self.does("compose_letter", self.chief, **request, session_id=session)["letter_id"]
        self.does("approve_letter", self.chief, letter_id=letter, document_number=f"青連第{uuid4().int}号", **APPROVED)
        until(lambda: len(self.mailbox.taken) > before)
        return self.mailbox.taken[-1]

    def answered(self, mail: Taken, objection: str | None = None) -> Answered:
        """What the portal is told that brings the proposer's answer by the mail's code."""
        (code,) = CODE.findall(mail.text)
        return self.portal.ask({**minutes_answer(code, objection), "time": datetime.now(UTC).isoformat()})

    def minutes(self, session: str) -> Minutes:
        """Who stands by which edition."""
        return CASE.fold(self.office.store.load(StreamId(CASE.category, self.case)).events).sessions[UUID(session)]


@pytest.fixture(scope="module")
def mailbox(city: City) -> Iterator[Mailbox]:
    """The city's mail server."""
    with Mailbox() as started:
        started.settings().write(city.folder)
        yield started


@pytest.fixture(scope="module")
def dialogue(
    cities: Cities, city: City, installation: Installation, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dialogue]:
    """A case that a department has taken, and matching at work."""
    work = Work.of(cities, city)
    case, officer = work.opened(FULL), work.member(DEPARTMENT)
    work.taken(case, DEPARTMENT, officer)
    folder = tmp_path_factory.mktemp("logs")
    with (
        serving("matching", city, folder=folder),
        relaying(installation.home, folder / "relay.txt", "relay", "--city", city.name),
        opened_portal(installation, city) as portal,
        StaffTool(city.brokers["staff"]) as tool,
    ):
        yield Dialogue(
            case=case,
            office=cities.office(MATCHING, city),
            tool=tool,
            officer=token_of(city, "department_officer", staff=officer),
            chief=token_of(city, "desk_chief"),
            mailbox=mailbox,
            portal=portal,
        )


@pytest.mark.row("S07")
def test_both_sides_confirm_the_same_minutes_by_window_and_portal(dialogue: Dialogue) -> None:
    session = dialogue.held()
    dialogue.confirmed(session, FIRST)

    mail = dialogue.asked(session)

    assert mail.recipients == (FULL["contact"]["email"],)
    assert FIRST in mail.text
    assert dialogue.answered(mail).type == "SubmissionAccepted"
    assert dialogue.minutes(session).is_settled


@pytest.mark.row("S07")
def test_an_objection_leads_to_a_second_edition_that_both_confirm_and_no_older_code_opens(dialogue: Dialogue) -> None:
    session = dialogue.held()
    dialogue.confirmed(session, FIRST)
    first, unused = dialogue.asked(session), dialogue.asked(session)
    assert dialogue.answered(first, OBJECTION).type == "SubmissionAccepted"
    assert not dialogue.minutes(session).is_settled

    dialogue.confirmed(session, SECOND)
    second = dialogue.asked(session)

    assert SECOND in second.text
    assert dialogue.answered(first).errors == [("proof", "proof_not_accepted")]
    assert dialogue.answered(unused).errors == [("id", "minutes_outdated")]
    minutes = dialogue.minutes(session)
    assert (minutes.edition, minutes.by_city, minutes.by_proposer) == (2, 2, 0)
    assert dialogue.answered(second).type == "SubmissionAccepted"
    assert dialogue.minutes(session).is_settled
