"""The window for what becomes of letters: posted, come back, readdressed, cancelled."""

from typing import Any, Final
from uuid import UUID

from desk.commands import told
from desk.forms import Stated, load_or_refuse
from desk.letters.commands import (
    CancelLetter,
    LetterCommand,
    ReaddressLetter,
    RecordBounce,
    RecordPosting,
    RecordReturn,
    RevokeCode,
)
from desk.letters.dispatch import in_hand, put_off
from desk.letters.events import Means
from desk.letters.forms import (
    WORDS,
    BounceSchema,
    BounceStated,
    CancellationSchema,
    OnLetter,
    Posting,
    PostingSchema,
    Readdressing,
    ReaddressingSchema,
    Return,
    ReturnSchema,
    RevocationSchema,
)
from desk.letters.overtaking import require_still_approvable
from desk.letters.refusals import (
    CodeOnItsWay,
    CodeSpent,
    LetterAddressMissing,
    LetterBeingSent,
    LetterNotDispatched,
    LetterNotForPost,
    LetterNotPosted,
    LetterNotToCancel,
    LetterNotToReaddress,
    LetterOvertaken,
    LetterWithoutCode,
    PostedBeforeIssued,
)
from desk.letters.rules import letter_rules
from desk.letters.state import Letter, Status
from desk.permissions import Permission
from desk.windows.letters.desk import LetterDesk
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc

TO_COME: Final = ("in_the_future",)


class OutcomeWindow(LetterDesk):
    """What is told of letters, and how they are stopped."""

    @staff_rpc(
        permission=Permission.LETTER_COMPOSE,
        takes=PostingSchema,
        refuses=(NotFound, LetterNotForPost, LetterOvertaken, PostedBeforeIssued),
        problems=TO_COME,
    )
    def record_posting(self, **arguments: Any) -> dict[str, Any]:
        """Records that a printed letter was handed to the post (発送).

        letter_id: as `compose_letter` gave it. posted_on: the day, none to come, and not before the letter's date.
        already_posted: true where the letter was out of our hands before anybody could ask whether it still holds; then
        `reason` is required.

        The letter is compared with today's record, as when it was approved: one that was overtaken since is not to be
        posted, and is refused, unless it was `already_posted`.

        Gives the event.
        """
        stated: Posting = load_or_refuse(PostingSchema(), arguments)
        command = RecordPosting(posted_on=self.day(stated.posted_on, "posted_on", WORDS))
        earlier = self.letters.earlier(stated.letter_id, self.context(stated, arguments))
        if earlier is not None:
            return told(earlier)
        if not stated.already_posted:
            self._require_to_post(stated.letter_id)
        return self.carried_out(stated.letter_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.LETTER_COMPOSE, takes=ReturnSchema, refuses=(NotFound, LetterNotPosted), problems=TO_COME
    )
    def record_return(self, **arguments: Any) -> dict[str, Any]:
        """Records that the post brought a letter back (返戻).

        letter_id: as `compose_letter` gave it. returned_on: the day, none to come.

        Gives the event.
        """
        stated: Return = load_or_refuse(ReturnSchema(), arguments)
        command = RecordReturn(returned_on=self.day(stated.returned_on, "returned_on", WORDS))
        return self.carried_out(stated.letter_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.LETTER_COMPOSE,
        takes=BounceSchema,
        refuses=(NotFound, LetterNotDispatched),
        problems=TO_COME,
    )
    def record_bounce(self, **arguments: Any) -> dict[str, Any]:
        """Records that a letter sent by mail came back.

        letter_id: as `compose_letter` gave it. bounced_on: the day, none to come. diagnostics: what the answer said.

        Gives the event; none where it was on record before.
        """
        stated: BounceStated = load_or_refuse(BounceSchema(), arguments)
        bounced_on = self.day(stated.bounced_on, "bounced_on", WORDS)
        command = RecordBounce(bounced_on=bounced_on, diagnostics=stated.diagnostics)
        return self.carried_out(stated.letter_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.LETTER_COMPOSE,
        takes=ReaddressingSchema,
        refuses=(NotFound, LetterAddressMissing, LetterNotToReaddress, LetterBeingSent),
    )
    def readdress_letter(self, **arguments: Any) -> dict[str, Any]:
        """Gives a letter that is not out, or came back, another address; it has to be approved again.

        Its one-time code stays: where somebody else may have read it, `revoke_code` and a new letter are the way.

        letter_id: as `compose_letter` gave it. addressee: its lines, the last with 様 or 御中. email: the mail address,
        where it goes by mail. postal_address: on one line, where it does not.

        Gives the event.
        """
        stated: Readdressing = load_or_refuse(ReaddressingSchema(), arguments)
        address = stated.email or stated.postal_address
        if address is None or not stated.addressee:
            raise LetterAddressMissing("宛名と、メールアドレスか住所を入力してください。")
        means = Means.MAIL if stated.email else Means.POST
        command = ReaddressLetter(means=means, lines=stated.addressee, address=address)
        return self._stopped(stated.letter_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.LETTER_COMPOSE,
        takes=CancellationSchema,
        refuses=(NotFound, LetterNotToCancel, LetterBeingSent),
    )
    def cancel_letter(self, **arguments: Any) -> dict[str, Any]:
        """Takes back a letter that is not out.

        letter_id: as `compose_letter` gave it. reason: why.

        Gives the event; none where it was cancelled before.
        """
        stated: OnLetter = load_or_refuse(CancellationSchema(), arguments)
        return self._stopped(stated.letter_id, CancelLetter(), stated, arguments)

    @staff_rpc(
        permission=Permission.LETTER_COMPOSE,
        takes=RevocationSchema,
        refuses=(NotFound, LetterWithoutCode, CodeSpent, CodeOnItsWay, LetterBeingSent),
    )
    def revoke_code(self, **arguments: Any) -> dict[str, Any]:
        """Lets the one-time code of a letter open nothing any more, for instance where it went to a wrong address.

        letter_id: as `compose_letter` gave it. reason: why; required here. The letter itself keeps its place; a new one
        is composed for who shall have a code. One that waits to be sent is cancelled instead.

        Gives the event; none where the code was revoked before.
        """
        stated: OnLetter = load_or_refuse(RevocationSchema(), arguments)
        return self._stopped(stated.letter_id, RevokeCode(), stated, arguments)

    def _require_to_post(self, letter_id: UUID) -> None:
        """Of a letter that waits for the post; whether it may be posted at all, its own rules say."""
        events = self.office.store.load(self.letters.stream(letter_id)).events
        letter: Letter = letter_rules(self.office.service).fold(events)
        if letter.status is not Status.APPROVED or letter.means is not Means.POST:
            return
        try:
            require_still_approvable(self.office, events, self.require_approvable)
        except LetterOvertaken:
            put_off(self.office, letter_id, LetterOvertaken.code)
            raise

    def _stopped(self, letter_id: UUID, command: LetterCommand, stated: Stated, arguments: object) -> dict[str, Any]:
        """Carries out what must not happen while the letter is being sent."""
        with in_hand(self.office.database, letter_id) as is_ours:
            if not is_ours:
                raise LetterBeingSent
            return self.carried_out(letter_id, command, stated, arguments)
