"""A decision is told by one letter at a time, and by none that tells an earlier one, whatever happens on the way."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from desk.letters.refusals import LetterNotDue, LetterOvertaken
from desk.letters.state import Status
from desk.letters.waiting import WaitsFor
from eventstore.city import City
from eventstore.errors import InvalidMessage
from eventstore.records import StreamId
from services.intake.domain.proposal import PROPOSAL
from services.matching.domain.case import Status as CaseStatus
from tests.cities import Cities
from tests.deciding import Deciding
from tests.ledgers import connected
from tests.mailbox import Mailbox

POSTAL = {"kind": "organisation", "name": "朝ごはんの会", "address": "青森市中央一丁目"}
ANSWER = "feasibility_answer"


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """The city's mail server."""
    with Mailbox() as started:
        yield started


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City, mailbox: Mailbox) -> Deciding:
    return Deciding.of(cities, city, mailbox)


@pytest.fixture(autouse=True)
def nothing_taken(mailbox: Mailbox) -> None:
    mailbox.taken.clear()


def decided(desk: Deciding, outcome: str = "partnership", **proposal: Any) -> UUID:
    case = desk.ripe(**proposal)
    desk.decides(case, outcome)
    return case


def called(desk: Deciding, method: str, letter_id: UUID, **stated: Any) -> Any:
    """What a method of the letters' window gives."""
    window = getattr(desk.work.called(), method)
    told = window(**{"command_id": str(uuid4()), "letter_id": str(letter_id), **stated})
    desk.letters.follow()
    return told


def row(desk: Deciding, letter_id: UUID) -> dict[str, Any]:
    """A letter as the list shows it."""
    (found,) = (one for one in desk.letters.list()["items"] if one["letter_id"] == str(letter_id))
    return found  # type: ignore[no-any-return]


def answered_by(desk: Deciding, case: UUID) -> list[UUID]:
    desk.follow()
    return [one.letter_id for one in desk.told(case, "ProposerAnswered")]


@pytest.mark.row("B02")
def test_an_approved_letter_stays_once_the_matter_is_decided_anew_and_the_new_one_goes(
    desk: Deciding, mailbox: Mailbox
) -> None:
    case = decided(desk)
    first = desk.approved(desk.composed(case, ANSWER))
    desk.decides(case, "demonstration")

    assert not desk.letters.goes_round()

    assert mailbox.taken == []
    shown = row(desk, first)
    assert (shown["status"], shown["code"], shown["tries"]) == (Status.APPROVED, "letter_overtaken", 1)
    assert shown["waits_for"] is WaitsFor.DECISION
    with connected(desk.letters.cities.administrator_url(desk.letters.city)) as administrator:
        count = administrator.execute("SELECT count FROM matching_waiting WHERE code = 'letter_overtaken'").fetchone()
    assert count == (1,)
    assert not desk.letters.goes_round()
    assert row(desk, first)["tries"] == 1, "it does not run hot"

    second = desk.answered(case, ANSWER)

    (mail,) = mailbox.taken
    assert "実証実験" in mail.text
    assert answered_by(desk, case) == [second]
    desk.work.intake.clock.advance(timedelta(hours=2))
    desk.letters.goes_round()
    assert len(mailbox.taken) == 1
    called(desk, "cancel_letter", first)
    assert row(desk, first)["waits_for"] is None


def test_a_letter_of_an_earlier_decision_does_not_go_though_the_new_one_says_the_same(
    desk: Deciding, mailbox: Mailbox
) -> None:
    case = decided(desk)
    first = desk.approved(desk.composed(case, ANSWER))
    desk.decides(case, "partnership")

    desk.letters.goes_round()

    assert (mailbox.taken, row(desk, first)["code"]) == ([], "letter_overtaken")
    second = desk.answered(case, ANSWER)
    assert answered_by(desk, case) == [second]


def test_a_letter_to_post_that_was_overtaken_is_not_posted_unless_it_was_already_and_then_answers_nothing(
    desk: Deciding,
) -> None:
    case = decided(desk, "no", proposer=POSTAL)
    letter = desk.approved(desk.composed(case, "declined_answer", "post"))
    desk.decides(case, "no")

    with pytest.raises(LetterOvertaken):
        called(desk, "record_posting", letter, posted_on="2026-11-22")
    desk.letters.follow()
    assert (row(desk, letter)["waits_for"], row(desk, letter)["code"]) == (WaitsFor.DECISION, "letter_overtaken")
    past_asking = {"posted_on": "2026-11-22", "already_posted": True}
    with pytest.raises(InvalidMessage):
        called(desk, "record_posting", letter, **past_asking)
    known = {"command_id": str(uuid4()), **past_asking, "reason": "決定の前に発送していたため"}
    told = called(desk, "record_posting", letter, **known)

    assert called(desk, "record_posting", letter, **known) == told
    assert row(desk, letter)["status"] == Status.POSTED
    assert answered_by(desk, case) == []
    assert desk.state(case).status is CaseStatus.DECIDED


@pytest.mark.row("B02")
def test_while_one_letter_that_tells_a_decision_waits_or_is_out_no_other_is_composed(desk: Deciding) -> None:
    case = decided(desk)
    first = desk.composed(case, ANSWER)
    with pytest.raises(LetterNotDue):
        desk.composed(case, ANSWER)
    called(desk, "cancel_letter", first)

    second = desk.approved(desk.composed(case, ANSWER))
    with pytest.raises(LetterNotDue):
        desk.composed(case, ANSWER)
    desk.letters.goes_round()
    with pytest.raises(LetterNotDue):
        desk.composed(case, ANSWER)

    assert answered_by(desk, case) == [second]


@pytest.mark.parametrize(
    ("means", "back"),
    [("mail", ("record_bounce", "bounced_on")), ("post", ("record_return", "returned_on"))],
)
def test_once_a_letter_came_back_another_may_tell_the_decision_and_then_the_first_goes_nowhere(
    desk: Deciding, mailbox: Mailbox, means: str, back: tuple[str, str]
) -> None:
    case = decided(desk, proposer=POSTAL)
    first = desk.approved(desk.composed(case, ANSWER, means))
    desk.letters.goes_round()
    if means == "post":
        called(desk, "record_posting", first, posted_on="2026-11-22")
    called(desk, back[0], first, **{back[1]: "2026-11-22"})

    second = desk.answered(case, ANSWER)

    assert row(desk, second)["status"] == Status.DISPATCHED
    assert answered_by(desk, case) == [first]
    called(desk, "readdress_letter", first, addressee=["北川 修 様"], email="k@example.jp")
    with pytest.raises(LetterNotDue):
        desk.approved(first)


def test_what_a_command_composed_is_told_again_after_another_decision(desk: Deciding) -> None:
    case = decided(desk)
    stated = {"command_id": str(uuid4()), "template": ANSWER, "about": f"case-{case}", "means": "mail"}
    told = desk.work.called().compose_letter(**stated)

    desk.decides(case, "demonstration")

    assert desk.work.called().compose_letter(**stated) == told


def test_a_letter_stays_when_nobody_can_tell_any_more_whom_the_matter_names(
    desk: Deciding, mailbox: Mailbox, cities: Cities
) -> None:
    case = decided(desk)
    letter = desk.approved(desk.composed(case, ANSWER))
    proposal = StreamId(PROPOSAL.category, desk.work.proposal_of(case))
    received = desk.work.intake.office.store.load(proposal).events[0].event
    with connected(cities.administrator_url(desk.letters.city)) as administrator:
        administrator.execute("DELETE FROM data_keys_intake WHERE subject = %s", (received.contact_id,))

    desk.letters.goes_round()

    assert (mailbox.taken, row(desk, letter)["code"]) == ([], "letter_overtaken")
