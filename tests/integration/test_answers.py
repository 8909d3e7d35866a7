"""From the decision to the proposer's answer: the letter goes out, the case is answered, and intake follows."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from desk.deadlines.streams import Status as DeadlineStatus
from desk.letters.refusals import LetterNotDue, LetterOvertaken
from desk.timers import TimerRound
from eventstore.city import City
from eventstore.records import StreamId
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.outcomes import WithdrawProposal
from services.intake.queries.decided import has_answer
from services.intake.queries.progress import Step, steps
from services.matching.domain.case import Status
from services.matching.domain.case.assignment import DeclineOffer, Part, TakeOffer
from services.matching.domain.case.feasibility import REALISED, Outcome
from services.matching.reactions.timers import CASE_ALARMS
from tests.cities import Cities
from tests.deadlines import went_round
from tests.deciding import WHY, Deciding
from tests.mailbox import Mailbox
from tests.work import DAY

DETAILS: dict[str, dict[str, Any]] = {
    "procurement": {"procurement_reference": "調達第3号"},
    "other_method": {"method": "naming_rights"},
    "kept": {"kept_until": "2027-04-01"},
}


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """The city's mail server."""
    with Mailbox() as started:
        yield started


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City, mailbox: Mailbox) -> Deciding:
    return Deciding.of(cities, city, mailbox)


@pytest.mark.row("B02", "N8")
def test_the_letter_that_tells_the_decision_answers_the_proposer_and_meets_what_intake_promised(
    desk: Deciding, mailbox: Mailbox
) -> None:
    case = desk.ripe()
    desk.follow()
    waited, realised = desk.figure("days_to_answer_by_kind"), desk.figure("realised_by_kind")
    promised = desk.promise(case)
    assert promised is not None
    assert promised.status is DeadlineStatus.RUNNING
    desk.decides(case, "partnership")
    desk.follow()
    assert desk.state(case).status is Status.DECIDED
    assert desk.row(case) == (None, None)
    mailbox.taken.clear()
    proposal = StreamId(PROPOSAL.category, desk.work.proposal_of(case))
    assert not has_answer(desk.work.intake.office, proposal)

    letter_id = desk.answered(case, "feasibility_answer")

    (mail,) = mailbox.taken
    for told in ("連携して実施する", WHY, "令和8年11月22日", "ご相談します"):
        assert told in mail.text
    assert "審査請求" not in mail.text
    (answered,) = desk.told(case, "ProposerAnswered")
    assert (answered.decision, answered.outcome, answered.letter_id) == (1, Outcome.PARTNERSHIP, letter_id)
    assert (answered.proposal_id, answered.answered_on) == (desk.work.proposal_of(case), DAY)
    assert desk.state(case).status is Status.ANSWERED
    met = desk.promise(case)
    assert met is not None
    assert (met.status, met.met_on) == (DeadlineStatus.MET, DAY)
    assert desk.row(case) == (DAY, "partnership")
    assert has_answer(desk.work.intake.office, proposal)
    after = desk.figure("days_to_answer_by_kind")
    assert (after["count"], after["waiting"]) == (waited["count"] + 1, waited["waiting"] - 1)
    after = desk.figure("realised_by_kind")
    assert (after["count"], after["part"]) == (realised["count"] + 1, realised["part"] + 1)


@pytest.mark.row("B02", "S35")
@pytest.mark.parametrize(
    ("outcome", "template", "told"),
    [
        ("demonstration", "feasibility_answer", ["実証実験を行う", "時期について"]),
        ("individual_implementation", "feasibility_answer", ["協定によらず個別に実施する"]),
        ("procurement", "feasibility_answer", ["入札・公募の手続による", "実施する事業者を選びます", "市が公表します"]),
        ("other_method", "feasibility_answer", ["ほかの手法による", "ネーミングライツ"]),
        ("no", "declined_answer", ["実施しないこと", "審査請求", "取消しの訴え"]),
        ("kept", "kept_answer", ["時期を改めて検討すること", "令和9年4月1日"]),
    ],
)
def test_each_outcome_is_told_with_its_reason_in_a_letter_of_its_kind_and_in_no_other(
    desk: Deciding, mailbox: Mailbox, outcome: str, template: str, told: list[str]
) -> None:
    case = desk.ripe()
    with pytest.raises(LetterNotDue):
        desk.composed(case, template)
    desk.decides(case, outcome, **DETAILS.get(outcome, {}))
    for other in {"feasibility_answer", "declined_answer", "kept_answer"} - {template}:
        with pytest.raises(LetterNotDue):
            desk.composed(case, other)
    mailbox.taken.clear()

    desk.answered(case, template)

    for words in [WHY, *told]:
        assert words in mailbox.taken[0].text
    assert "調達第3号" not in mailbox.taken[0].text
    assert desk.row(case) == (DAY, outcome)
    assert (Outcome(outcome) in REALISED) == (outcome in ("demonstration", "individual_implementation"))


def test_what_was_decided_anew_before_the_letter_is_approved_has_overtaken_it(desk: Deciding) -> None:
    case = desk.ripe()
    desk.decides(case, "partnership")
    outdated = desk.composed(case, "feasibility_answer")
    desk.decides(case, "partnership", explanation="別の理由のため。")
    with pytest.raises(LetterOvertaken):
        desk.approved(outdated)
    desk.decides(case, "no")
    with pytest.raises(LetterNotDue):
        desk.approved(outdated)


@pytest.mark.parametrize("how", ["withdrawn", "resumed"])
def test_no_letter_tells_a_decision_of_what_was_withdrawn_or_is_looked_at_again(desk: Deciding, how: str) -> None:
    case = desk.ripe()
    desk.decides(case, "no")
    composed = desk.composed(case, "declined_answer")
    if how == "withdrawn":
        desk.work.intake.does(desk.work.proposal_of(case), WithdrawProposal(withdrawn_on=DAY, explanation=None))
        desk.follow()
    else:
        desk.calls("resume_case", case)
    for late in (lambda: desk.approved(composed), lambda: desk.composed(case, "declined_answer")):
        with pytest.raises(LetterNotDue):
            late()
    assert desk.answers(case) == 0


def test_a_letter_that_was_under_way_when_it_was_decided_anew_answers_nothing_and_the_new_one_does(
    desk: Deciding,
) -> None:
    case = desk.ripe()
    desk.decides(case, "partnership")
    desk.approved(desk.composed(case, "feasibility_answer"))
    desk.decides(case, "demonstration")
    desk.letters.goes_round()
    desk.follow()
    assert desk.state(case).status is Status.DECIDED
    assert desk.row(case) == (None, None)

    desk.answered(case, "feasibility_answer")

    (answered,) = desk.told(case, "ProposerAnswered")
    assert (answered.decision, answered.outcome) == (2, Outcome.DEMONSTRATION)


def test_a_posted_letter_answers_on_the_day_on_which_it_was_posted_once(cities: Cities, mailbox: Mailbox) -> None:
    desk = Deciding.of(cities, cities.new("posted"), mailbox)
    case = desk.ripe(proposer={"kind": "organisation", "name": "朝ごはんの会", "address": "青森市中央一丁目"})
    desk.decides(case, "no")
    letter = desk.approved(desk.composed(case, "declined_answer", "post"))
    desk.work.intake.clock.advance(timedelta(days=3))
    for _ in range(2):
        stated = {"command_id": str(letter), "letter_id": str(letter), "posted_on": "2026-11-24"}
        desk.work.called().record_posting(**stated)
        desk.follow()

    (answered,) = desk.told(case, "ProposerAnswered")
    assert (answered.letter_id, answered.answered_on) == (letter, date(2026, 11, 24))
    assert desk.row(case) == (date(2026, 11, 24), "no")


def test_while_nobody_follows_nothing_of_an_answer_is_lost(desk: Deciding, cities: Cities) -> None:
    cases = [desk.ripe() for _ in range(3)]
    for case in cases:
        desk.decides(case, "partnership")
        desk.approved(desk.composed(case, "feasibility_answer"))
    desk.letters.goes_round()
    assert [desk.state(case).status for case in cases] == [Status.DECIDED] * 3

    again = Deciding(desk.work, desk.letters, desk.officer)
    again.follow()
    again.follow()

    assert [len(desk.told(case, "ProposerAnswered")) for case in cases] == [1, 1, 1]
    assert [desk.row(case) for case in cases] == [(DAY, "partnership")] * 3


@pytest.mark.row("B02", "N8")
def test_what_was_kept_comes_up_on_its_day_is_resumed_decided_and_answered_again(
    cities: Cities, mailbox: Mailbox
) -> None:
    desk = Deciding.of(cities, cities.new("kept"), mailbox)
    case = desk.ripe()
    desk.decides(case, "kept", kept_until="2026-12-01")
    desk.answered(case, "kept_answer")
    assert desk.state(case).status is Status.KEPT
    round_ = TimerRound(desk.work.office, CASE_ALARMS)
    assert went_round(round_) == 0

    desk.work.intake.clock.advance(timedelta(days=9))
    went_round(round_)
    desk.follow()
    went_round(round_)

    (due,) = desk.told(case, "KeptCaseDue")
    assert due.kept_until == date(2026, 12, 1)
    desk.calls("resume_case", case)
    desk.decides(case, "partnership")
    desk.answered(case, "feasibility_answer")
    assert [one.outcome for one in desk.told(case, "ProposerAnswered")] == [Outcome.KEPT, Outcome.PARTNERSHIP]
    assert desk.row(case) == (DAY, "partnership")
    assert desk.figure("realised_by_kind")["percent"] == 100


def test_a_proposal_that_is_withdrawn_while_its_case_is_kept_is_no_part_of_the_rate_and_comes_up_no_more(
    cities: Cities, mailbox: Mailbox
) -> None:
    desk = Deciding.of(cities, cities.new("kept"), mailbox)
    case = desk.ripe()
    desk.decides(case, "kept", kept_until="2026-12-01")
    desk.answered(case, "kept_answer")
    told = desk.figure("realised_by_kind")
    assert (told["count"], told["waiting"]) == (0, 1)

    desk.work.intake.does(desk.work.proposal_of(case), WithdrawProposal(withdrawn_on=DAY, explanation=None))
    desk.follow()
    desk.work.intake.clock.advance(timedelta(days=30))

    assert went_round(TimerRound(desk.work.office, CASE_ALARMS)) == 0
    assert desk.state(case).status is Status.WITHDRAWN
    assert desk.row(case) == (DAY, "kept")
    told = desk.figure("realised_by_kind")
    assert (told["count"], told["waiting"], told["percent"]) == (0, 0, None)
    assert desk.figure("days_to_answer_by_kind")["waiting"] == 0


@pytest.mark.row("S04")
def test_a_proposer_hears_how_far_it_has_come_and_no_department_s_name(desk: Deciding) -> None:
    case = desk.work.opened()
    first = desk.work.offered(case, desk.departments[2])
    desk.work.does(case, DeclineOffer(offer_id=first, declined_on=DAY, grounds="担当外のため"))
    supporting = desk.work.offered(case, desk.departments[1], Part.SUPPORTING)
    desk.work.does(case, TakeOffer(offer_id=supporting, officer_id=desk.officer, taken_on=DAY))
    desk.work.taken(case, desk.departments[0], desk.officer)
    desk.talked(case)
    store = desk.work.intake.office.store
    proposal = store.load(StreamId(PROPOSAL.category, desk.work.proposal_of(case))).events

    told = list(steps(store, proposal))

    sought, found = (Step.DEPARTMENT_SOUGHT, DAY), (Step.DEPARTMENT_FOUND, DAY)
    assert told == [sought, sought, found, (Step.DIALOGUE_HELD, DAY)]
    assert list(steps(store, proposal[:1])) == []
