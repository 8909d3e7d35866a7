"""One-time codes: a letter carries one, and whoever holds it may do one thing once, in place of number and code.

A code is random (80 bits), sealed in the letter's stream and found by its blind index alone.
"""

import secrets
from datetime import datetime
from typing import Final, NamedTuple
from unicodedata import normalize
from uuid import UUID

from desk.letters.commands import CodeItem, UseCode
from desk.letters.events import CodePurpose, letter_category
from desk.letters.refusals import OneTimeCodeUnknown
from desk.letters.rules import letter_rules
from eventstore.errors import NotFound
from eventstore.execution import execute
from eventstore.records import Context, StreamId
from eventstore.store import EventStore

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that nothing is misread."""
SYMBOLS: Final = 16
INDEX: Final = "one_time_code"
_MISREAD: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})


class Redeemed(NamedTuple):
    """What a used code was for: what its letter is about, and what of another stream, where it was for such a thing.

    recipient_id: of whom the letter was written to.
    """

    about: StreamId
    item: CodeItem | None
    recipient_id: UUID | None


def draw_code() -> str:
    """A fresh code, `XXXX-XXXX-XXXX-XXXX`."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(SYMBOLS)))


def normalised_code(given: str) -> str:
    """A code as people type it, in the form that we write: in any width, with any dash or blank between."""
    symbols = normalize("NFKC", given[:200]).upper().translate(_MISREAD)
    return _grouped("".join(symbol for symbol in symbols if symbol in ALPHABET))


def redeem(
    store: EventStore, service: str, code: str, purpose: CodePurpose, context: Context, *, at: datetime
) -> Redeemed:
    """Uses a code for a purpose and gives what it was for; the same command again gets the same.

    store: amid the transaction that appends what the code allows (`EventStore.amid`), so that both are recorded or
    neither. context: that command's. Raises `OneTimeCodeUnknown`, in the same words whatever is wrong with the code.
    """
    category = letter_category(service)
    rules = letter_rules(service)
    for stream in store.find(INDEX, normalised_code(code)):
        if stream.category != category:
            continue
        try:
            execute(store, rules, stream, UseCode(purpose=purpose, at=at), context)
        except NotFound:
            raise OneTimeCodeUnknown from None
        letter = rules.fold(store.load(stream).events)
        if letter.about is not None:
            return Redeemed(letter.about, letter.code_item, letter.recipient_id)
    raise OneTimeCodeUnknown


def _grouped(symbols: str) -> str:
    return "-".join(symbols[i : i + 4] for i in range(0, len(symbols), 4))
