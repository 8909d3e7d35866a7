"""Notices of calls that open (S16): a letter for every company that is owed one, to be approved by a person.

Who is owed one the list of companies says, as of the opening; a round writes to them one by one, each in a transaction
of its own, so that a call which two thousand companies wait for keeps nobody else waiting. What stands in the company's
own stream by then decides: nobody is told twice of a call, and nobody who has had enough of notices is told.
"""

from datetime import timedelta
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
from desk.turns import SYSTEM, SYSTEM_ROLE
from desk.wareki import wareki_moment
from eventstore.database import Connection
from eventstore.errors import RenkeiError, Unavailable
from eventstore.execution import execute
from eventstore.records import Actor, Code, Context, Recorded, StreamId
from eventstore.store import EventStore
from eventstore.tracing import child
from services.intake.domain.call import CALL
from services.intake.domain.call.events import CallOpened
from services.intake.domain.company import COMPANY
from services.intake.domain.company.commands import EndNotices, NoteCallNotice
from services.intake.queries.recipients import recipient_of

CODE_IS_GOOD_FOR: Final = timedelta(days=365)
HOW_TO_END: Final = (
    "このお知らせは、お知らせを希望して登録された方にお送りしています。"
    "今後のお知らせが不要な場合は、ポータルサイトで次の番号を入力すると、ご自身で停止できます。"
)
NOBODY_REACHED: Final = "宛名または宛先の記録が消去されているため"
BEFORE_ALL: Final = 0

log = structlog.get_logger(__name__)


class Owed(NamedTuple):
    """A company that is owed a notice of a call, and its place in the list."""

    position: int
    company: StreamId
    call: StreamId


class NoticeRound:
    """The round of one city's notices: through the list of companies, and from its first again after its last.

    What a rule refuses, or a fault of our own, is noted in the log and passed until then; it stays owed, for all to see
    in `list_call_notices`.
    """

    name: Final = "call_notices"
    pause: Final = 5.0

    def __init__(self, office: Office) -> None:
        self._office = office
        self._last = BEFORE_ALL

    def step(self) -> bool:
        """Writes the next notice that nobody has in hand; whether there was one.

        Nothing is written while the pack in force has no such letter. Raises `Unavailable` where it has to be tried
        again: then nothing has happened.
        """
        try:
            with self._office.database.connection() as connection, connection.transaction():
                owed = self._next(connection)
                if owed is not None and self._can_write():
                    self._settle(connection, owed)
                    self._last = owed.position
                    return True
        except psycopg.Error as fault:
            raise Unavailable(
                f"notices cannot be written ({type(fault).__name__})", code="notices_unavailable"
            ) from fault
        self._last = BEFORE_ALL
        return False

    def _next(self, connection: Connection) -> Owed | None:
        row = connection.execute(
            "SELECT position, company_id, owed[1] FROM intake_companies WHERE owed <> '{}' AND position > %s"
            " ORDER BY position LIMIT 1 FOR UPDATE SKIP LOCKED",
            (self._last,),
        ).fetchone()
        if row is None:
            return None
        position, company_id, call_id = row
        return Owed(position, StreamId(COMPANY.category, company_id), StreamId(CALL.category, call_id))

    def _can_write(self) -> bool:
        rules = self._office.pack().letters
        if rules and LetterCode.CALL_NOTICE in rules.templates:
            return True
        log.warning("notices wait: the pack in force has no such letter", template=LetterCode.CALL_NOTICE)
        return False

    def _settle(self, connection: Connection, owed: Owed) -> None:
        """Writes one notice, or passes it."""
        try:
            with connection.transaction():
                self._write(self._office.store.amid(connection), owed)
                connection.execute(
                    "UPDATE intake_companies SET owed = array_remove(owed, %s) WHERE company_id = %s",
                    (owed.call.id, owed.company.id),
                )
        except (Unavailable, psycopg.OperationalError):
            raise
        except RenkeiError as refused:
            log.warning("notice not written", stream=str(owed.company), code=refused.stable_code)
        except Exception as fault:  # noqa: BLE001 - one company with a fault must not be in the way of the others
            log.error("a notice ended in a fault", stream=str(owed.company), error=type(fault).__name__)

    def _write(self, store: EventStore, owed: Owed) -> None:
        """Writes to the company, unless it is not to be told; where it cannot be reached any more, its notices end."""
        cause = next(one for one in store.load(owed.call).events if isinstance(one.event, CallOpened))
        company = COMPANY.fold(store.load(owed.company).events)
        if company.stated is None or not company.is_to_be_told(owed.call.id, cause.event.subjects):
            return
        pack, recipient = self._office.pack(), recipient_of(company.stated)
        if recipient is None:
            context = self._context(cause, owed, pack, reason=NOBODY_REACHED)
            execute(store, COMPANY, owed.company, EndNotices(ended_on=self._office.today()), context)
            return
        context = self._context(cause, owed, pack)
        draft = self._draft(cause.event, owed.company, recipient, pack)
        (composed,) = Letters(self._office.service, store).compose(draft, pack, context).recorded
        noted = NoteCallNotice(call_id=owed.call.id, letter_id=composed.stream.id)
        execute(store, COMPANY, owed.company, noted, context)

    def _context(self, cause: Recorded, owed: Owed, pack: Pack, *, reason: str | None = None) -> Context:
        """As a consequence of the opening; the same company is told of it by the same command, whoever is at work."""
        return Context(
            command_id=uuid5(cause.id, f"{self._office.service}.{self.name}/{owed.company}"),
            correlation_id=cause.correlation_id,
            causation_id=cause.id,
            trace=child(cause.trace, cause.correlation_id, cause.id),
            actor=Actor(id=SYSTEM, role=SYSTEM_ROLE, app=Code(self._office.service)),
            policy=pack.digest,
            reason=reason,
        )

    def _draft(self, opened: CallOpened, company: StreamId, recipient: Recipient, pack: Pack) -> Draft:
        return Draft(
            template=LetterCode.CALL_NOTICE,
            about=company,
            recipient=recipient,
            values={"call_title": opened.title, "text": _text(opened, pack)},
            added=HOW_TO_END,
            code=CodeWanted(purpose=CodePurpose.NOTICES_END, valid_until=self._office.clock() + CODE_IS_GOOD_FOR),
        )


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
