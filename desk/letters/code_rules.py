"""What may be done with a letter's one-time code: it is used once, while its letter is out, unless it was revoked."""

from collections.abc import Sequence
from datetime import datetime

from desk.letters.commands import RevokeCode, UseCode
from desk.letters.events import OneTimeCodeRevoked, OneTimeCodeUsed
from desk.letters.refusals import CodeOnItsWay, CodeSpent, LetterWithoutCode, OneTimeCodeUnknown
from desk.letters.state import Letter, Status


def use_code(command: UseCode, letter: Letter) -> Sequence[OneTimeCodeUsed | OneTimeCodeRevoked]:
    """One refusal for every reason: what is wrong with a code is nobody's to learn."""
    is_out = letter.status in (Status.APPROVED, Status.DISPATCHED, Status.POSTED)
    if not is_out or not is_code_good(letter, command.at) or command.purpose is not letter.code_purpose:
        raise OneTimeCodeUnknown
    return [OneTimeCodeUsed(purpose=command.purpose)]


def revoke_code(_: RevokeCode, letter: Letter) -> Sequence[OneTimeCodeUsed | OneTimeCodeRevoked]:
    """Of a letter that waits to be sent nothing is revoked: it would go out with a code that opens nothing."""
    if letter.code_purpose is None:
        raise LetterWithoutCode
    if letter.code_used:
        raise CodeSpent
    if letter.code_revoked:
        return []
    if letter.status is Status.APPROVED:
        raise CodeOnItsWay
    return [OneTimeCodeRevoked(purpose=letter.code_purpose)]


def is_code_good(letter: Letter, at: datetime) -> bool:
    """Whether the letter has a code that nobody has used or revoked, and that has not expired at an instant (UTC)."""
    is_spent = letter.code_used or letter.code_revoked
    return not is_spent and letter.code_valid_until is not None and at < letter.code_valid_until
