"""Composes letters from what was decided, and approves them: the one way by which any service writes to anybody.

    letters = Letters("intake", office.store)
    letters.compose(
        Draft(template=LetterCode.ACCEPTANCE_NOTICE, about=stream, recipient=recipient,
              values={"receipt_number": "…", "title": "…", "accepted_on": today}),
        office.pack(), context)

Amid the transaction that decides: `letters.amid(connection).compose(…)`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, TypeAlias
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from desk.letters.codes import draw_code
from desk.letters.commands import (
    Approval,
    ApproveLetter,
    CancelLetter,
    CodeGiven,
    CodeItem,
    ComposeLetter,
    LetterCommand,
    Recipient,
)
from desk.letters.events import NUMBER_INDEX, CodePurpose, Means, letter_category
from desk.letters.refusals import DocumentNumberUsed, LetterAddressMissing, LetterTemplateUnknown, LetterValuesUnfit
from desk.letters.rules import letter_rules
from desk.letters.sheet import Sheet, sheet_of
from desk.letters.texts import Value, filled, one_line, paragraph
from desk.packs import Pack
from desk.packs.letters import PLACES, LetterCode, LetterRules
from desk.paper import render
from desk.wareki import wareki, wareki_moment
from eventstore.database import Connection, Database
from eventstore.errors import NotFound
from eventstore.execution import Outcome, execute
from eventstore.records import Context, StreamId
from eventstore.store import EventStore

Typeset: TypeAlias = Callable[[str, Mapping[str, Any]], bytes]
ONE_NUMBER_AT_A_TIME: Final = 0x7265_6E6B_646F_636E
"""The advisory lock under which a document number is looked up and taken."""
LINK: Final = "お手続のページ："


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeWanted:
    """A one-time code that a letter is to carry: what it allows, and until when (UTC).

    item: what it is for, where the letter's subject does not say that.
    """

    purpose: CodePurpose
    valid_until: datetime
    item: CodeItem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A letter to compose. values: one for each of the template's places (`PLACES`); added: one more paragraph."""

    template: LetterCode
    about: StreamId
    recipient: Recipient
    values: Mapping[str, Value] = field(repr=False)
    added: str | None = field(default=None, repr=False)
    code: CodeWanted | None = None


def addressee(organisation: str | None, department: str | None, person: str | None) -> tuple[str, ...]:
    """The lines of an addressee, the last with 様, or 御中 where no person is named."""
    lines = [one_line(line) for line in (organisation, department) if line]
    if person:
        return (*lines, f"{one_line(person)} 様")
    return (*lines[:-1], f"{lines[-1]} 御中") if lines else ()


class Letters:
    """The letters of one service in one city."""

    def __init__(self, service: str, store: EventStore, *, typeset: Typeset = render) -> None:
        """typeset: makes the PDF of a template and values."""
        self._service = service
        self._store = store
        self._typeset = typeset
        self._rules = letter_rules(service)

    def amid(self, connection: Connection) -> "Letters":
        """The same amid a transaction: a letter that is composed there is committed with it, or not at all."""
        return Letters(self._service, self._store.amid(connection), typeset=self._typeset)

    def stream(self, letter_id: UUID) -> StreamId:
        """A letter's stream."""
        return StreamId(letter_category(self._service), letter_id)

    def earlier(self, letter_id: UUID, context: Context) -> Outcome | None:
        """What this command caused on a letter before, None where it is new: whatever has happened since.

        Raises `CommandIdReused` where it came with another content.
        """
        nothing = replace(self._rules, decide=lambda _, __: ())
        outcome = execute(self._store, nothing, self.stream(letter_id), CancelLetter(), context)
        return outcome if outcome.repeated else None

    def compose(self, draft: Draft, pack: Pack, context: Context, *, letter_id: UUID | None = None) -> Outcome:
        """Writes a letter, which then waits for its approval; the same command again gives the same letter.

        letter_id: its id; unless given, one for each command, template and recipient.
        Refused with `LetterTemplateUnknown` where the pack has none, `LetterValuesUnfit` where values are missing or
        not told by that letter, `LetterAddressMissing` without addressee or address.
        """
        letter_id = letter_id or uuid5(context.command_id, f"letter/{draft.template}/{draft.recipient.id}")
        return self.carry_out(letter_id, composed(draft, pack), context)

    def approve(
        self, letter_id: UUID, approval: Approval, pack: Pack, context: Context, *,
        database: Database, at: datetime, issued_on: date, expected_version: int | None = None,
    ) -> Outcome:  # fmt: skip
        """Approves a letter: from now on it is the PDF that is made here, and goes out.

        database: where it is stored. at: now. Raises `NotFound`, `LetterErased`, `LetterNotToApprove`, `LetterNotDue`
        where its code is used, revoked or has expired, and `DocumentNumberUsed`.
        """
        events = self._store.load(self.stream(letter_id)).events
        if not events:
            raise NotFound
        file = self._typeset("letter", _printed(sheet_of(events), approval, pack, issued_on))
        command = ApproveLetter(approval=approval, at=at, issued_on=issued_on, file=file)
        with database.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (ONE_NUMBER_AT_A_TIME,))
            letters = self.amid(connection)
            outcome = letters.carry_out(letter_id, command, context, expected_version=expected_version)
            letters.require_unused(approval.document_number, letter_id)
        return outcome

    def require_unused(self, document_number: str, letter_id: UUID) -> None:
        """Raises `DocumentNumberUsed` where another letter of the service was approved under the number.

        A letter keeps its number when it is approved again, and a cancelled one too (欠番).
        """
        if set(self._store.find(NUMBER_INDEX, document_number)) - {self.stream(letter_id)}:
            raise DocumentNumberUsed

    def carry_out(
        self, letter_id: UUID, command: LetterCommand, context: Context, *, expected_version: int | None = None
    ) -> Outcome:
        """Executes a command on a letter. Raises what the rules refuse."""
        stream = self.stream(letter_id)
        return execute(self._store, self._rules, stream, command, context, expected_version=expected_version)


def composed(draft: Draft, pack: Pack) -> ComposeLetter:
    """What a draft comes to under a pack; refused as `Letters.compose` does."""
    rules = pack.letters
    template = rules.templates.get(draft.template) if rules else None
    if rules is None or template is None:
        raise LetterTemplateUnknown
    if strange := set(draft.values) - PLACES[draft.template]:
        raise LetterValuesUnfit(f"この文書に差し込まない内容が含まれています（{'、'.join(sorted(strange))}）。")
    _require_address(draft.recipient)
    values = {**draft.values, "city": pack.municipality.name.value, "desk": pack.desk.name, "phone": pack.desk.phone}
    body = [paragraph(filled(one, values)) for one in template.body]
    body += [paragraph(draft.added)] if draft.added else []
    return ComposeLetter(
        template=draft.template,
        about=draft.about,
        recipient=draft.recipient,
        adverse=template.adverse,
        title=one_line(filled(template.title, values)),
        body=tuple(body),
        remedies=rules.remedies.value if template.adverse and rules.remedies else None,
        code=_code(draft.code, rules, pack) if draft.code else None,
    )


def _require_address(recipient: Recipient) -> None:
    if not recipient.address.strip() or not recipient.lines:
        raise LetterAddressMissing("宛名か宛先（メールアドレスまたは住所）が分からないため、文書を作成できません。")


def _code(wanted: CodeWanted, rules: LetterRules, pack: Pack) -> CodeGiven:
    code = draw_code()
    notice = filled(rules.code_notice.text, {"code": code, "valid_until": _told_until(wanted.valid_until, pack.zone)})
    if rules.portal_url is not None:
        notice = f"{notice}\n{LINK}{rules.portal_url.value}#{code}"
    return CodeGiven(purpose=wanted.purpose, valid_until=wanted.valid_until, code=code, notice=notice, item=wanted.item)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which a day is over in the city."""
    return datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)


def _told_until(instant: datetime, zone: ZoneInfo) -> str:
    """Until when, as people say it: at the end of a day, that day."""
    local = instant.astimezone(zone)
    if local.time() == time.min:
        return wareki(local.date() - timedelta(days=1))
    return wareki_moment(instant, zone)


def _printed(sheet: Sheet, approval: Approval, pack: Pack, issued_on: date) -> dict[str, Any]:
    """The values of the paper's template `letter`."""
    by_post = (sheet.address,) if sheet.means is Means.POST else ()
    return {
        "document_number": approval.document_number,
        "issued_on": _dated(issued_on),
        "addressee": [*by_post, *sheet.addressee],
        "issuer": list(pack.letters.issuer.value) if pack.letters else [pack.desk.office],
        "title": sheet.title,
        "body": list(sheet.paragraphs),
        "attachments": [],
        "remedies": sheet.remedies,
        "enquiries": enquiries(pack),
        "folded": sheet.means is Means.POST,
    }


def _dated(day: date) -> str:
    """The date of a letter (文書日付): it stands without the day of the week."""
    return wareki(day).partition("（")[0]


def enquiries(pack: Pack) -> list[str]:
    """Whom to ask, line by line."""
    lines = [pack.desk.name, pack.desk.office, pack.desk.address, f"電話 {pack.desk.phone}"]
    return lines + ([f"メール {pack.desk.mail}"] if pack.desk.mail else [])
