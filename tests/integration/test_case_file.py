"""A case is read as a whole: what was agreed at first beside what was agreed later, with who and why (B08)."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from eventstore.records import StreamId
from services.matching.domain.case.dialogue import (
    AnswerMinutes,
    ConfirmMinutes,
    DraftMinutes,
    HoldSession,
    Participant,
    Setting,
    Side,
)
from services.matching.domain.case.feasibility import GiveOpinion, View
from services.matching.domain.case.goals import AgreeGoals, Goal, Shares
from tests.cities import TOKOROZAWA, Cities
from tests.portals import MINIMAL
from tests.work import DAY, Work

SHARES = Shares(city="場所の提供", proposer="運営", citizens=None)


@pytest.fixture(scope="module")
def work(cities: Cities) -> Work:
    return Work.of(cities, cities.new("case_file", TOKOROZAWA))


def held(work: Work, case: UUID) -> UUID:
    """A session of the case; its id."""
    session = uuid4()
    holding = HoldSession(
        session_id=session,
        held_on=DAY,
        setting=Setting.ONLINE,
        participants_id=uuid4(),
        participants=(Participant(side=Side.PROPOSER, name="北川 修", position="部長"),),
        subject="進め方",
    )
    work.does(case, holding)
    return session


@pytest.fixture(scope="module")
def case(work: Work) -> UUID:
    """A case of which both sides have agreed twice."""
    opened, officer = work.opened(), work.member("planning")
    offer = work.taken(opened, "planning", officer)
    session = held(work, opened)
    work.does(opened, DraftMinutes(session_id=session, drafted_on=DAY, text="合意した。"))
    work.does(opened, ConfirmMinutes(session_id=session, edition=1, confirmed_on=DAY, file=b"%PDF-1.7 of the minutes"))
    work.does(opened, AnswerMinutes(session_id=session, edition=1, answered_on=DAY, objection=None))
    for target, citizens in (("月20件", None), ("月10件", "見学")):
        roles = replace(SHARES, citizens=citizens)
        goal = Goal(indicator="問合せ", baseline="月80件", target=target, due_on=date(2027, 3, 31))
        work.does(opened, AgreeGoals(session_id=session, agreed_on=DAY, goals=(goal,), roles=roles, merits=SHARES))
    grounds = "施設を使える。"
    work.does(opened, GiveOpinion(offer_id=offer, view=View.FEASIBLE, given_on=DAY, given_by=officer, grounds=grounds))
    return opened


@pytest.fixture(scope="module")
def told(work: Work, case: UUID) -> dict[str, Any]:
    read: dict[str, Any] = work.called().get_case(str(case))
    return read


@pytest.mark.row("B08")
def test_every_edition_of_what_was_agreed_is_told(told: dict[str, Any]) -> None:
    assert [one["edition"] for one in told["goals"]] == [1, 2]
    assert [one["goals"][0]["target"] for one in told["goals"]] == ["月20件", "月10件"]
    assert told["goals"][0]["roles"] == {"city": "場所の提供", "proposer": "運営", "citizens": None}


@pytest.mark.row("B08")
def test_an_edition_tells_what_it_changed_of_the_one_before(told: dict[str, Any]) -> None:
    first, second = told["goals"]
    goal = {"indicator": "問合せ", "baseline": "月80件", "due_on": "2027-03-31"}
    assert first["changes"] == []
    assert second["changes"] == [
        {"field": "goals", "old": [{**goal, "target": "月20件"}], "new": [{**goal, "target": "月10件"}]},
        {"field": "roles.citizens", "old": None, "new": "見学"},
    ]


@pytest.mark.row("B08")
def test_an_entry_tells_who_did_it_and_by_which_app(work: Work) -> None:
    case, staff = work.opened(), uuid4()
    work.called(staff, "desk_officer").add_note(command_id=str(uuid4()), case_id=str(case), text="折り返し待ち")
    (note,) = work.called().get_case(str(case))["notes"]
    assert (note["actor_id"], note["role"], note["app"]) == (str(staff), "desk_officer", "staff_tool")


def test_obligations_are_told_with_how_far_they_are_followed(work: Work) -> None:
    case = work.opened()
    promised = work.promised(case, DAY)
    work.settle()
    before = work.called().get_case(str(case))["obligations"]
    assert before["items"] == []
    assert before["as_of"]["behind"] > 0
    while work.follower("obligations").step():
        continue
    after = work.called().get_case(str(case))["obligations"]
    assert after["items"] == [str(promised.id)]
    assert after["as_of"]["behind"] < before["as_of"]["behind"]


def test_a_session_tells_who_took_part_and_by_which_edition_each_side_stands(told: dict[str, Any]) -> None:
    (session,) = told["sessions"]
    assert session["participants"] == [{"side": "proposer", "name": "北川 修", "position": "部長"}]
    assert [session[name] for name in ("edition", "by_city", "by_proposer", "is_settled")] == [1, 1, 1, True]
    steps = ["MinutesDrafted", "MinutesConfirmedByCity", "MinutesConfirmedByProposer"]
    assert [one["type"] for one in session["minutes"]] == steps
    assert "file_sha256" not in session["minutes"][1]
    assert "participants_id" not in session


@pytest.mark.row("S39", "N11")
def test_the_phase_is_named_as_the_city_names_it(told: dict[str, Any]) -> None:
    assert (told["status"], told["phase"]) == ("agreed", "協議・実証実験")


@pytest.mark.row("S37", "B08")
def test_an_opinion_is_told_with_its_grounds_and_with_who_wrote_it_in(told: dict[str, Any]) -> None:
    (opinion,) = told["opinions"]
    assert (opinion["view"], opinion["grounds"], opinion["closed"]) == ("feasible", "施設を使える。", [])
    assert opinion["role"] == "desk_chief"


def test_what_cannot_be_opened_any_more_is_named_and_the_rest_is_told(work: Work, cities: Cities) -> None:
    opened = work.opened()
    work.taken(opened, "planning")
    held(work, opened)
    (session,) = work.called().get_case(str(opened))["sessions"]
    assert session["closed"] == []
    stream = StreamId("case", opened)
    (record,) = (one for one in work.office.store.load_closed(stream) if one.type == "SessionHeld")
    with psycopg.connect(cities.administrator_url(work.city), autocommit=True) as administrator:
        administrator.execute("DELETE FROM data_keys_matching WHERE subject = %s", (record.event.participants_id,))
    (session,) = work.called().get_case(str(opened))["sessions"]
    assert (session["closed"], session["subject"]) == (["participants"], "進め方")


def test_what_intake_tells_of_the_proposal_is_told_with_the_case(told: dict[str, Any]) -> None:
    assert told["proposal"]["title"] == MINIMAL["title"]
    assert told["proposal"]["contact_phone"] == "017-700-1010"
