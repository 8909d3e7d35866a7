"""A letter opened for staff: with texts and addressee, or as its file, once it is on record who opens it."""

from base64 import b64encode
from typing import Any, Final
from uuid import UUID

from desk.access import RecordOpened
from desk.letters.composing import Letters
from desk.letters.events import LetterApproved, LetterComposed
from desk.letters.refusals import LetterErased, LetterFileAbsent
from desk.letters.rules import letter_rules
from desk.letters.sheet import sheet_of
from desk.letters.state import Letter
from desk.letters.texts import file_name
from desk.letters.waiting import waits_for
from desk.office import Office
from desk.openings import record_opening, stated_purpose
from eventstore.errors import NotFound
from eventstore.protection import Sealed
from eventstore.records import Actor, Recorded, StreamId

ANY: Final = UUID(int=0)


def opened_letter(office: Office, letters: Letters, given: object, actor: Actor, purpose: object) -> dict[str, Any]:
    """A letter with its texts and addressee, after it was recorded that the actor opens it.

    Raises `NotFound` where there is none, `LetterErased` where nothing of it can be opened.
    """
    events = _opened(office, letters, given, actor, purpose)
    composed: LetterComposed = events[0].event
    letter = letter_rules(office.service).fold(events)
    sheet = sheet_of(events)
    return {
        "letter_id": str(events[0].stream.id),
        "version": events[-1].version,
        "status": letter.status,
        "waits_for": waits_for(letter.status, letter.means, is_tried=letter.attempts > 0),
        "template": composed.template,
        "about": str(letter.about),
        "means": sheet.means,
        "adverse": composed.adverse,
        "attempts": letter.attempts,
        "next_attempt_at": letter.next_attempt_at and letter.next_attempt_at.isoformat(),
        "addressee": list(sheet.addressee),
        "address": sheet.address,
        "title": sheet.title,
        "body": list(composed.body.reveal()),
        "remedies": sheet.remedies,
        "code_purpose": composed.code_purpose,
        "code_state": _code_state(letter),
    }


def _code_state(letter: Letter) -> str | None:
    """What has become of its one-time code, None where it has none."""
    if letter.code_purpose is None:
        return None
    if letter.code_used:
        return "used"
    return "revoked" if letter.code_revoked else "unused"


def letter_file(office: Office, letters: Letters, given: object, actor: Actor, purpose: object) -> dict[str, Any]:
    """The letter as it was approved last, after it was recorded that the actor opens it.

    Raises as `opened_letter` does, and `LetterFileAbsent` for a letter that was not approved yet.
    """
    events = _opened(office, letters, given, actor, purpose)
    approved: list[LetterApproved] = [one.event for one in events if isinstance(one.event, LetterApproved)]
    if not approved:
        raise LetterFileAbsent
    latest = approved[-1]
    if not latest.file.is_open:
        raise LetterErased("宛先の情報が消去されているため、この文書は開けません。")
    return {
        "file_name": file_name(latest.document_number.reveal()),
        "media_type": "application/pdf",
        "content": b64encode(latest.file.reveal()).decode(),
    }


def _opened(office: Office, letters: Letters, given: object, actor: Actor, purpose: object) -> tuple[Recorded, ...]:
    stated = stated_purpose(purpose)
    category = letters.stream(ANY).category
    stream = StreamId.sought(category, given)
    events = office.store.load(stream).events
    if not events:
        raise NotFound
    opened = RecordOpened(category=category, record_id=stream.id, version=events[-1].version, purpose=Sealed(stated))
    record_opening(office, office.service, opened, actor)
    return events
