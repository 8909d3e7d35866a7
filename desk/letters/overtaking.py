"""Whether a letter still says what the record says: what was overtaken since it was composed must not go out."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from desk.letters.commands import Recipient
from desk.letters.composing import Draft, composed
from desk.letters.events import LetterComposed, LetterReaddressed
from desk.letters.refusals import LetterOvertaken
from desk.letters.sheet import sheet_of
from desk.packs import Pack
from eventstore.records import Recorded

MOST_ADDED: Final = 1
"""How many paragraphs of a letter's body a person may have written."""


def redirected(events: Sequence[Recorded]) -> Recipient | None:
    """Where a person sent the letter of these events instead of where the record says, None where nobody did."""
    if not any(isinstance(recorded.event, LetterReaddressed) for recorded in events):
        return None
    then: LetterComposed = events[0].event
    sheet = sheet_of(events)
    return Recipient(id=then.recipient_id, lines=sheet.addressee, means=sheet.means, address=sheet.address)


def require_current(events: Sequence[Recorded], today: Draft, pack: Pack) -> None:
    """Compares a letter with what it would be today.

    events: the letter's, at least the first. today: drafted from the record as it stands. pack: that in force. Raises
    `LetterOvertaken` where title, body, remedies, addressee or address differ, and as `Letters.compose` does. The
    paragraph that was added by hand and the code are the letter's own.
    """
    then: LetterComposed = events[0].event
    sheet, now = sheet_of(events), composed(replace(today, added=None, code=None), pack)
    body = then.body.reveal()
    stands = (sheet.title, body[: len(now.body)], sheet.remedies, sheet.means, sheet.addressee, sheet.address)
    recipient = now.recipient
    would = (now.title, now.body, now.remedies, recipient.means, recipient.lines, recipient.address)
    if stands != would or len(body) > len(now.body) + MOST_ADDED:
        raise LetterOvertaken
