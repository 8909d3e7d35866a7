"""What becomes of the deadlines of a proposal that goes its way by the real commands, from its receipt on."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from apps.provisioning.city import Installation
from desk.deadlines.streams import Status
from desk.letters.events import Means, letter_category
from desk.packs.codes import Channel, DeadlineCode
from desk.packs.letters import LetterCode
from eventstore.parked import Delivery
from eventstore.records import StreamId
from services.intake.domain.content import InquiryContent
from services.intake.domain.exclusions import CheckResult
from services.intake.domain.inquiry import INQUIRY, AnswerInquiry, ConvertInquiry, ReceiveInquiry
from services.intake.domain.proposal.lineage import AbsorbProposal
from services.intake.domain.proposal.screening import RecordContact
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from tests.cities import NOON, Cities, FrozenClock
from tests.deadlines import ANSWER, CONTACT, Scene, happen, matter
from tests.portals import admitted, as_body, proposal
from tests.unit.proposals import (
    ACCEPT,
    BEGIN,
    FIND_INELIGIBLE,
    HOLD,
    MERGE,
    RECEIPT,
    REDIRECT,
    RESUME,
    RETURN,
    SPLIT,
    WITHDRAW,
    check,
    checks,
    receive,
    resubmit,
)
from tests.unit.proposals import CONTACT as PERSON

PORTAL: Final = "late-portal"
FRIDAY: Final = date(2026, 11, 20)
ANSWER_DUE: Final = date(2026, 12, 20)
ASKED: Final = ReceiveInquiry(
    inquiry_id=UUID(int=1),
    content=InquiryContent(proposer=None, contact=PERSON, subject="除雪の相談", content="どこに提案できますか。"),
    document=b"{}",
    received_on=FRIDAY,
    submitted_at=NOON,
    receipt_number="0123-4567-89AB",
    content_receipt=RECEIPT,
)


@pytest.fixture(scope="module")
def scene(cities: Cities) -> Scene:
    return Scene.of(cities, FrozenClock())


def november(day: int) -> date:
    return date(2026, 11, day)


def december(day: int) -> date:
    return date(2026, 12, day)


def received(scene: Scene) -> StreamId:
    """A proposal that came on Friday, with everything declared."""
    stream = matter()
    command = replace(receive(pledges_pending=False), proposal_id=stream.id, received_on=FRIDAY)
    scene.does(stream, command)
    return stream


def told(scene: Scene, stream: StreamId, template: LetterCode, on: date, *, means: Means = Means.MAIL) -> None:
    """A letter about a proposal goes out on a day; what it says is made up."""
    letter = StreamId(letter_category("intake"), uuid4())
    happen(
        scene.office, letter, "LetterComposed",
        template=template, subject_category=stream.category, subject_id=stream.id, means=means,
    )  # fmt: skip
    if means is Means.MAIL:
        scene.happens(letter, "LetterDispatched", dispatched_on=on)
    else:
        scene.happens(letter, "LetterPosted", posted_on=on)


def standing(scene: Scene, stream: StreamId) -> dict[str, tuple[Status, date]]:
    """Where the deadlines of a matter stand: its state, and until when it runs."""
    periods = {code: scene.period(stream, code) for code in (CONTACT, ANSWER)}
    return {code: (period.status, period.due_on) for code, period in periods.items()}


@pytest.mark.row("B02", "B05", "B07")
def test_a_proposal_that_is_returned_held_and_found_ineligible(scene: Scene) -> None:
    stream = received(scene)
    contact, answer = november(26), ANSWER_DUE
    assert standing(scene, stream) == {CONTACT: (Status.RUNNING, contact), ANSWER: (Status.RUNNING, answer)}

    scene.does(stream, replace(BEGIN, begun_on=november(24)))
    assert standing(scene, stream)[CONTACT] == (Status.RUNNING, contact), "nobody has told the proposer anything"

    scene.does(stream, replace(RETURN, returned_on=november(25)))
    assert standing(scene, stream) == {CONTACT: (Status.RUNNING, contact), ANSWER: (Status.PAUSED, answer)}

    told(scene, stream, LetterCode.CORRECTION_REQUEST, november(26))
    assert standing(scene, stream) == {CONTACT: (Status.MET, contact), ANSWER: (Status.PAUSED, answer)}

    scene.does(stream, replace(resubmit(), proposal_id=stream.id, resubmitted_on=december(2)))
    answer = december(27)
    assert standing(scene, stream)[ANSWER] == (Status.RUNNING, answer), "seven days later"

    scene.does(stream, replace(HOLD, held_on=december(4)))
    assert standing(scene, stream)[ANSWER] == (Status.PAUSED, answer)

    scene.does(stream, replace(RESUME, resumed_on=december(9)))
    answer = date(2027, 1, 1)
    assert standing(scene, stream)[ANSWER] == (Status.RUNNING, answer), "five days later; it does not roll"

    hit = replace(checks(check(CheckResult.HIT)), checked_on=december(10))
    scene.does(stream, hit, replace(FIND_INELIGIBLE, decided_on=december(11)))
    assert standing(scene, stream)[ANSWER] == (Status.RUNNING, answer), "nobody has been told"

    told(scene, stream, LetterCode.INELIGIBLE_NOTICE, december(14))
    assert standing(scene, stream) == {CONTACT: (Status.MET, contact), ANSWER: (Status.MET, answer)}
    assert (scene.period(stream, CONTACT).met_on, scene.period(stream, ANSWER).met_on) == (november(26), december(14))
    assert scene.timers(stream) == []


@pytest.mark.parametrize(
    ("ways", "contact", "answer"),
    [
        ([replace(WITHDRAW, withdrawn_on=november(24))], Status.DROPPED, Status.DROPPED),
        ([replace(SPLIT, split_on=november(24))], Status.DROPPED, Status.DROPPED),
        ([BEGIN, replace(RETURN, returned_on=november(24)), WITHDRAW], Status.DROPPED, Status.DROPPED),
        ([BEGIN, replace(HOLD, held_on=november(24)), WITHDRAW], Status.DROPPED, Status.DROPPED),
        ([BEGIN, replace(REDIRECT, redirected_on=november(24))], Status.RUNNING, Status.RUNNING),
        ([BEGIN, replace(ACCEPT, accepted_on=november(24))], Status.RUNNING, Status.RUNNING),
    ],
    ids=["withdrawn", "split", "withdrawn-amid-correction", "withdrawn-on-hold", "redirected", "accepted"],
)
def test_what_ends_a_proposal_ends_its_deadlines(
    scene: Scene, ways: list[Any], contact: Status, answer: Status
) -> None:
    stream = received(scene)

    scene.does(stream, *ways)

    assert (scene.period(stream, CONTACT).status, scene.period(stream, ANSWER).status) == (contact, answer)
    assert len(scene.timers(stream)) == [contact, answer].count(Status.RUNNING)
    assert scene.rows("SELECT * FROM parked_positions_intake") == []


@pytest.mark.row("B02")
@pytest.mark.parametrize("means", Means)
@pytest.mark.parametrize(
    ("template", "met"),
    [
        (LetterCode.INELIGIBLE_NOTICE, [CONTACT, ANSWER]),
        (LetterCode.REDIRECTION_NOTICE, [CONTACT, ANSWER]),
        (LetterCode.CORRECTION_REQUEST, [CONTACT]),
        (LetterCode.RECEIPT_NOTICE, []),
        (LetterCode.WITHDRAWAL_NOTICE, []),
    ],
)
def test_a_letter_that_goes_out_meets_what_it_tells_and_nothing_else(
    scene: Scene, template: LetterCode, met: list[DeadlineCode], means: Means
) -> None:
    stream, other = received(scene), received(scene)

    told(scene, stream, template, november(25), means=means)

    assert [code for code in (CONTACT, ANSWER) if scene.period(stream, code).met_on == november(25)] == met
    assert {status for status, _ in standing(scene, other).values()} == {Status.RUNNING}


def test_of_merged_proposals_the_one_that_goes_on_is_answered_in_its_own_time(scene: Scene) -> None:
    merged, goes_on = received(scene), received(scene)

    scene.does(goes_on, AbsorbProposal(absorbed_on=november(24), proposal_id=merged.id))
    scene.does(merged, replace(MERGE, merged_on=november(24), into=goes_on.id))

    assert standing(scene, merged)[ANSWER] == (Status.DROPPED, ANSWER_DUE)
    assert standing(scene, goes_on)[ANSWER] == (Status.RUNNING, ANSWER_DUE)


def test_a_contact_that_came_late_meets_what_was_overdue(scene: Scene) -> None:
    stream = received(scene)
    scene.clock.instant = datetime(2026, 11, 26, 15, tzinfo=UTC)
    while scene.round().step():
        pass
    scene.follow()
    scene.clock.instant = NOON
    assert scene.period(stream, CONTACT).status is Status.OVERDUE

    scene.does(stream, RecordContact(contacted_on=november(30), means=Channel.PHONE, note="電話した"))

    period = scene.period(stream, CONTACT)
    assert (period.status, period.due_on, period.met_on) == (Status.MET, november(26), november(30))


def test_what_comes_on_a_saturday_night_counts_from_that_day(scene: Scene, installation: Installation) -> None:
    admitted(installation, scene.city, PORTAL)
    night = datetime(2026, 11, 21, 23, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    scene.clock.instant = night.astimezone(UTC)
    message = proposal() | {"source": f"/portals/{PORTAL}"}
    delivery = Delivery(
        body=as_body(message), content_type="application/json", routing_key=message["type"], user_id=PORTAL
    )

    answered = portal_reactions(scene.office, Reception(scene.office)).answer(delivery).event["data"]
    scene.follow()
    scene.clock.instant = NOON

    stream = StreamId("proposal", UUID(answered["proposal_id"]))
    assert scene.period(stream, ANSWER).starts_on == night.date()
    assert standing(scene, stream) == {
        CONTACT: (Status.RUNNING, november(26)),
        ANSWER: (Status.RUNNING, december(21)),
    }, "Sunday and the holiday are no open days, but days"


@pytest.mark.parametrize(
    "ways",
    [
        [AnswerInquiry(answered_on=november(24), means=Channel.PHONE, answer="ご案内しました。")],
        [ConvertInquiry(converted_on=november(24), proposal_id=UUID(int=5))],
    ],
    ids=["answered", "converted"],
)
def test_an_inquiry_that_is_answered_or_turned_into_a_proposal_had_its_first_contact(
    scene: Scene, ways: list[Any]
) -> None:
    stream = matter("inquiry")

    scene.does(stream, replace(ASKED, inquiry_id=stream.id), *ways, rules=INQUIRY)

    period = scene.period(stream, CONTACT)
    assert (period.status, period.met_on) == (Status.MET, november(24))
