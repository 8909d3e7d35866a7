"""What may be done with a letter: composed → approved → dispatched | posted, and what goes wrong on the way.

What has been observed outside (the mail server took it) is recorded even of a letter that was cancelled or got another
address meanwhile: it is out, and the other one may still go out beside it.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import cache
from hashlib import sha256
from typing import Any, Final

from desk.letters.code_rules import is_code_good, revoke_code, use_code
from desk.letters.commands import (
    ApproveLetter,
    CancelLetter,
    ComposeLetter,
    LetterCommand,
    ReaddressLetter,
    RecordBounce,
    RecordDispatch,
    RecordFailure,
    RecordPosting,
    RecordReturn,
    RevokeCode,
    UseCode,
)
from desk.letters.events import (
    LetterApproved,
    LetterBounced,
    LetterCancelled,
    LetterComposed,
    LetterDispatched,
    LetterDispatchFailed,
    LetterEvent,
    LetterPosted,
    LetterReaddressed,
    LetterReturned,
    Means,
    letter_category,
)
from desk.letters.refusals import (
    LetterAlreadyComposed,
    LetterNotDispatched,
    LetterNotDue,
    LetterNotForPost,
    LetterNotPosted,
    LetterNotToApprove,
    LetterNotToCancel,
    LetterNotToReaddress,
    LetterNotToSend,
    LetterWithoutRemedies,
    PostedBeforeIssued,
)
from desk.letters.state import Letter, Status, evolve, is_overtaken
from eventstore.decider import Decider
from eventstore.errors import NotFound
from eventstore.protection import Sealed

FIRST_DELAY: Final = timedelta(minutes=1)
LONGEST_DELAY: Final = timedelta(hours=4)
MOST_ATTEMPTS: Final = 36
"""With these delays a letter is tried for five days (RFC 5321 §4.5.4.1), then a person decides."""
Events = Sequence[LetterEvent]


def decide(command: LetterCommand, letter: Letter) -> Events:
    """The events that follow from a command; none where it was already so."""
    if not isinstance(command, ComposeLetter) and letter.status is Status.ABSENT:
        raise NotFound
    return _DECIDED_BY[type(command)](command, letter)


def _compose(command: ComposeLetter, letter: Letter) -> Events:
    if letter.status is not Status.ABSENT:
        raise LetterAlreadyComposed
    if command.adverse and command.remedies is None:
        raise LetterWithoutRemedies
    code = command.code
    item = code.item if code else None
    return [
        LetterComposed(
            template=command.template,
            subject_category=command.about.category,
            subject_id=command.about.id,
            recipient_id=command.recipient.id,
            means=command.recipient.means,
            adverse=command.adverse,
            code_purpose=code.purpose if code else None,
            code_valid_until=code.valid_until if code else None,
            addressee=Sealed(command.recipient.lines),
            address=Sealed(command.recipient.address),
            code=Sealed(code.code if code else None),
            code_notice=Sealed(code.notice if code else None),
            code_stream_id=Sealed(item.stream_id if item else None),
            code_item_id=Sealed(item.item_id if item else None),
            title=Sealed(command.title),
            body=Sealed(command.body),
            remedies=Sealed(command.remedies),
        )
    ]


def _approve(command: ApproveLetter, letter: Letter) -> Events:
    if letter.status is not Status.COMPOSED:
        raise LetterNotToApprove
    if letter.code_purpose is not None and not is_code_good(letter, command.at):
        raise LetterNotDue("この文書に記載の番号は、もう使えません。この文書を取り消し、新しい文書を作成してください。")
    approval = command.approval
    return [
        LetterApproved(
            series=letter.series + 1,
            issued_on=command.issued_on,
            recipient_id=_recipient(letter),
            document_number=Sealed(approval.document_number),
            approver=Sealed(approval.approver),
            approval_reference=Sealed(approval.approval_reference),
            delegation=Sealed(approval.delegation),
            file=Sealed(command.file),
            file_sha256=Sealed(sha256(command.file).digest()),
        )
    ]


def _record_dispatch(command: RecordDispatch, letter: Letter) -> Events:
    if command.series in letter.series_sent:
        return []
    if not is_overtaken(letter, command.series):
        _require_out_of_hand(letter, command.series, Status.APPROVED, Status.FAILED, Status.CANCELLED)
    return [
        LetterDispatched(
            series=command.series,
            attempt=command.attempt,
            dispatched_on=command.dispatched_on,
            message_id=Sealed(command.message_id),
        )
    ]


def _record_failure(command: RecordFailure, letter: Letter) -> Events:
    """Of a letter that is not to go there any more it is no matter that it did not."""
    if letter.status is Status.CANCELLED or is_overtaken(letter, command.series):
        return []
    _require_out_of_hand(letter, command.series, Status.APPROVED)
    attempt = letter.attempts + 1
    permanent = command.is_permanent or attempt >= MOST_ATTEMPTS
    delay = min(FIRST_DELAY * 2 ** min(letter.attempts, 20), LONGEST_DELAY)
    return [
        LetterDispatchFailed(
            series=command.series,
            attempt=attempt,
            permanent=permanent,
            smtp_code=command.smtp_code,
            next_attempt_at=None if permanent else command.at + delay,
            recipient_id=_recipient(letter),
            diagnostics=Sealed(command.diagnostics),
        )
    ]


def _require_out_of_hand(letter: Letter, series: int, *allowed: Status) -> None:
    if letter.means is not Means.MAIL or letter.series != series or letter.status not in allowed:
        raise LetterNotToSend


def _record_bounce(command: RecordBounce, letter: Letter) -> Events:
    series = letter.series if command.series is None else command.series
    is_past = command.series is not None and is_overtaken(letter, command.series)
    if is_past or letter.status is Status.BOUNCED:
        return []
    if letter.status is not Status.DISPATCHED:
        raise LetterNotDispatched
    return [
        LetterBounced(
            series=series,
            bounced_on=command.bounced_on,
            recipient_id=_recipient(letter),
            diagnostics=Sealed(command.diagnostics),
        )
    ]


def _record_posting(command: RecordPosting, letter: Letter) -> Events:
    if letter.status is not Status.APPROVED or letter.means is not Means.POST:
        raise LetterNotForPost
    if letter.issued_on is not None and command.posted_on < letter.issued_on:
        raise PostedBeforeIssued
    return [LetterPosted(posted_on=command.posted_on)]


def _record_return(command: RecordReturn, letter: Letter) -> Events:
    if letter.status is not Status.POSTED:
        raise LetterNotPosted
    return [LetterReturned(returned_on=command.returned_on)]


def _readdress(command: ReaddressLetter, letter: Letter) -> Events:
    if letter.status in (Status.DISPATCHED, Status.POSTED, Status.CANCELLED):
        raise LetterNotToReaddress
    return [
        LetterReaddressed(
            means=command.means,
            recipient_id=_recipient(letter),
            addressee=Sealed(command.lines),
            address=Sealed(command.address),
        )
    ]


def _cancel(_: CancelLetter, letter: Letter) -> Events:
    if letter.status is Status.CANCELLED:
        return []
    if letter.status in (Status.DISPATCHED, Status.POSTED):
        raise LetterNotToCancel
    return [LetterCancelled()]


def _recipient(letter: Letter) -> Any:
    """The recipient of a letter that there is."""
    return letter.recipient_id


_DECIDED_BY: Final[Mapping[type[Any], Callable[[Any, Letter], Events]]] = {
    ComposeLetter: _compose,
    ApproveLetter: _approve,
    RecordDispatch: _record_dispatch,
    RecordFailure: _record_failure,
    RecordBounce: _record_bounce,
    RecordPosting: _record_posting,
    RecordReturn: _record_return,
    ReaddressLetter: _readdress,
    CancelLetter: _cancel,
    UseCode: use_code,
    RevokeCode: revoke_code,
}


@cache
def letter_rules(service: str) -> Decider[LetterCommand, Letter]:
    """The rules of a service's letters."""
    return Decider(category=letter_category(service), initial=Letter(), decide=decide, evolve=evolve)
