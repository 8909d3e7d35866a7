"""Sends approved letters by mail and records what became of each: a round of every service that writes letters.

Before it goes, a letter is compared with the record of its matter once more: what was overtaken since its approval
stays, as `letter_overtaken` in its row, until a person cancels it.

At least once: whoever is killed between the server's answer and the record sends again after it, with the same
Message-ID, by which both are known as one. Several processes never send the same letter at the same time.

What is refused of one letter, or a fault of our own, puts that letter off with growing delay, up to an hour, and stands
in its row with how often: it is neither lost nor in the way of others.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import psycopg
import structlog
from psycopg.sql import SQL, Identifier

from desk.letters.commands import LetterCommand, RecordDispatch, RecordFailure
from desk.letters.composing import Letters, enquiries
from desk.letters.events import LetterApproved, Means, letter_category
from desk.letters.listing import letters_table
from desk.letters.marks import LABEL, mark
from desk.letters.overtaking import RequireApprovable, require_still_approvable
from desk.letters.refusals import LetterErased
from desk.letters.rules import letter_rules
from desk.letters.sheet import sheet_of
from desk.letters.state import Letter, Status
from desk.letters.texts import file_name
from desk.mail import Mail, MailNotTaken, MailSettings, send
from desk.office import Office
from desk.turns import consequence
from eventstore.database import Database
from eventstore.errors import RenkeiError, Unavailable
from eventstore.protection import Closed
from eventstore.records import Recorded

BATCH: Final = 20
SUBJECT_LIMIT: Final = 200  # characters
LONGEST_DELAY: Final = timedelta(hours=1)
FAULT: Final = "fault"

log = structlog.get_logger(__name__)


@contextmanager
def in_hand(database: Database, letter_id: UUID) -> Iterator[bool]:
    """Whether the letter is ours alone for the length of the block; false where somebody is just sending it."""
    key = int.from_bytes(letter_id.bytes[:8], "big", signed=True)
    with database.connection() as connection, connection.transaction():
        row = connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (key,)).fetchone()
        yield bool(row and row[0])


def put_off(office: Office, letter_id: UUID, code: str) -> None:
    """Notes in a letter's row what keeps it from going out; the round tries it again later, longer each time."""
    statement = SQL(
        "UPDATE {} SET tries = tries + 1, code = %s,"
        " again_at = %s + least(2 ^ least(tries, 20) * interval '1 second', %s) WHERE letter_id = %s"
    ).format(Identifier(letters_table(office.service)))
    with office.database.connection() as connection:
        connection.execute(statement, (code, office.clock(), LONGEST_DELAY, letter_id))


class LetterDispatch:
    """The round that sends one service's letters in one city."""

    name: Final = "letters"
    pause: Final = 5.0

    def __init__(self, service: str, office: Office, approvable: RequireApprovable) -> None:
        """approvable: asked of every letter before it goes."""
        self._service = service
        self._office = office
        self._approvable = approvable
        self._letters = Letters(service, office.store)
        self._mark_key = office.key(LABEL)

    def step(self) -> bool:
        """Sends what is due, a page at most; whether anything was sent.

        Without a mail server letters wait; one that does not answer ends the step. Raises `Unavailable` where the
        database does not answer.
        """
        try:
            return self._go_round()
        except psycopg.Error as fault:
            raise Unavailable(f"letters cannot be read ({type(fault).__name__})", code="letters_unavailable") from fault

    def _go_round(self) -> bool:
        due = self._due(self._office.clock())
        if not due:
            return False
        settings = MailSettings.read(self._office.city.folder)
        if settings is None:
            log.warning("letters wait: no mail server is set up", count=len(due))
            return False
        sent = 0
        for letter_id in due:
            try:
                sent += self._send(letter_id, settings)
            except MailNotTaken:
                break
            except RenkeiError as refused:
                self._put_off(letter_id, refused.stable_code)
            except Exception as fault:  # noqa: BLE001 - one letter with a fault must not be in the way of the others
                log.error("a letter ended in a fault", stream=self._named(letter_id), error=type(fault).__name__)
                self._put_off(letter_id, FAULT)
        return bool(sent)

    def _put_off(self, letter_id: UUID, code: str) -> None:
        log.warning("letter put off", stream=self._named(letter_id), code=code)
        put_off(self._office, letter_id, code)

    def _named(self, letter_id: UUID) -> str:
        return str(self._letters.stream(letter_id))

    def _due(self, now: datetime) -> list[UUID]:
        query = SQL(
            "SELECT letter_id FROM {} WHERE status = %s AND means = %s"
            " AND coalesce(greatest(next_attempt_at, again_at) <= %s, true) ORDER BY tries, position LIMIT %s"
        ).format(Identifier(letters_table(self._service)))
        with self._office.database.connection() as connection:
            rows = connection.execute(query, (Status.APPROVED, Means.MAIL, now, BATCH)).fetchall()
        return [letter_id for (letter_id,) in rows]

    def _send(self, letter_id: UUID, settings: MailSettings) -> bool:
        """Sends one letter, if it is still due by its own stream. Raises `MailNotTaken` where no letter would go."""
        with in_hand(self._office.database, letter_id) as is_ours:
            if not is_ours:
                return False
            events = self._office.store.load(self._letters.stream(letter_id)).events
            letter = letter_rules(self._service).fold(events)
            now = self._office.clock()
            if not _is_due(letter, now):
                return False
            return self._send_due(letter_id, letter, events, settings, now)

    def _send_due(
        self, letter_id: UUID, letter: Letter, events: tuple[Recorded, ...], settings: MailSettings, now: datetime
    ) -> bool:
        token = mark(self._mark_key, letter_id, letter.series)
        approved = [recorded for recorded in events if isinstance(recorded.event, LetterApproved)][-1]
        try:
            mail = self._mail(events, approved, token, now)
        except (LetterErased, Closed):  # the recipient's key is gone: there is nothing left to send
            gone = MailNotTaken(None, "", is_permanent=True, is_server=False)
            self._record_failure(letter_id, letter, approved, gone, now)
            return False
        require_still_approvable(self._office, events, self._approvable)
        try:
            send(settings, mail)
        except MailNotTaken as refused:
            self._record_failure(letter_id, letter, approved, refused, now)
            if refused.is_server:
                raise
            return False
        self._record_dispatch(letter_id, letter, approved, settings.message_id(token), now)
        return True

    def _record_dispatch(
        self, letter_id: UUID, letter: Letter, approved: Recorded, message_id: str, now: datetime
    ) -> None:
        command = RecordDispatch(
            series=letter.series,
            attempt=letter.attempts + 1,
            dispatched_on=self._office.day_of(now),
            message_id=message_id,
        )
        self._record(letter_id, letter, approved, command)
        log.info("letter sent", stream=self._named(letter_id), attempt=letter.attempts + 1)

    def _mail(self, events: tuple[Recorded, ...], approved: Recorded, token: str, now: datetime) -> Mail:
        sheet, issue = sheet_of(events), approved.event
        pack = self._office.rules.of_digest(approved.policy or "")
        remedies = ("【教示】", sheet.remedies) if sheet.remedies else ()
        head = "\n".join((issue.document_number.reveal(), *sheet.addressee))
        text = "\n\n".join((head, sheet.title, *sheet.paragraphs, *remedies, "\n".join(enquiries(pack))))
        return Mail(
            to=sheet.address,
            sender_name=pack.desk.name,
            subject=sheet.title[:SUBJECT_LIMIT],
            text=f"{text}\n",
            file_name=file_name(issue.document_number.reveal()),
            file=issue.file.reveal(),
            mark=token,
            date=now,
        )

    def _record_failure(
        self, letter_id: UUID, letter: Letter, approved: Recorded, refused: MailNotTaken, now: datetime
    ) -> None:
        command = RecordFailure(
            series=letter.series,
            at=now,
            is_permanent=refused.is_permanent,
            smtp_code=refused.smtp_code,
            diagnostics=refused.diagnostics,
        )
        self._record(letter_id, letter, approved, command)
        code = str(refused.smtp_code or "no_answer")
        log.warning(
            "letter not taken by the mail server", stream=self._named(letter_id), code=code, attempt=letter.attempts + 1
        )

    def _record(self, letter_id: UUID, letter: Letter, approved: Recorded, command: LetterCommand) -> None:
        """As a consequence of the approval; what came of an attempt is recorded once, whoever made it.

        That the server took it is another command than that it did not: neither is a repetition of the other.
        """
        attempt = f"{letter.series}/{letter.attempts + 1}/{type(command).__name__}"
        command_id = uuid5(letter_id, f"{letter_category(self._service)}/{attempt}")
        context = consequence(self._service, command_id, approved, policy=approved.policy)
        self._letters.carry_out(letter_id, command, context)


def _is_due(letter: Letter, now: datetime) -> bool:
    if letter.status is not Status.APPROVED or letter.means is not Means.MAIL:
        return False
    return letter.next_attempt_at is None or letter.next_attempt_at <= now
