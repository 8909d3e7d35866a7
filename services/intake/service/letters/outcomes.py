"""The window for what becomes of letters: posted, come back, readdressed, cancelled."""

from typing import Any
from uuid import UUID

from desk.forms import Stated, load_or_refuse
from desk.letters.commands import (
    CancelLetter,
    LetterCommand,
    ReaddressLetter,
    RecordBounce,
    RecordPosting,
    RecordReturn,
)
from desk.letters.dispatch import in_hand
from desk.letters.events import Means
from desk.letters.refusals import (
    LetterAddressMissing,
    LetterBeingSent,
    LetterNotDispatched,
    LetterNotForPost,
    LetterNotPosted,
    LetterNotToCancel,
    LetterNotToReaddress,
)
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.nameko import staff_rpc
from services.intake.schemas.letters import (
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
)
from services.intake.service.letters.desk import LetterDesk


class OutcomeWindow(LetterDesk):
    """What is told of letters, and how they are stopped."""

    @staff_rpc(permission=Permission.LETTER_COMPOSE, takes=PostingSchema, refuses=(NotFound, LetterNotForPost))
    def record_posting(self, **arguments: Any) -> dict[str, Any]:
        """Records that a printed letter was handed to the post (発送).

        letter_id: as `compose_letter` gave it. posted_on: the day.

        Gives the event.
        """
        stated: Posting = load_or_refuse(PostingSchema(), arguments)
        return self.carried_out(stated.letter_id, RecordPosting(posted_on=stated.posted_on), stated, arguments)

    @staff_rpc(permission=Permission.LETTER_COMPOSE, takes=ReturnSchema, refuses=(NotFound, LetterNotPosted))
    def record_return(self, **arguments: Any) -> dict[str, Any]:
        """Records that the post brought a letter back (返戻).

        letter_id: as `compose_letter` gave it. returned_on: the day.

        Gives the event.
        """
        stated: Return = load_or_refuse(ReturnSchema(), arguments)
        return self.carried_out(stated.letter_id, RecordReturn(returned_on=stated.returned_on), stated, arguments)

    @staff_rpc(permission=Permission.LETTER_COMPOSE, takes=BounceSchema, refuses=(NotFound, LetterNotDispatched))
    def record_bounce(self, **arguments: Any) -> dict[str, Any]:
        """Records that a letter sent by mail came back.

        letter_id: as `compose_letter` gave it. bounced_on: the day. diagnostics: what the answer said.

        Gives the event; none where it was on record before.
        """
        stated: BounceStated = load_or_refuse(BounceSchema(), arguments)
        command = RecordBounce(bounced_on=stated.bounced_on, diagnostics=stated.diagnostics)
        return self.carried_out(stated.letter_id, command, stated, arguments)

    @staff_rpc(
        permission=Permission.LETTER_COMPOSE,
        takes=ReaddressingSchema,
        refuses=(NotFound, LetterAddressMissing, LetterNotToReaddress, LetterBeingSent),
    )
    def readdress_letter(self, **arguments: Any) -> dict[str, Any]:
        """Gives a letter that is not out, or came back, another address; it has to be approved again.

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

    def _stopped(self, letter_id: UUID, command: LetterCommand, stated: Stated, arguments: object) -> dict[str, Any]:
        """Carries out what must not happen while the letter is being sent."""
        with in_hand(self.office.database, letter_id) as is_ours:
            if not is_ours:
                raise LetterBeingSent("ちょうど送信しているところです。少し待ってから、もう一度操作してください。")
            return self.carried_out(letter_id, command, stated, arguments)
