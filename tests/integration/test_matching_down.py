"""Matching killed by `kill -9` amid its work, and down for a while: nothing of intake's is lost, and nothing twice."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

import pytest

from eventstore.city import City
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.content import Contact
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.changes import ChangeContact
from services.matching.declaration import MATCHING
from services.matching.domain.case import CASE, Case
from services.matching.queries.proposals import proposal_as_told
from tests.cities import TOKOROZAWA, Cities, FrozenClock
from tests.ledgers import connected, numbered
from tests.portals import StaffTool, until
from tests.positions import disorder, positions
from tests.registers import DAY, MEASURE, NUMBER, OTHER_NUMBER, WITHDRAW, Scene
from tests.serving import Served, serving
from tests.tokens import token_of

MOVED: Final = ChangeContact(
    changed_on=DAY,
    contact_id=uuid4(),
    contact=Contact(affiliation="営業部", name="三上 花子", phone=None, email="m@yuki.example.jp"),
)
LEAD: Final = {"department": "planning", "part": "lead"}
CAUSED: Final = {
    "ProposalAccepted": "CaseOpened",
    "ProposalFlagged": "CaseFlagged",
    "ProposalWithdrawn": "CaseWithdrawn",
}
"""What happens to an accepted proposal → what happens to its case."""


class Down:
    """A city whose intake follows by hand, while matching runs as a process and is killed."""

    def __init__(self, cities: Cities) -> None:
        self.city: City = cities.new("down", TOKOROZAWA)
        clock = FrozenClock()
        offices = (cities.office(service, self.city, clock) for service in (INTAKE, MATCHING))
        self.scene = Scene(self.city, *offices, clock)
        self.administrator = cities.administrator_url(self.city)

    def accepted(self, number: str = OTHER_NUMBER) -> StreamId:
        """A proposal of a company, accepted."""
        proposal = self.scene.receive(number=number)
        self.scene.accept(proposal)
        return proposal

    def intake_follows(self) -> None:
        """Lets intake find whom measures concern."""
        (follower,) = (one for one in self.scene.intake.followers if one.subscription.name == "flag_proposals")
        while numbered(self.city) + follower.step():
            continue

    def caused(self) -> Counter[tuple[str, str, str]]:
        """What has happened to cases: what, of which proposal or case, and because of which event or measure."""
        with connected(self.administrator) as connection:
            log = positions(connection)
            (stored,) = connection.execute("SELECT count(*) FROM events").fetchone() or (0,)
        assert disorder(log, stored) == []
        proposals = {one.stream: one.envelope["data"]["proposal_id"] for one in log if one.type == "CaseOpened"}
        return Counter(
            (one.type, proposals[one.stream], one.envelope["data"].get("entry_id", ""))
            for one in log
            if one.type in CAUSED.values()
        )

    def due(self) -> Counter[tuple[str, str, str]]:
        """What has to have happened to cases, by what has happened to accepted proposals."""
        with connected(self.administrator) as connection:
            log = positions(connection)
        accepted = {one.stream for one in log if one.type == "ProposalAccepted"}
        return Counter(
            (CAUSED[one.type], one.stream.partition("-")[2], one.envelope["data"].get("entry_id", ""))
            for one in log
            if one.stream in accepted and one.type in CAUSED
        )

    def has_followed(self) -> bool:
        """Whether matching has followed the log to its end."""
        with connected(self.administrator) as connection:
            behind = connection.execute(
                "SELECT count(*) FROM subscriptions_matching WHERE position < (SELECT max(position) FROM positions)"
            ).fetchone()
        return numbered(self.city) == 0 and behind == (0,)

    def streams(self) -> dict[UUID, StreamId]:
        """Proposal → the stream of its case, as far as the list shows it."""
        with self.scene.matching.database.connection() as connection:
            rows = connection.execute("SELECT proposal_id, case_id FROM matching_cases").fetchall()
        return {proposal: StreamId(CASE.category, case) for proposal, case in rows}

    def opened(self) -> int:
        """How many cases the list shows, once everything is numbered."""
        numbered(self.city)
        return len(self.streams())

    def cases(self) -> dict[UUID, Case]:
        """Proposal → its case as it stands."""
        store = self.scene.matching.store
        return {proposal: CASE.fold(store.load(stream).events) for proposal, stream in self.streams().items()}


def killed(matching: Served) -> None:
    """By a signal that no process hears."""
    matching.process.kill()
    matching.process.wait()


@pytest.fixture
def down(cities: Cities) -> Down:
    return Down(cities)


@pytest.mark.row("B10", "B11", "S04", "N6")
def test_what_happens_while_matching_is_down_reaches_every_case_once_when_it_is_up(down: Down, tmp_path: Path) -> None:
    flagged, withdrawn, moved, left = (down.accepted(number) for number in (NUMBER, *[OTHER_NUMBER] * 3))
    with serving("matching", down.city, folder=tmp_path) as matching:
        until(down.has_followed)
        killed(matching)
    assert down.opened() == 4

    entry = down.scene.enter(replace(MEASURE, corporate_number=NUMBER))
    both = down.accepted(NUMBER)
    late = [down.accepted() for _ in range(12)]
    down.intake_follows()
    for proposal in (withdrawn, both, late[0]):
        down.scene.does(PROPOSAL, proposal, WITHDRAW)
    down.scene.does(PROPOSAL, moved, MOVED)
    numbered(down.city)
    for opened in (6, 11):
        with serving("matching", down.city, folder=tmp_path) as matching:
            until(lambda at_least=opened: down.opened() >= at_least)
            killed(matching)
    with serving("matching", down.city, folder=tmp_path):
        until(down.has_followed)

    assert down.caused() == down.due()
    cases = down.cases()
    assert len(cases) == 17
    assert {proposal for proposal, case in cases.items() if case.flags} == {flagged.id, both.id}
    assert cases[flagged.id].flags == {entry.id}
    gone = {withdrawn.id, both.id, late[0].id}
    assert {proposal for proposal, case in cases.items() if case.status == "withdrawn"} == gone
    assert cases[left.id].status == "unassigned"
    assert proposal_as_told(down.scene.matching.store, moved.id).contact_name == "三上 花子"


@pytest.mark.row("B10")
def test_a_command_whose_process_was_killed_before_it_answered_is_answered_by_the_next(
    down: Down, tmp_path: Path
) -> None:
    down.accepted()
    token = token_of(down.city, "desk_chief")
    with serving("matching", down.city, folder=tmp_path) as matching, StaffTool(down.city.brokers["staff"]) as tool:
        until(down.has_followed)
        (case,) = down.streams().values()
        asked = {"command_id": str(uuid4()), "case_id": str(case.id), "offers": [LEAD]}
        tool.send("matching.offer_case", {"args": [], "kwargs": asked}, token)
        until(lambda: down.scene.matching.store.load(case).version == 2)
        killed(matching)
    with serving("matching", down.city, folder=tmp_path), StaffTool(down.city.brokers["staff"]) as tool:
        answers = [tool.result("matching.offer_case", token, **asked) for _ in range(2)]

    offered = down.scene.matching.store.load(case).events[1:]
    assert [one.type for one in offered] == ["CaseOffered"]
    assert answers[0] == answers[1]
    assert [one["id"] for one in answers[0]["events"]] == [str(offered[0].id)]
