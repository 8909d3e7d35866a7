"""Whether a letter still says what the record says: what was overtaken since it was composed must not go out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

from desk.letters.code_rules import is_code_good
from desk.letters.commands import Recipient
from desk.letters.composing import Draft, composed
from desk.letters.events import LetterApproved, LetterComposed, LetterReaddressed
from desk.letters.refusals import LetterOvertaken
from desk.letters.rules import letter_rules
from desk.letters.sheet import sheet_of
from desk.letters.state import Letter
from desk.office import Office
from desk.packs import Pack
from eventstore.errors import NotFound, Refusal
from eventstore.records import Recorded

MOST_ADDED: Final = 1
"""How many paragraphs of a letter's body a person may have written."""
RequireApprovable: TypeAlias = Callable[[Office, Sequence[Recorded], Pack], None]
"""Compares a letter, by its events, with the record of what it is about; a service has one for all its letters.

The pack is that whose words the letter has. Refused where the record would not have it written so, or not there.
"""


def require_still_approvable(office: Office, events: Sequence[Recorded], approvable: RequireApprovable) -> None:
    """Compares a letter that was approved with today's record, before it goes out: in the words of its approval.

    events: the letter's. Raises `LetterOvertaken` for whatever keeps it back, its code that nobody could use any more
    included; a person cancels it.
    """
    letter: Letter = letter_rules(office.service).fold(events)
    approved = [recorded for recorded in events if isinstance(recorded.event, LetterApproved)][-1]
    if letter.code_purpose is not None and not is_code_good(letter, office.clock()):
        raise LetterOvertaken
    pack = office.rules.of_digest(approved.policy or "")
    try:
        approvable(office, events, pack)
    except (Refusal, NotFound) as why:
        raise LetterOvertaken from why


def redirected(events: Sequence[Recorded]) -> Recipient | None:
    """Where a person sent the letter of these events instead of where the record says, None where nobody did."""
    if not any(isinstance(recorded.event, LetterReaddressed) for recorded in events):
        return None
    then: LetterComposed = events[0].event
    sheet = sheet_of(events)
    return Recipient(id=then.recipient_id, lines=sheet.addressee, means=sheet.means, address=sheet.address)


def require_current(events: Sequence[Recorded], today: Draft, pack: Pack) -> None:
    """Compares a letter with what it would be today.

    events: the letter's, at least the first. today: drafted from the record as it stands. pack: whose words it has.
    Raises `LetterOvertaken` where title, body, remedies, addressee or address differ, and as `Letters.compose` does.
    The paragraph that was added by hand and the code are the letter's own.
    """
    then: LetterComposed = events[0].event
    sheet, now = sheet_of(events), composed(replace(today, added=None, code=None), pack)
    body = then.body.reveal()
    stands = (sheet.title, body[: len(now.body)], sheet.remedies, sheet.means, sheet.addressee, sheet.address)
    recipient = now.recipient
    would = (now.title, now.body, now.remedies, recipient.means, recipient.lines, recipient.address)
    if stands != would or len(body) > len(now.body) + MOST_ADDED:
        raise LetterOvertaken
