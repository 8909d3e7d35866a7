"""Proofs: whether a message comes from whoever handed the proposal in, told in the same words whatever is wrong.

Any admitted portal may bring a message for a proposal: it speaks for the proposer by the proof alone, and so a company
may use another portal than the one by which it proposed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from desk.letters.codes import Redeemed
from desk.letters.commands import CodeItem
from desk.letters.events import CodePurpose
from desk.portal.proofs import Proof, ProofNotAccepted, by_letter
from eventstore.protection import Closed
from eventstore.records import Context, StreamId
from eventstore.store import EventStore
from services.intake.domain.event_types import EVENTS
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.receipts import ReceiptKeys, is_access_code, normalised
from services.intake.schemas.later import Consent

NOBODYS: Final = UUID(int=0)
"""Stands where no submission has the number, so that a code is compared all the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What a proof speaks for. item: the one thing in another stream that a letter's code was for, if it was."""

    about: StreamId
    item: CodeItem | None = None


def proven(
    store: EventStore,
    keys: ReceiptKeys,
    proof: Proof,
    purpose: CodePurpose,
    context: Context,
    *,
    at: datetime,
    category: str = PROPOSAL.category,
) -> Proven:
    """The proposal that a proof speaks for, or what else a code speaks for. Raises `ProofNotAccepted`.

    store: amid the transaction that appends what is proven, because a one-time code is used up by it. at: the instant
    that counts. category: what the proof has to be about.
    """
    if proof.one_time_code is not None:
        found = _by_letter(store, proof.one_time_code, purpose, context, at)
        if found.about.category != category:
            raise ProofNotAccepted
        return found
    return Proven(about=_by_receipt(store, keys, proof.receipt_number or "", proof.access_code or ""))


def use_answered(consent: Consent, found: Proven) -> CodeItem:
    """Which use of an idea is answered: the one that the code of a letter is for, or else the one that is named.

    Raises `ProofNotAccepted` where the code is for another than is named, or for none.
    """
    item, call_id, use_id = found.item, consent.answered.call_id, consent.answered.use_id
    if consent.proof.one_time_code is None and call_id is not None and use_id is not None:
        return CodeItem(stream_id=call_id, item_id=use_id)
    if item is None or call_id not in (None, item.stream_id) or use_id not in (None, item.item_id):
        raise ProofNotAccepted
    return item


def _by_letter(store: EventStore, code: str, purpose: CodePurpose, context: Context, at: datetime) -> Proven:
    redeemed = by_letter(store, EVENTS.service, code, purpose, context, at=at)
    if redeemed.about.category == PROPOSAL.category:
        _require_contact(store, redeemed)
    return Proven(about=redeemed.about, item=redeemed.item)


def _require_contact(store: EventStore, redeemed: Redeemed) -> None:
    """A letter's code speaks for a proposal only while whom it was written to is whom the proposal names."""
    if PROPOSAL.fold(store.load(redeemed.about).events).contact_id != redeemed.recipient_id:
        raise ProofNotAccepted


def _by_receipt(store: EventStore, keys: ReceiptKeys, number: str, code: str) -> StreamId:
    found = [
        stream for stream in store.find("receipt_number", normalised(number)) if stream.category == PROPOSAL.category
    ]
    stream = found[0] if found else StreamId(PROPOSAL.category, NOBODYS)
    generation = PROPOSAL.fold(store.load(stream).events).code_generation
    if not is_access_code(keys, stream.id, code, generation) or not found or not _is_kept(store, stream):
        raise ProofNotAccepted
    return stream


def _is_kept(store: EventStore, stream: StreamId) -> bool:
    """Whether the proposal's number can still be opened: one that is erased is told like one that never was."""
    try:
        return bool(store.load(stream).events[0].event.receipt_number.reveal())
    except Closed:
        return False
