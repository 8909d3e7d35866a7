"""Deadlines as events: set by what is received, stopped, met and dropped, explained and listed."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from desk.deadlines import listing
from desk.deadlines.forms import DeadlineListingSchema
from desk.deadlines.streams import Status, deadline_stream
from desk.forms import load_or_refuse
from eventstore.errors import NotFound
from services.intake.domain.proposal.screening import Waiting
from tests.cities import Cities, FrozenClock
from tests.deadlines import ANSWER, CONTACT, LIST_ROWS, TIMER_ROWS, Scene, matter

FRIDAY = date(2026, 11, 20)
CONTACT_DUE = date(2026, 11, 26)
"""Three open days after: Monday, the 23rd, is a holiday."""
ANSWER_DUE = date(2026, 12, 20)


@pytest.fixture(scope="module")
def shared(cities: Cities) -> Scene:
    return Scene.of(cities, FrozenClock())


@pytest.fixture
def scene(shared: Scene) -> Scene:
    """A city in which nothing is due, with what other tests have left."""
    shared.calm()
    return shared


@pytest.fixture
def apart(cities: Cities, clock: FrozenClock) -> Scene:
    """A city of the test's own, for what would disturb others."""
    return Scene.of(cities, clock)


def listed(scene: Scene, **given: Any) -> dict[str, Any]:
    return listing.listed(scene.office, load_or_refuse(DeadlineListingSchema(), given))


@pytest.mark.row("B14")
def test_what_is_received_has_the_deadlines_of_the_pack_and_the_log_says_by_which_rules(scene: Scene) -> None:
    proposal = scene.received(FRIDAY)

    contact, answer = (scene.period(proposal, code) for code in (CONTACT, ANSWER))
    (event,) = scene.events(proposal, ANSWER)
    assert (contact.due_on, answer.due_on) == (CONTACT_DUE, ANSWER_DUE)
    assert (contact.subject, contact.starts_on, contact.status) == (proposal, FRIDAY, Status.RUNNING)
    assert event.policy == scene.office.pack().digest
    assert event.event.calendar == scene.office.rules.open_days(FRIDAY).version
    assert event.causation_id == scene.office.store.load(proposal).events[0].id


def test_an_inquiry_is_to_be_answered_to_but_has_no_answer_with_reason(scene: Scene) -> None:
    inquiry = scene.received(FRIDAY, "inquiry")

    assert scene.period(inquiry, CONTACT).due_on == CONTACT_DUE
    assert scene.events(inquiry, ANSWER) == []


@pytest.mark.parametrize(
    ("type_", "day"),
    [("InquiryAnswered", "answered_on"), ("InquiryConverted", "converted_on"), ("InquiryClosed", "closed_on")],
)
def test_what_is_done_about_an_inquiry_is_its_first_contact(scene: Scene, type_: str, day: str) -> None:
    inquiry = scene.received(FRIDAY, "inquiry")

    scene.happens(inquiry, type_, **{day: date(2026, 11, 24)})

    period = scene.period(inquiry, CONTACT)
    assert (period.status, period.met_on) == (Status.MET, date(2026, 11, 24))


@pytest.mark.row("B05")
def test_the_clock_stops_while_a_correction_is_awaited(scene: Scene) -> None:
    proposal = scene.received(FRIDAY)

    scene.happens(proposal, "ProposalReturned", returned_on=date(2026, 11, 24))
    waiting = scene.period(proposal, ANSWER)
    scene.happens(proposal, "ProposalResubmitted", resubmitted_on=date(2026, 12, 1))

    assert waiting.status is Status.PAUSED
    contact, answer = (scene.period(proposal, code) for code in (CONTACT, ANSWER))
    assert (contact.status, contact.due_on) == (Status.RUNNING, CONTACT_DUE), "no letter has told the proposer"
    assert (answer.status, answer.due_on) == (Status.RUNNING, date(2026, 12, 27))
    assert scene.types(proposal, CONTACT) == ["DeadlineSet"]
    assert scene.types(proposal, ANSWER) == ["DeadlineSet", "DeadlinePaused", "DeadlineResumed"]


@pytest.mark.row("B05")
def test_the_clock_goes_on_where_the_correction_is_not_asked_for_any_more(scene: Scene) -> None:
    proposal = scene.received(FRIDAY)

    scene.happens(proposal, "ProposalReturned", returned_on=date(2026, 11, 24))
    scene.happens(proposal, "ProposalResumed", resumed_on=date(2026, 12, 1), after=Waiting.CORRECTION)

    contact, answer = (scene.period(proposal, code) for code in (CONTACT, ANSWER))
    assert (contact.status, contact.due_on) == (Status.RUNNING, CONTACT_DUE), "no letter has told the proposer"
    assert (answer.status, answer.due_on) == (Status.RUNNING, date(2026, 12, 27))


@pytest.mark.row("B07")
def test_the_clocks_stop_while_a_proposal_is_on_hold(scene: Scene) -> None:
    proposal = scene.received(FRIDAY)

    scene.happens(proposal, "ProposalHeld", held_on=date(2026, 11, 24))
    assert {scene.period(proposal, code).status for code in (CONTACT, ANSWER)} == {Status.PAUSED}
    assert scene.timers(proposal) == []
    scene.happens(proposal, "ProposalResumed", resumed_on=date(2026, 11, 25), after=Waiting.HOLD)

    assert scene.period(proposal, CONTACT).due_on == date(2026, 11, 27)
    assert scene.period(proposal, ANSWER).due_on == date(2026, 12, 21)


@pytest.mark.parametrize(
    ("type_", "day", "contact", "answer"),
    [
        ("ProposerContacted", "contacted_on", Status.MET, Status.RUNNING),
        ("ProposalAccepted", "accepted_on", Status.RUNNING, Status.RUNNING),
        ("ProposalFoundIneligible", "decided_on", Status.RUNNING, Status.RUNNING),
        ("ProposalRedirected", "redirected_on", Status.RUNNING, Status.RUNNING),
        ("ProposalWithdrawn", "withdrawn_on", Status.DROPPED, Status.DROPPED),
        ("ProposalMerged", "merged_on", Status.DROPPED, Status.DROPPED),
        ("ProposalSplit", "split_on", Status.DROPPED, Status.DROPPED),
    ],
)
def test_contact_meets_and_an_end_drops_deadlines_and_a_decision_alone_leaves_them_running(
    scene: Scene, type_: str, day: str, contact: Status, answer: Status
) -> None:
    proposal = scene.received(FRIDAY)

    scene.happens(proposal, type_, **{day: date(2026, 11, 24)})

    assert (scene.period(proposal, CONTACT).status, scene.period(proposal, ANSWER).status) == (contact, answer)
    assert len(scene.timers(proposal)) == [contact, answer].count(Status.RUNNING)


def test_what_happens_to_a_matter_without_deadlines_is_passed(scene: Scene) -> None:
    proposal = matter()

    scene.happens(proposal, "ProposalReturned", returned_on=FRIDAY)

    assert scene.rows("SELECT * FROM parked_positions_intake") == []
    assert scene.events(proposal, ANSWER) == []


@pytest.mark.row("N5", "N12")
def test_a_deadline_explains_itself_by_the_calendar_under_which_it_was_counted(scene: Scene) -> None:
    proposal = scene.received(date(2027, 1, 8))
    stream = deadline_stream("intake", proposal, CONTACT)
    before = listing.deadline(scene.office, stream.id)
    scene.happens(proposal, "ProposerContacted", contacted_on=date(2027, 1, 8))
    scene.closed(date(2027, 1, 13), version="2027-01", since=date(2027, 1, 12))
    scene.follow()

    after = listing.deadline(scene.office, stream.id)

    assert before["due_on"] == "2027-01-14"
    assert (before["name"], before["nature_name"], before["days_left"]) == ("最初の連絡", "目標", 53)
    assert any("成人の日" in sentence for sentence in before["derivation"])
    assert any("令和9年1月14日（木）" in sentence for sentence in before["derivation"])
    assert after["derivation"] == before["derivation"], "a later calendar changes nothing of how it was counted"


def test_a_deadline_that_is_not_there_is_not_found(scene: Scene) -> None:
    with pytest.raises(NotFound):
        listing.deadline(scene.office, uuid4())


def test_the_list_is_in_the_order_of_the_dates_page_by_page_and_filtered(apart: Scene) -> None:
    early, late = apart.received(date(2026, 11, 10)), apart.received(FRIDAY)
    apart.happens(late, "ProposerContacted", contacted_on=FRIDAY)

    pages, after = [], None
    while True:
        page = listed(apart, limit=1, after=after)
        pages += page["items"]
        after = page["after"]
        if after is None:
            break

    assert [item["due_on"] for item in pages] == ["2026-11-13", "2026-11-26", "2026-12-10", "2026-12-20"]
    assert [item["days_left"] for item in pages] == [-9, None, 18, 28]
    assert {item["subject_id"] for item in listed(apart, subject_id=str(early.id))["items"]} == {str(early.id)}
    assert [item["code"] for item in listed(apart, status="met")["items"]] == ["first_contact"]


def test_list_and_timers_built_again_are_what_they_were(scene: Scene) -> None:
    proposal, other = scene.received(FRIDAY), scene.received(date(2026, 11, 2))
    scene.happens(proposal, "ProposalReturned", returned_on=date(2026, 11, 24))
    scene.happens(proposal, "ProposalResubmitted", resubmitted_on=date(2026, 12, 1))
    assert scene.round().step()
    scene.follow()
    live = scene.rows(LIST_ROWS), scene.rows(TIMER_ROWS)

    for follower in scene.office.followers:
        if follower.subscription.name in ("deadlines", "timers"):
            follower.rebuild()

    assert (scene.rows(LIST_ROWS), scene.rows(TIMER_ROWS)) == live
    assert scene.period(other, CONTACT).status is Status.OVERDUE
