"""One-time codes: told in the letter alone, used once with what they allow, or not at all."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from desk.letters.codes import normalised_code, redeem
from desk.letters.commands import CancelLetter, RecordDispatch, RevokeCode
from desk.letters.events import CodePurpose
from desk.letters.refusals import OneTimeCodeUnknown
from desk.packs.letters import LetterCode
from eventstore.city import City
from eventstore.records import StreamId
from eventstore.store import EventStore
from tests.cities import Cities, FrozenClock
from tests.letters import CHIEF, Desk
from tests.mailbox import Mailbox

ABOUT = StreamId("proposal", UUID(int=3))
DAYS = timedelta(days=14)


@pytest.fixture
def desk(cities: Cities, city: City, clock: FrozenClock) -> Desk:
    """The desk."""
    return Desk.of(cities, city, clock)


@pytest.fixture
def letter_id(desk: Desk) -> UUID:
    """An approved letter with a code for a correction, good for fourteen days."""
    return desk.approved(
        template=LetterCode.ONE_TIME_LINK, code_until=desk.clock.instant + DAYS, about=ABOUT, matter="ご提案の補正"
    )


def code_of(desk: Desk, letter_id: UUID) -> str:
    code = desk.events(letter_id)[0].event.code.reveal()
    assert isinstance(code, str)
    return code


def used(desk: Desk, code: str, command_id: UUID | None = None, store: EventStore | None = None) -> StreamId:
    context = desk.office.context(CHIEF, command_id or uuid4())
    store = store or desk.office.store
    return redeem(store, "intake", code, CodePurpose.CORRECTION, context, at=desk.clock.instant).about


def test_a_code_gives_what_the_letter_is_about_once(desk: Desk, letter_id: UUID) -> None:
    code = code_of(desk, letter_id)

    assert used(desk, code) == ABOUT

    with pytest.raises(OneTimeCodeUnknown):
        used(desk, code)
    assert desk.letter(letter_id).code_used


def test_the_same_command_again_finds_the_code_used_by_itself(desk: Desk, letter_id: UUID) -> None:
    code, command_id = code_of(desk, letter_id), uuid4()

    assert used(desk, code, command_id) == used(desk, code, command_id) == ABOUT

    assert desk.types(letter_id).count("OneTimeCodeUsed") == 1


def test_a_code_is_used_with_what_it_allows_or_not_at_all(desk: Desk, letter_id: UUID) -> None:
    code = code_of(desk, letter_id)
    with desk.office.database.connection() as connection:
        with connection.transaction(force_rollback=True):
            used(desk, code, store=desk.office.store.amid(connection))
        assert "OneTimeCodeUsed" not in desk.types(letter_id)
        with connection.transaction():
            assert used(desk, code, store=desk.office.store.amid(connection)) == ABOUT
    assert desk.types(letter_id)[-1] == "OneTimeCodeUsed"


def test_a_code_that_never_was_is_late_or_cancelled_is_refused_in_the_same_words(desk: Desk, letter_id: UUID) -> None:
    told = set()
    expired, cancelled = (
        code_of(desk, letter_id),
        desk.approved(template=LetterCode.ONE_TIME_LINK, code_until=desk.clock.instant + 2 * DAYS, matter="x"),
    )
    desk.does(cancelled, CancelLetter())
    desk.clock.advance(DAYS)
    for code in ("0000-0000-0000-0000", "", "不明", expired, code_of(desk, cancelled)):
        with pytest.raises(OneTimeCodeUnknown) as refused:
            used(desk, code)
        told.add(refused.value.args)
    assert len(told) == 1


def test_a_code_of_a_letter_that_nobody_approved_lets_nobody_in(desk: Desk) -> None:
    letter_id = desk.composed(LetterCode.ONE_TIME_LINK, code_until=desk.clock.instant + DAYS, matter="x")
    with pytest.raises(OneTimeCodeUnknown):
        used(desk, code_of(desk, letter_id))


def test_a_revoked_code_is_refused_in_the_words_of_one_that_never_was(desk: Desk, letter_id: UUID) -> None:
    sent = RecordDispatch(series=1, attempt=1, dispatched_on=desk.office.today(), message_id="<x@y>")
    desk.does(letter_id, sent)
    desk.does(letter_id, RevokeCode())

    told = set()
    for code in ("0000-0000-0000-0000", code_of(desk, letter_id)):
        with pytest.raises(OneTimeCodeUnknown) as refused:
            used(desk, code)
        told.add(refused.value.args)
    assert len(told) == 1


@pytest.fixture
def mailbox(city: City) -> Iterator[Mailbox]:
    """The city's mail server."""
    with Mailbox() as started:
        started.settings().write(city.folder)
        yield started
        (city.folder / "mail.json").unlink()


def test_the_code_stands_in_the_letter_with_its_last_day_and_in_nothing_that_is_stored_in_clear(
    desk: Desk, letter_id: UUID, mailbox: Mailbox
) -> None:
    desk.goes_round()

    code = code_of(desk, letter_id)
    mail = next(one for one in mailbox.taken if code in one.text)
    assert code in mail.pdf_text()
    assert "令和8年12月6日（日）12時00分まで" in mail.text
    stored = desk.office.database
    with stored.connection() as connection:
        records = connection.execute("SELECT record FROM events_intake").fetchall()
    assert all(code.encode() not in record for (record,) in records)
    assert code not in "".join(desk.events(letter_id)[0].event.body.reveal())


@pytest.mark.parametrize("typed", ["abcd efgh jkmn pqrs", "ＡＢＣＤ－ＥＦＧＨ－ＪＫＭＮ－ＰＱＲＳ", "ABCDEFGHJKMNPQRS"])
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert normalised_code(typed) == "ABCD-EFGH-JKMN-PQRS"
