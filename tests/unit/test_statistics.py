"""Statistics: every number by hand once."""

from datetime import date, timedelta

import pytest

from desk.figures import Number, nearest_rank
from desk.packs.letters import LetterCode
from services.intake.domain.figures import QUESTIONS, Figure, months, numbers
from services.intake.domain.inquiry import InquiryStatus
from services.intake.domain.matters import Matter
from services.intake.domain.promises import ANSWERS
from services.intake.domain.proposal import Status

RECEIVED_ON = date(2026, 4, 1)


def matter(days: int | None = None, **changed: object) -> Matter:
    """A free proposal of a corporation by portal, decided after so many days."""
    values: dict[str, object] = {
        "matter": "proposal", "status": Status.RECEIVED if days is None else Status.ACCEPTED,
        "received_on": RECEIVED_ON, "decided_on": None if days is None else RECEIVED_ON + timedelta(days),
        "answered_on": None, "days_returned": 0, "outcome": None, "kind": "free", "origin": None,
        "purposes": ("citizen_service",),
        "proposer_kind": "corporation", "has_proposed_before": False, "channel": "portal",
    }  # fmt: skip
    return Matter(**{**values, **changed})  # type: ignore[arg-type]


def counts(figure: Figure, *matters: Matter, codes: tuple[str, ...] = ()) -> dict[str, int]:
    return {number.code: number.count for number in numbers(figure, matters, codes)}


@pytest.mark.row("S38")
def test_days_to_decision_are_told_by_median_and_ninetieth_percentile() -> None:
    days = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100]

    told = numbers(Figure.DAYS_BY_KIND, [matter(day) for day in days], ("free", "call"))

    assert told == [
        Number(code="all", count=10, median_days=5.5, ninetieth_days=9, waiting=0),
        Number(code="free", count=10, median_days=5.5, ninetieth_days=9, waiting=0),
        Number(code="call", count=0, waiting=0),
    ]


@pytest.mark.row("S10")
def test_days_to_decision_are_compared_between_kinds_of_proposers() -> None:
    matters = [matter(10), matter(20), matter(2, proposer_kind="university"), matter()]

    told = {one.code: (one.count, one.median_days) for one in numbers(Figure.DAYS_BY_PROPOSER, matters, ())}

    assert told == {"all": (3, 10), "corporation": (2, 15), "university": (1, 2)}


@pytest.mark.row("S10")
@pytest.mark.row("N8")
def test_new_proposers_and_returning_ones_are_compared() -> None:
    matters = [matter(10), matter(20, has_proposed_before=True), matter(40, has_proposed_before=True), matter()]
    matters.append(matter(1, has_proposed_before=None))

    assert counts(Figure.PROPOSALS_BY_ACQUAINTANCE, *matters) == {"new": 2, "returning": 2, "unknown": 1}
    told = {one.code: one.median_days for one in numbers(Figure.DAYS_BY_ACQUAINTANCE, matters, ())}
    assert told == {"all": 15, "new": 10, "returning": 30, "unknown": 1}


def answered(days: int, **changed: object) -> Matter:
    """A proposal whose answer went out after so many days, found ineligible the day before."""
    values = {"status": Status.INELIGIBLE, "answered_on": RECEIVED_ON + timedelta(days), **changed}
    return matter(days - 1, **values)


@pytest.mark.row("B02", "S10", "S38")
@pytest.mark.parametrize(
    ("figure", "code"),
    [
        (Figure.ANSWER_BY_KIND, "free"),
        (Figure.ANSWER_BY_PROPOSER, "corporation"),
        (Figure.ANSWER_BY_ACQUAINTANCE, "new"),
    ],
)
def test_days_to_the_answer_are_told_with_how_many_still_wait_for_it(figure: Figure, code: str) -> None:
    other = {"kind": "call", "proposer_kind": "university", "has_proposed_before": True}
    matters = [*(answered(day) for day in (10, 20, 31)), matter(5), matter(**other), answered(2, matter="inquiry")]

    all_of_them, alike, others = numbers(figure, matters, ())

    assert all_of_them == Number(code="all", count=3, median_days=20, ninetieth_days=31, waiting=2)
    assert alike == Number(code=code, count=3, median_days=20, ninetieth_days=31, waiting=1)
    assert (others.count, others.median_days, others.waiting) == (0, None, 1)


def test_who_waits_for_a_decision_is_told_beside_the_days_to_it() -> None:
    told, *_ = numbers(Figure.DAYS_BY_KIND, [matter(3), answered(5), matter(), matter(status=Status.RETURNED)], ())

    assert (told.count, told.median_days, told.waiting) == (2, 3.5, 2)


@pytest.mark.row("B02")
@pytest.mark.parametrize(
    ("status", "waits"),
    [
        (Status.RECEIVED, True),
        (Status.RETURNED, True),
        (Status.ON_HOLD, True),
        (Status.ACCEPTED, True),
        (Status.INELIGIBLE, True),
        (Status.REDIRECTED, True),
        (Status.WITHDRAWN, False),
        (Status.MERGED, False),
        (Status.SPLIT, False),
    ],
)
def test_a_proposal_waits_for_its_answer_until_that_goes_out_or_nobody_wants_it(status: Status, waits: bool) -> None:
    assert matter(3, status=status).is_unanswered == waits
    assert not answered(3, status=status).is_unanswered


def test_an_inquiry_waits_until_it_is_answered_or_goes_on_as_a_proposal() -> None:
    asked = [matter(matter="inquiry", status=status) for status in InquiryStatus]

    assert [one.status for one in asked if one.is_unanswered] == [InquiryStatus.RECEIVED]
    (told, *_) = numbers(Figure.INQUIRY_ANSWER_BY_CHANNEL, [*asked, matter(), answered(4, matter="inquiry")], ())
    assert told == Number(code="all", count=1, median_days=4, ninetieth_days=4, waiting=1)


def test_what_tells_the_reason_answers_and_neither_an_acceptance_nor_a_request_for_correction_does() -> None:
    assert {LetterCode.INELIGIBLE_NOTICE, LetterCode.REDIRECTION_NOTICE} == ANSWERS


def test_days_in_which_the_city_waited_for_a_correction_are_not_the_city_s() -> None:
    assert matter(30, days_returned=12).days_to_decision == 18
    assert matter(None, days_returned=12).days_to_decision is None
    assert answered(30, days_returned=12).days_to_answer == 18


@pytest.mark.parametrize(
    ("count", "percent", "rank"), [(1, 90, 1), (2, 90, 2), (9, 90, 9), (10, 90, 9), (11, 90, 10), (4, 50, 2)]
)
def test_a_percentile_is_a_value_that_occurred(count: int, percent: int, rank: int) -> None:
    assert nearest_rank(range(1, count + 1), percent) == rank


@pytest.mark.row("S05")
def test_a_proposal_counts_under_each_of_its_purposes() -> None:
    both = matter(purposes=("citizen_service", "regional_issue"))

    assert counts(Figure.PROPOSALS_BY_PURPOSE, both, matter(), matter(purposes=())) == {
        "citizen_service": 2, "regional_issue": 1, "unknown": 1,
    }  # fmt: skip


def test_a_proposal_on_which_nobody_has_decided_is_open() -> None:
    undecided = [matter(status=status) for status in (Status.RECEIVED, Status.SCREENING, Status.RETURNED)]

    assert counts(
        Figure.PROPOSALS_BY_OUTCOME, *undecided, matter(status=Status.ON_HOLD), matter(3, status=Status.WITHDRAWN)
    ) == {"open": 4, "withdrawn": 1}


def test_what_was_split_off_is_told_apart_from_what_came_by_itself() -> None:
    assert counts(Figure.PROPOSALS_BY_ORIGIN, matter(), matter(origin="split")) == {"by_itself": 1, "split": 1}


def test_inquiries_and_proposals_are_never_added_up() -> None:
    matters = (matter(), matter(matter="inquiry"), matter(matter="inquiry", channel="phone"))

    assert counts(Figure.PROPOSALS_BY_CHANNEL, *matters) == {"portal": 1}
    assert counts(Figure.INQUIRIES_BY_CHANNEL, *matters) == {"portal": 1, "phone": 1}


def test_none_of_something_is_told_as_none_in_the_order_asked_for() -> None:
    told = numbers(Figure.PROPOSALS_BY_CHANNEL, [matter(channel=None), matter()], ("counter", "portal"))

    assert [(one.code, one.count) for one in told] == [("counter", 0), ("portal", 1), ("unknown", 1)]


def test_months_without_any_are_among_the_months() -> None:
    matters = [matter(received_on=date(2027, 2, 3)), matter(received_on=date(2026, 11, 30))]

    assert months(matters) == ["2026-11", "2026-12", "2027-01", "2027-02"]
    assert months([]) == []
    assert counts(Figure.PROPOSALS_BY_MONTH, *matters) == {"2027-02": 1, "2026-11": 1}


def test_every_figure_answers_a_question_of_its_own() -> None:
    assert set(QUESTIONS) == set(Figure)
    assert len(set(QUESTIONS.values())) == len(Figure)
    assert all(question.endswith("。") for question in QUESTIONS.values())


def told_by_matching(outcome: str, **changed: object) -> Matter:
    """A proposal that was accepted, and then answered so."""
    return matter(3, answered_on=RECEIVED_ON + timedelta(30), outcome=outcome, **changed)


@pytest.mark.row("N8")
@pytest.mark.parametrize(
    ("figure", "code"),
    [
        (Figure.REALISED_BY_KIND, "free"),
        (Figure.REALISED_BY_PROPOSER, "corporation"),
        (Figure.REALISED_BY_ACQUAINTANCE, "new"),
    ],
)
def test_what_was_realised_is_told_as_a_share_of_what_the_city_has_concluded(figure: Figure, code: str) -> None:
    realised = [told_by_matching(outcome) for outcome in ("partnership", "demonstration", "individual_implementation")]
    others = [told_by_matching(outcome) for outcome in ("procurement", "other_method", "no")]
    refused = [matter(3, status=Status.INELIGIBLE), matter(3, status=Status.REDIRECTED)]
    open_ones = [matter(), matter(3)]
    elsewhere = told_by_matching("partnership", kind="call", proposer_kind="university", has_proposed_before=True)

    of_all, alike, _ = numbers(figure, [*realised, *others, *refused, *open_ones, elsewhere], ())

    assert of_all == Number(code="all", count=9, waiting=2, part=4, percent=44.4)
    assert alike == Number(code=code, count=8, waiting=2, part=3, percent=37.5)


@pytest.mark.row("N8")
def test_what_is_kept_for_later_is_not_concluded_until_it_is_decided_otherwise() -> None:
    kept, otherwise = told_by_matching("kept"), told_by_matching("demonstration")

    assert numbers(Figure.REALISED_BY_KIND, [kept], ()) == [
        Number(code="all", count=0, waiting=1, part=0),
        Number(code="free", count=0, waiting=1, part=0),
    ]
    of_all, _ = numbers(Figure.REALISED_BY_KIND, [kept, otherwise], ())
    assert of_all == Number(code="all", count=1, waiting=1, part=1, percent=100.0)


@pytest.mark.row("N8")
@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.MERGED, Status.SPLIT])
def test_what_did_not_end_by_the_city_s_word_is_no_part_of_the_realised_rate(status: Status) -> None:
    ended = told_by_matching("partnership", status=status)

    assert numbers(Figure.REALISED_BY_KIND, [ended], ()) == [Number(code="all", count=0, waiting=0, part=0)]


@pytest.mark.row("B02", "N8")
def test_an_accepted_proposal_waits_for_its_answer_until_matching_has_given_it() -> None:
    waiting, answered = matter(3), told_by_matching("no")

    (told, _) = numbers(Figure.ANSWER_BY_KIND, [waiting, answered], ("free",))

    assert (told.count, told.median_days, told.waiting) == (1, 30, 1)
