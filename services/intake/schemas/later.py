"""What companies send later: `data` of the messages that name a matter already known, with proof where it is theirs."""

from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from marshmallow import ValidationError, validates_schema

from desk.forms import Form, Part, Problem, Words, at, optional, said
from desk.forms.fields import LINE, PARAGRAPH, Choice, Line, Several, Text
from desk.portal import words
from desk.portal.proofs import LetterProofForm, Proof, ProofForm
from services.intake.domain.call.events import IdeaUseAnswer
from services.intake.domain.content import Claim, ProposalContent
from services.intake.schemas import calls
from services.intake.schemas.consultations import (
    SubmittedConsent,
    SubmittedConsentForm,
    SubmittedQuestion,
    SubmittedQuestionForm,
)
from services.intake.schemas.offers import SubmittedOffer
from services.intake.schemas.problems import LABELS, SENTENCES
from services.intake.schemas.proposal import ClaimForm, ProposalSchema

MOST_CLAIMS: Final = 50

WORDS: Final = Words(
    labels={
        **calls.WORDS.labels,
        **words.LABELS,
        **{f"proposal.{name}": label for name, label in LABELS.items()},
        "contact": LABELS["contact"],
        "proposal": "補正後の提案",
        "explanation": "取下げの理由",
        "claims": LABELS["confidential"],
        **{f"claims.{name}": LABELS[f"confidential.{name}"] for name in ClaimForm().fields},
        "consent": "同意の回答",
        "conditions": "同意の条件",
    },
    sentences={
        **SENTENCES,
        **calls.WORDS.sentences,
        "contact_or_proof_required": "連絡先か、提案の受付番号と確認番号のどちらかを入力してください。",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A whole proposal anew."""

    proof: Proof
    proposal: ProposalContent = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A wish to withdraw, with the proposer's reason if it is said."""

    proof: Proof
    explanation: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterClaims:
    """Claims of confidentiality, field by field."""

    proof: Proof
    claims: tuple[Claim, ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedByPortal:
    """A question to a call, by who has a proposal here or says whom to reach."""

    proof: Proof | None
    question: SubmittedQuestion = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A proposer's answer to the use of an idea."""

    proof: Proof
    answered: SubmittedConsent = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesEnd:
    """A company's wish to be told of no more calls, with the code of a notice."""

    proof: Proof


Later: TypeAlias = Correction | Withdrawal | LaterClaims | AskedByPortal | Consent | NoticesEnd | SubmittedOffer


class _WithProof(Form):
    """`municipality` is checked against the city, and `proof` against its records, by whoever receives it."""

    words = WORDS
    municipality = Line(LINE, required=True)
    proof = Part(ProofForm, required=True)

    def made(self, values: dict[str, Any]) -> Any:
        """The content, without what is the city's own."""
        del values["municipality"]
        return self.makes(**values)


class CorrectionSchema(_WithProof):
    """A corrected proposal (補正), whole, of the same kind and for the same call."""

    makes = Correction
    proposal = Part(ProposalSchema, required=True)


class WithdrawalSchema(_WithProof):
    """A proposal's withdrawal (取下げ)."""

    makes = Withdrawal
    explanation = optional(Text(PARAGRAPH))


class NoticesEndSchema(_WithProof):
    """The end of the notices of new calls; only a notice's own code proves whose they are."""

    makes = NoticesEnd
    proof = Part(LetterProofForm, required=True)


class LaterClaimsSchema(_WithProof):
    """Claims made after the submission that fields are confidential; at least one."""

    makes = LaterClaims
    codes = ("required",)
    claims = Several(Part(ClaimForm), limit=MOST_CLAIMS, required=True)

    @validates_schema
    def _at_least_one(self, values: dict[str, Any], **_: Any) -> None:
        if not values["claims"]:
            raise at("claims", "required")


class CallQuestionSchema(SubmittedQuestionForm):
    """A question to an open call, from who says whom to reach, or proves to have a proposal here."""

    codes = ("contact_or_proof_required",)
    words = WORDS
    municipality = Line(LINE, required=True)
    proof = optional(Part(ProofForm))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _contact_or_proof(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        if isinstance(original, dict) and not said(values, original, "contact", "proof"):
            raise at("contact", "contact_or_proof_required")

    def made(self, values: dict[str, Any]) -> AskedByPortal:
        """The question, and by whom."""
        del values["municipality"]
        return AskedByPortal(proof=values.pop("proof"), question=SubmittedQuestion(**values))


class ConsentSchema(SubmittedConsentForm):
    """A proposer's answer to the use of an idea in a call (N10): a letter's code says of which, a receipt does not."""

    codes = ("required",)
    words = WORDS
    municipality = Line(LINE, required=True)
    proof = Part(ProofForm, required=True)
    answer = Choice(IdeaUseAnswer, required=True, data_key="consent")

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _use_named(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        proof = values.get("proof")
        is_by_receipt = isinstance(proof, Proof) and proof.one_time_code is None
        missing = [name for name in ("call_id", "use_id") if is_by_receipt and not said(values, original, name)]
        if missing:
            raise ValidationError({name: [Problem("required")] for name in missing})

    def made(self, values: dict[str, Any]) -> Consent:
        """The answer, and who gives it."""
        del values["municipality"]
        return Consent(proof=values.pop("proof"), answered=SubmittedConsent(**values))
