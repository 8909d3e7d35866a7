"""Approved letters go out by a real SMTP server, again until it takes them, and whatever happened is on record."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from apps.cli.__main__ import main
from desk.letters.commands import CancelLetter, ReaddressLetter
from desk.letters.dispatch import in_hand
from desk.letters.events import LetterDispatchFailed, Means
from desk.letters.state import Status
from eventstore import logs
from eventstore.city import City
from tests.appending import unable_to_append
from tests.cities import Cities, FrozenClock
from tests.letters import ADDRESS, APPROVAL, CHIEF, Desk
from tests.mailbox import Mailbox, Taken, report


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
    mailbox.settings().write(city.folder)
    for letter_id in made.round._due(clock.instant + timedelta(days=9)):
        made.does(letter_id, CancelLetter())


@pytest.mark.row("B02")
def test_an_approved_letter_arrives_with_its_file_number_ground_and_remedies(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.approved()

    assert desk.goes_round()

    (mail,) = mailbox.taken
    assert mail.recipients == (ADDRESS,)
    assert mail.message["Subject"] == "ご提案「路線バスの時刻を雪の日にも」の審査結果について"
    printed = mail.pdf_text()
    for told in ("青連第12号", "令和8年11月22日", "審査請求", "取消しの訴え", "第2号", "直接的な営業を目的とするため"):
        assert told in printed
        assert told in mail.text or told == "令和8年11月22日"
    assert desk.types(letter_id) == ["LetterComposed", "LetterApproved", "LetterDispatched"]
    assert desk.listed(letter_id) == (Status.DISPATCHED, 1)


def test_the_file_that_was_sent_is_the_file_on_record(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.approved()
    desk.goes_round()

    (attached,) = mailbox.taken[0].message.iter_attachments()
    approved = desk.events(letter_id)[1].event
    assert attached.get_filename() == f"{approved.document_number.reveal()}.pdf"
    assert attached.get_content() == approved.file.reveal()


def test_a_letter_that_nobody_approved_never_leaves(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.composed()
    desk.follow()

    desk.goes_round()

    assert mailbox.taken == []
    assert desk.listed(letter_id) == (Status.COMPOSED, 0)


def test_a_cancelled_letter_never_leaves_even_where_the_list_does_not_know_yet(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.approved()
    desk.letters.carry_out(letter_id, CancelLetter(), desk.office.context(desk.events(letter_id)[0].actor))

    assert not desk.round.step()

    assert mailbox.taken == []


def test_a_letter_by_post_is_not_mailed(desk: Desk, mailbox: Mailbox) -> None:
    desk.approved(means=Means.POST, address="〒030-8505 青森市柳川一丁目1-1")

    desk.goes_round()

    assert mailbox.taken == []


def test_what_the_server_puts_off_is_tried_again_when_its_time_has_come(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.approved()
    mailbox.answer("451 4.7.1 greylisted", "451 4.7.1 greylisted")

    desk.goes_round()
    desk.goes_round()
    assert desk.listed(letter_id) == (Status.APPROVED, 1)
    desk.clock.advance(timedelta(minutes=1))
    desk.goes_round()
    assert desk.listed(letter_id) == (Status.APPROVED, 2)
    desk.clock.advance(timedelta(minutes=1))
    desk.goes_round()
    assert mailbox.taken == []
    desk.clock.advance(timedelta(minutes=1))
    desk.goes_round()

    assert len(mailbox.taken) == 1
    assert desk.listed(letter_id) == (Status.DISPATCHED, 3)
    assert [one.event.smtp_code for one in desk.events(letter_id)[2:4]] == [451, 451]


def test_what_the_server_refuses_is_left_to_a_person_and_goes_to_another_address_once_approved(
    desk: Desk, mailbox: Mailbox
) -> None:
    letter_id = desk.approved()
    mailbox.answer("550 5.1.1 no such user")

    desk.goes_round()
    desk.clock.advance(timedelta(days=1))
    desk.goes_round()

    assert mailbox.taken == []
    assert desk.listed(letter_id) == (Status.FAILED, 1)
    failed: LetterDispatchFailed = desk.events(letter_id)[-1].event
    assert (failed.permanent, failed.smtp_code) == (True, 550)
    assert "no such user" in failed.diagnostics.reveal()
    desk.does(letter_id, ReaddressLetter(means=Means.MAIL, lines=("長谷川 様",), address="new@yuki.example.jp"))
    desk.goes_round()
    assert mailbox.taken == []
    desk.approved(letter_id)
    desk.goes_round()
    assert mailbox.taken[0].recipients == ("new@yuki.example.jp",)


def test_letters_wait_while_the_server_is_down_and_one_attempt_tells_for_all(desk: Desk, mailbox: Mailbox) -> None:
    first, second = desk.approved(), desk.approved()
    with Mailbox() as gone:
        gone.settings().write(desk.city.folder)

    desk.goes_round()

    assert (desk.listed(first), desk.listed(second)) == ((Status.APPROVED, 1), (Status.APPROVED, 0))
    assert desk.events(first)[-1].event.smtp_code is None
    mailbox.settings().write(desk.city.folder)
    desk.clock.advance(timedelta(minutes=1))
    desk.goes_round()
    assert len(mailbox.taken) == 2


def test_letters_wait_visibly_where_no_server_is_set(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.approved()
    (desk.city.folder / "mail.json").unlink()

    assert not desk.goes_round()

    assert desk.listed(letter_id) == (Status.APPROVED, 0)


def test_killed_between_sending_and_recording_the_same_message_goes_out_again(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.approved()
    with unable_to_append(desk.cities, desk.city, "intake"):
        assert not Desk.of(desk.cities, desk.city, desk.clock).round.step()
    assert desk.listed(letter_id) == (Status.APPROVED, 0)
    assert desk.put_off(letter_id) == (1, "database_unavailable")

    assert not desk.goes_round()
    desk.clock.advance(timedelta(seconds=1))
    desk.goes_round()

    first, second = mailbox.taken
    assert first.message["Message-ID"] == second.message["Message-ID"]
    assert desk.types(letter_id)[-1:] == ["LetterDispatched"]


def test_two_processes_send_a_letter_once(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.approved()
    other = Desk.of(desk.cities, desk.city, desk.clock).round
    steps: list[bool] = []
    mailbox.on_mail = lambda: steps.append(other.step())

    desk.goes_round()
    other.step()

    assert steps == [False]
    assert len(mailbox.taken) == 1
    assert desk.types(letter_id).count("LetterDispatched") == 1


def test_a_letter_that_is_being_sent_is_in_nobody_elses_hands(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.approved()
    seen: list[bool] = []

    def look() -> None:
        with in_hand(desk.office.database, letter_id) as is_ours:
            seen.append(is_ours)

    mailbox.on_mail = look
    desk.goes_round()
    look()

    assert seen == [False, True]


def test_a_letter_that_cannot_be_made_up_is_put_off_alone_and_seen_to_be(desk: Desk, mailbox: Mailbox) -> None:
    bad, good = desk.approved(policy="0" * 64), desk.approved()

    assert desk.goes_round()

    assert (desk.listed(bad)[0], desk.listed(good)[0]) == (Status.APPROVED, Status.DISPATCHED)
    assert desk.put_off(bad) == (1, "no_pack_in_force")
    (row,) = [one for one in desk.list()["items"] if one["letter_id"] == str(bad)]
    assert (row["waits_for"], row["code"]) == ("mending", "no_pack_in_force")
    assert desk.waiting() == {"no_pack_in_force": 1}
    assert not desk.goes_round()
    assert desk.put_off(bad) == (1, "no_pack_in_force")
    desk.clock.advance(timedelta(seconds=1))
    assert not desk.goes_round()
    assert desk.put_off(bad) == (2, "no_pack_in_force")
    desk.does(bad, CancelLetter())
    assert desk.waiting() == {}
    assert len(mailbox.taken) == 1


@pytest.mark.row("B02")
def test_a_letter_goes_out_by_the_rules_it_was_approved_under_whatever_its_date(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.composed()
    desk.letters.approve(
        letter_id,
        desk.approval(),
        desk.office.pack(),
        desk.office.context(CHIEF),
        database=desk.office.database,
        at=desk.clock.instant,
        issued_on=date(1999, 1, 1),
    )
    desk.follow()

    assert desk.goes_round()
    assert len(mailbox.taken) == 1


def test_fifty_letters_approved_while_the_server_is_down_go_out_once_each_when_it_is_up(
    desk: Desk, mailbox: Mailbox
) -> None:
    letters = [desk.approved(address=f"h{n}@yuki.example.jp") for n in range(50)]
    other = Desk.of(desk.cities, desk.city, desk.clock).round
    with Mailbox() as gone:
        gone.settings().write(desk.city.folder)
    for _ in range(5):
        assert not desk.goes_round()
        assert not other.step()
        desk.clock.advance(timedelta(seconds=5))
    assert mailbox.taken == []

    mailbox.settings().write(desk.city.folder)
    desk.clock.advance(timedelta(minutes=5))
    with ThreadPoolExecutor(2) as processes:
        for _ in range(5):
            list(processes.map(lambda round_: round_.step(), (desk.round, other)))
            desk.follow()

    assert {desk.listed(letter_id)[0] for letter_id in letters} == {Status.DISPATCHED}
    assert sorted(mail.recipients[0] for mail in mailbox.taken) == sorted(f"h{n}@yuki.example.jp" for n in range(50))
    for letter_id in letters:
        assert desk.types(letter_id).count("LetterDispatched") == 1


@pytest.mark.parametrize("is_approved_again", [False, True])
def test_a_letter_that_got_another_address_while_it_was_sent_goes_to_both_and_both_are_on_record(
    desk: Desk, mailbox: Mailbox, is_approved_again: bool
) -> None:
    letter_id = desk.approved()

    def meanwhile() -> None:
        """The connection that kept the letter in hand is lost: nothing keeps an officer from readdressing it."""
        mailbox.on_mail = lambda: None
        desk.lose_what_is_in_hand()
        other = Desk.of(desk.cities, desk.city, desk.clock)
        command = ReaddressLetter(means=Means.MAIL, lines=("長谷川 美咲 様",), address="new@yuki.example.jp")
        other.letters.carry_out(letter_id, command, other.office.context(CHIEF))
        if is_approved_again:
            other.approved(letter_id)

    mailbox.on_mail = meanwhile
    assert not desk.round.step()

    desk.follow()
    if not is_approved_again:
        assert desk.listed(letter_id) == (Status.COMPOSED, 0)
        desk.approved(letter_id)
    assert desk.listed(letter_id) == (Status.APPROVED, 0)
    desk.clock.advance(timedelta(seconds=1))
    desk.goes_round()
    assert [mail.recipients for mail in mailbox.taken] == [(ADDRESS,), ("new@yuki.example.jp",)]
    sent = [one.event.series for one in desk.events(letter_id) if one.type == "LetterDispatched"]
    assert sent == [1, 2]
    assert desk.listed(letter_id) == (Status.DISPATCHED, 1)


@pytest.mark.parametrize(
    "title",
    [
        "件名\r\nBcc: everyone@example.jp\r\n\r\n本文",
        "\u202egnp.exe\u202c 読めない向き",
        "長" * 200,
        "{receipt_number} {0.__class__} =?utf-8?b?QQ==?=",
    ],
    ids=["header injection", "turned", "long", "braces"],
)
def test_a_hostile_title_stays_a_title(desk: Desk, mailbox: Mailbox, title: str) -> None:
    desk.approved(title=title, lines=(f"{title[:40]} 様",))

    desk.goes_round()

    (mail,) = mailbox.taken
    assert mail.recipients == (ADDRESS,)
    assert mail.message["Bcc"] is None
    assert not set("\r\n\u202e\u202c") & set(str(mail.message["Subject"]))
    assert "{receipt_number}" in str(mail.message["Subject"]) or "{" not in title


@pytest.mark.parametrize("address", ["h@yuki.example.jp\r\nRCPT TO:<x@example.jp>", "h@@x", "<h@x>, y@z", "名"])
def test_what_is_no_address_is_not_sent_to_and_left_to_a_person(desk: Desk, mailbox: Mailbox, address: str) -> None:
    letter_id = desk.approved(address=address)

    desk.goes_round()

    assert mailbox.taken == []
    assert desk.listed(letter_id) == (Status.FAILED, 1)


def test_no_address_and_no_title_is_in_the_log(desk: Desk, mailbox: Mailbox) -> None:
    written = io.StringIO()
    logs.configure(written)
    desk.approved()
    mailbox.answer(f"550 5.1.1 <{ADDRESS}>: no such user")
    desk.goes_round()
    desk.approved()
    desk.goes_round()

    told = written.getvalue()
    assert "letter sent" in told
    assert "letter not taken" in told
    for secret in (ADDRESS, "yuki", "長谷川", "路線バス", APPROVAL.document_number):
        assert secret not in told


def bounced(city: City, message: bytes) -> tuple[int, str]:
    """`renkei mail bounced` with this on its standard input: exit code and output."""
    environment = {"RENKEI_HOME": str(city.folder.parent)}
    result = CliRunner(env=environment).invoke(main, ["mail", "bounced", "--city", city.name], input=message)
    return result.exit_code, result.output


@pytest.mark.parametrize("to", [None, "desk@city.example.jp"], ids=["by its address", "by what it returns"])
def test_a_report_that_it_did_not_arrive_is_recorded_of_its_letter_once(
    desk: Desk, mailbox: Mailbox, to: str | None
) -> None:
    letter_id = desk.approved()
    desk.goes_round()
    (mail,) = mailbox.taken

    assert bounced(desk.city, report(mail, to=to)) == (0, f"{letter_id}\n")
    assert bounced(desk.city, report(mail, to=to)) == (0, f"{letter_id}\n")

    desk.follow()
    assert desk.types(letter_id)[-2:] == ["LetterDispatched", "LetterBounced"]
    assert "user unknown" in desk.events(letter_id)[-1].event.diagnostics.reveal()
    assert desk.listed(letter_id) == (Status.BOUNCED, 1)


def test_what_is_no_report_of_a_failure_is_refused_and_changes_nothing(desk: Desk, mailbox: Mailbox) -> None:
    letter_id = desk.approved()
    desk.goes_round()
    (mail,) = mailbox.taken
    forged = Taken(sender="a" * 40, recipients=(), content=b"Message-ID: <" + b"a" * 40 + b"@x>\r\n\r\n")

    for message in (
        b"",
        b"\xff\x00",
        b"Subject: hello\r\n\r\nx",
        mail.content,
        report(mail, action="delayed"),
        report(forged),
    ):
        assert bounced(desk.city, message)[0] == 1

    assert desk.types(letter_id)[-1] == "LetterDispatched"
