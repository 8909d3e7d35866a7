"""Proofs: what shows that a message comes from whom it concerns, told in the same words whatever is wrong with it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from marshmallow import validates_schema

from desk.forms import Form, Problem, at, optional, said
from desk.forms.fields import LINE, Line
from desk.letters.codes import Redeemed, redeem
from desk.letters.events import CodePurpose
from desk.letters.refusals import OneTimeCodeUnknown
from desk.portal.words import WORDS
from eventstore.errors import InvalidMessage
from eventstore.records import Context
from eventstore.store import EventStore

BY_RECEIPT: Final = frozenset({"receipt_number", "access_code"})
BY_LETTER: Final = frozenset({"one_time_code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What shows that a message comes from the proposer: number and code of the receipt, or the code of a letter."""

    receipt_number: str | None = field(repr=False)
    access_code: str | None = field(repr=False)
    one_time_code: str | None = field(repr=False)


class ProofForm(Form):
    """Number and code as on the receipt, or the one-time code of a letter; never both."""

    makes = Proof
    codes = ("proof_incomplete",)
    words = WORDS
    receipt_number = optional(Line(LINE))
    access_code = optional(Line(LINE))
    one_time_code = optional(Line(LINE))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _one_way(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        given = {name for name in BY_RECEIPT | BY_LETTER if said(values, original, name)}
        if given not in (BY_RECEIPT, BY_LETTER):
            raise at("receipt_number", "proof_incomplete")


class LetterProofForm(Form):
    """The one-time code of a letter."""

    words = WORDS
    one_time_code = Line(LINE, required=True)

    def made(self, values: dict[str, Any]) -> Proof:
        """The proof."""
        return Proof(receipt_number=None, access_code=None, **values)


class ProofNotAccepted(InvalidMessage):
    """Number and code, or the one-time code, prove nothing: unknown, wrong, used, expired, replaced or erased alike."""

    code = "proof_not_accepted"

    def __init__(self) -> None:
        told = Problem(self.code).at("proof", WORDS)
        super().__init__(told.message, errors=(told,))


def by_letter(
    store: EventStore, service: str, code: str, purpose: CodePurpose, context: Context, *, at: datetime
) -> Redeemed:
    """What the code of one of a service's letters speaks for; it is used up by that. Raises `ProofNotAccepted`.

    store: amid the transaction that appends what is proven. at: the instant that counts.
    """
    try:
        return redeem(store, service, code, purpose, context, at=at)
    except OneTimeCodeUnknown:
        raise ProofNotAccepted from None
