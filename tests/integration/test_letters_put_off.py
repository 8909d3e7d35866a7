"""What becomes of an approved letter that the round cannot send: it is put off alone, longer each time, and is seen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import structlog

from desk.letters.commands import CancelLetter, Recipient
from desk.letters.composing import Draft, composed
from desk.letters.events import Means
from desk.letters.state import Status
from desk.packs.letters import LetterCode
from eventstore.city import City
from eventstore.records import StreamId
from tests.cities import Cities, FrozenClock
from tests.letters import ADDRESS, REFUSAL, Desk
from tests.mailbox import Mailbox

UNKNOWN_PACK = "0" * 64


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """The city's mail server."""
    with Mailbox() as started:
        yield started


@pytest.fixture
def desk(cities: Cities, city: City, clock: FrozenClock, mailbox: Mailbox) -> Iterator[Desk]:
    """The desk, with that server set; what a test leaves waiting goes before the next one."""
    mailbox.settings().write(city.folder)
    made = Desk.of(cities, city, clock)
    yield made
    for letter_id in made.round._due(clock.instant + timedelta(days=9)):
        made.does(letter_id, CancelLetter())


def unsendable(desk: Desk) -> UUID:
    """An approved letter whose title breaks off into another line, which no mail can be made of."""
    draft = Draft(
        template=LetterCode.INELIGIBLE_NOTICE,
        about=StreamId("proposal", uuid4()),
        recipient=Recipient(id=uuid4(), lines=("長谷川 美咲 様",), means=Means.MAIL, address=ADDRESS),
        values=REFUSAL,
    )
    letter_id = uuid4()
    desk.does(letter_id, replace(composed(draft, desk.office.pack()), title="件名\r\nBcc: x@example.jp"))
    return desk.approved(letter_id)


def test_a_letter_that_a_fault_keeps_from_going_is_put_off_alone(desk: Desk, mailbox: Mailbox) -> None:
    faulty, good = unsendable(desk), desk.approved()

    with structlog.testing.capture_logs():
        assert desk.goes_round()

    assert (desk.listed(faulty)[0], desk.listed(good)[0]) == (Status.APPROVED, Status.DISPATCHED)
    assert desk.put_off(faulty) == (1, "fault")
    assert not desk.goes_round(), "it does not run hot"
    assert desk.put_off(faulty) == (1, "fault")


def test_a_letter_is_put_off_twice_as_long_each_time_and_an_hour_at_most(desk: Desk) -> None:
    letter_id = desk.approved(policy=UNKNOWN_PACK)
    begun = desk.clock.instant
    delays = []

    for tries in range(1, 15):
        desk.goes_round()
        assert desk.put_off(letter_id)[0] == tries
        delays.append(desk.due_again(letter_id) - desk.clock.instant)
        desk.clock.instant = desk.due_again(letter_id) - timedelta(seconds=1)
        desk.goes_round()
        assert desk.put_off(letter_id)[0] == tries, "not before its time"
        desk.clock.advance(timedelta(seconds=1))

    assert delays == [timedelta(seconds=min(2**tries, 3600)) for tries in range(14)]
    assert desk.clock.instant == begun + sum(delays, timedelta())


def test_an_attempt_that_two_processes_made_is_one_on_record(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.approved()
    other = Desk.of(desk.cities, desk.city, desk.clock).round

    def meanwhile() -> None:
        """The connection that kept the letter in hand is lost, so that another process takes it up."""
        mailbox.on_refusal = lambda: None
        desk.lose_what_is_in_hand()
        other.step()

    mailbox.on_refusal = meanwhile
    mailbox.answer("451 4.7.1 greylisted", "451 4.7.1 greylisted")
    desk.goes_round()

    assert desk.types(letter_id).count("LetterDispatchFailed") == 1
    assert desk.listed(letter_id) == (Status.APPROVED, 1)


def test_that_a_server_took_a_letter_is_on_record_though_another_process_was_refused_it(
    desk: Desk, mailbox: Mailbox
) -> None:
    letter_id = desk.approved()
    other = Desk.of(desk.cities, desk.city, desk.clock).round

    def meanwhile() -> None:
        mailbox.on_mail = lambda: None
        desk.lose_what_is_in_hand()
        mailbox.answer("451 4.7.1 greylisted")
        other.step()

    mailbox.on_mail = meanwhile
    desk.goes_round()
    desk.clock.advance(timedelta(minutes=5))
    desk.goes_round()

    assert len(mailbox.taken) == 1, desk.types(letter_id)
    assert desk.types(letter_id)[-2:] == ["LetterDispatchFailed", "LetterDispatched"]
