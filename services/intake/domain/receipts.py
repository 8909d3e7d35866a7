"""What a proposer is handed at once: receipt number, access code and content receipt, none of which betrays anything.

Number and code come from keyed HMACs over the random id: not consecutive, not guessable, and the same each time asked.
"""

from dataclasses import dataclass, field
from datetime import date
from hmac import compare_digest, digest
from typing import Annotated, Final
from unicodedata import normalize
from uuid import UUID

from stdnum import luhn

from desk.portal.receipts import ContentReceipt
from eventstore.protection import Protection, Seal, Sealed, personal

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that nothing is misread on paper or on the phone."""
_MISREAD: Final = str.maketrans({"I": "1", "L": "1", "O": "0"})

ReceiptNumber = Annotated[Sealed[str], Seal(protection=Protection.INTERNAL, blind_index="receipt_number")]
DocumentText = Annotated[Sealed[bytes], personal(of="document_id")]


@dataclass(frozen=True, slots=True)
class ReceiptKeys:
    """The keys of numbers and codes: 32 bytes each."""

    number: bytes = field(repr=False)
    access: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What is told at once and again at every repetition."""

    receipt_number: str
    access_code: str = field(repr=False)
    received_on: date
    content_receipt: ContentReceipt


def receipt_number(keys: ReceiptKeys, submission: UUID) -> str:
    """The public number of a submission: 11 symbols and a check symbol, `XXXX-XXXX-XXXX`."""
    symbols = _symbols(digest(keys.number, submission.bytes, "sha256"), 11)
    return _grouped(symbols + luhn.calc_check_digit(symbols, alphabet=ALPHABET))


def access_code(keys: ReceiptKeys, submission: UUID, generation: int = 0) -> str:
    """The code that opens the status of a submission: 16 symbols (80 bits), `XXXX-XXXX-XXXX-XXXX`.

    generation: how often the code was replaced; the code of one betrays nothing of the next.
    """
    replaced = generation.to_bytes(4, "big") if generation else b""
    return _grouped(_symbols(digest(keys.access, submission.bytes + replaced, "sha256"), 16))


def is_access_code(keys: ReceiptKeys, submission: UUID, given: str, generation: int = 0) -> bool:
    """Whether a code is this submission's, of this generation, compared in constant time."""
    return compare_digest(access_code(keys, submission, generation).encode(), normalised(given).encode())


def normalised(given: str) -> str:
    """A number or code as people type it, in the form that we write: in any width, with any dash or blank between."""
    symbols = normalize("NFKC", given).upper().translate(_MISREAD)
    return _grouped("".join(symbol for symbol in symbols if symbol in ALPHABET))


def _symbols(source: bytes, count: int) -> str:
    number = int.from_bytes(source, "big")
    return "".join(ALPHABET[number >> 5 * i & 31] for i in range(count))


def _grouped(symbols: str) -> str:
    return "-".join(symbols[i : i + 4] for i in range(0, len(symbols), 4))
