"""Notices of calls that open (S16): a letter for every company that is owed one, to be approved by a person.

Who is owed one the list of companies says, as of the opening; a round writes to them one by one, each in a transaction
of its own, so that a call which two thousand companies wait for keeps nobody else waiting. What stands in the company's
own stream by then decides: nobody is told twice of a call, nobody who has had enough of notices is told, and nobody is
invited to a call that has closed.
"""

from datetime import date, timedelta
from typing import Final, NamedTuple
from uuid import uuid5

import psycopg
import structlog

from desk.letters.commands import Recipient
from desk.letters.composing import CodeWanted, Draft, Letters
from desk.letters.events import CodePurpose
from desk.office import Office
from desk.packs import Pack
from desk.packs.letters import LetterCode
from desk.rules import RuleBook
from desk.timers import FAULT, delay_after
from desk.turns import consequence
from desk.wareki import wareki_moment
from eventstore.database import Connection
from eventstore.errors import RenkeiError, Unavailable
from eventstore.execution import execute
from eventstore.records import Context, Recorded, StreamId
from eventstore.store import EventStore
from services.intake.domain.call import CALL
from services.intake.domain.call.events import CallOpened
from services.intake.domain.call.state import Standing
from services.intake.domain.company import COMPANY
from services.intake.domain.company.commands import EndNotices, NoteCallNotice
from services.intake.queries.recipients import recipient_of

CODE_IS_GOOD_FOR: Final = timedelta(days=365)
HOW_TO_END: Final = (
    "このお知らせは、お知らせを希望して登録された方にお送りしています。"
    "今後のお知らせが不要な場合は、ポータルサイトで次の番号を入力すると、ご自身で停止できます。"
)
NOBODY_REACHED: Final = "宛名または宛先の記録が消去されているため"

log = structlog.get_logger(__name__)


class Owed(NamedTuple):
    """A company that is owed a notice of a call, and how often that was put off."""

    company: StreamId
    call: StreamId
    tries: int


class NoticeRound:
    """The round of one city's notices, through the list of companies.

    What a rule refuses, or a fault of our own, puts that one company off with growing delay, up to an hour, and stands
    in its row with how often: it stays owed, for all to see in `list_call_notices`, and is in nobody's way.
    """

    name: Final = "call_notices"
    pause: Final = 5.0

    def __init__(self, office: Office) -> None:
        self._office = office

    def step(self) -> bool:
        """Writes the next notice that nobody has in hand; whether there was one.

        Nothing is written while the pack in force has no such letter. Raises `Unavailable` where it has to be tried
        again: then nothing has happened.
        """
        try:
            with self._office.database.connection() as connection, connection.transaction():
                store = self._office.store.amid(connection)
                rules = self._office.rules.amid(store)
                owed = self._next(connection)
                if owed is None or not _can_write(rules.in_force(self._today(rules))):
                    return False
                self._settle(connection, store, rules, owed)
                return True
        except psycopg.Error as fault:
            raise Unavailable(
                f"notices cannot be written ({type(fault).__name__})", code="notices_unavailable"
            ) from fault

    def _next(self, connection: Connection) -> Owed | None:
        row = connection.execute(
            "SELECT company_id, owed[1], tries FROM intake_companies"
            " WHERE owed <> '{}' AND coalesce(again_at <= %s, true) ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED",
            (self._office.clock(),),
        ).fetchone()
        if row is None:
            return None
        company_id, call_id, tries = row
        return Owed(StreamId(COMPANY.category, company_id), StreamId(CALL.category, call_id), tries)

    def _settle(self, connection: Connection, store: EventStore, rules: RuleBook, owed: Owed) -> None:
        """Writes one notice, or puts it off."""
        try:
            with connection.transaction():
                self._write(store, rules, owed)
                connection.execute(
                    "UPDATE intake_companies SET owed = array_remove(owed, %s), tries = 0, code = NULL, again_at = NULL"
                    " WHERE company_id = %s",
                    (owed.call.id, owed.company.id),
                )
        except (Unavailable, psycopg.OperationalError):
            raise
        except RenkeiError as refused:
            self._put_off(connection, owed, refused.stable_code)
        except Exception as fault:  # noqa: BLE001 - one company with a fault must not be in the way of the others
            log.error("a notice ended in a fault", stream=str(owed.company), error=type(fault).__name__)
            self._put_off(connection, owed, FAULT)

    def _put_off(self, connection: Connection, owed: Owed, code: str) -> None:
        """What else the company is owed comes first when it is its turn again."""
        log.warning("notice put off", stream=str(owed.company), code=code, tries=owed.tries + 1)
        connection.execute(
            "UPDATE intake_companies SET owed = array_append(array_remove(owed, %(call)s), %(call)s),"
            " tries = %(tries)s, code = %(code)s, again_at = %(again_at)s WHERE company_id = %(company)s",
            {
                "call": owed.call.id, "company": owed.company.id, "tries": owed.tries + 1, "code": code,
                "again_at": self._office.clock() + delay_after(owed.tries),
            },
        )  # fmt: skip

    def _today(self, rules: RuleBook) -> date:
        return rules.day_of(self._office.clock())

    def _write(self, store: EventStore, rules: RuleBook, owed: Owed) -> None:
        """Writes to the company, unless it is not to be told; where it cannot be reached any more, its notices end."""
        events = store.load(owed.call).events
        cause = next(one for one in events if isinstance(one.event, CallOpened))
        company = COMPANY.fold(store.load(owed.company).events)
        is_open = CALL.fold(events).standing(self._office.clock()) is Standing.OPEN
        if not is_open or company.stated is None or not company.is_to_be_told(owed.call.id, cause.event.subjects):
            return
        today, recipient = self._today(rules), recipient_of(company.stated)
        pack = rules.in_force(today)
        if recipient is None:
            context = self._context(cause, owed, pack, reason=NOBODY_REACHED)
            execute(store, COMPANY, owed.company, EndNotices(ended_on=today), context)
            return
        context = self._context(cause, owed, pack)
        draft = self._draft(cause.event, owed.company, recipient, pack)
        (composed,) = Letters(self._office.service, store).compose(draft, pack, context).recorded
        noted = NoteCallNotice(call_id=owed.call.id, letter_id=composed.stream.id)
        execute(store, COMPANY, owed.company, noted, context)

    def _context(self, cause: Recorded, owed: Owed, pack: Pack, *, reason: str | None = None) -> Context:
        """As a consequence of the opening; the same company is told of it by the same command, whoever is at work."""
        command_id = uuid5(cause.id, f"{self._office.service}.{self.name}/{owed.company}")
        return consequence(self._office.service, command_id, cause, policy=pack.digest, reason=reason)

    def _draft(self, opened: CallOpened, company: StreamId, recipient: Recipient, pack: Pack) -> Draft:
        return Draft(
            template=LetterCode.CALL_NOTICE,
            about=company,
            recipient=recipient,
            values={"call_title": opened.title, "text": _text(opened, pack)},
            added=HOW_TO_END,
            code=CodeWanted(purpose=CodePurpose.NOTICES_END, valid_until=self._office.clock() + CODE_IS_GOOD_FOR),
        )


def _can_write(pack: Pack) -> bool:
    if pack.letters and LetterCode.CALL_NOTICE in pack.letters.templates:
        return True
    log.warning("notices wait: the pack in force has no such letter", template=LetterCode.CALL_NOTICE)
    return False


def _text(opened: CallOpened, pack: Pack) -> str:
    """What the notice tells of the call: what all may read."""
    period = f"{wareki_moment(opened.opens_at, pack.zone)}から{wareki_moment(opened.closes_at, pack.zone)}まで"
    subjects = "、".join(known.name for code, known in pack.subjects.items() if code in opened.subjects)
    told = [
        f"新しい募集「{opened.title}」を始めました。",
        f"募集期間：{period}",
        *([f"分野：{subjects}"] if subjects else []),
        f"課題の内容：{opened.issue}",
        *([f"条件：{opened.conditions}"] if opened.conditions else []),
    ]
    return "\n".join(told)
