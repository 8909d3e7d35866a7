"""What the desk states when it merges a proposal into another, or splits it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from desk.forms import Words, problem
from desk.forms.fields import PARAGRAPH, Field, Id, Several, Text, YesNo
from services.intake.schemas.proposals.screening import OfProposal, OfProposalForm
from services.intake.schemas.proposals.words import WORDS as PROPOSAL_WORDS

MOST_PARTS: Final = 20
WORDS: Final = Words(
    labels={
        **PROPOSAL_WORDS.labels,
        "into": "まとめる先の提案ID",
        "same_party_confirmed": "同じ提案者であることの確認",
        "parts": "分けてできる提案",
    },
    sentences=PROPOSAL_WORDS.sentences,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merger(OfProposal):
    """In which other proposal it goes on, and whether somebody made sure that both come from one party."""

    into: UUID
    same_party_confirmed: bool


class MergerForm(OfProposalForm):
    """`merge_proposal`: with a reason."""

    makes = Merger
    words = WORDS
    into = Id(required=True)
    same_party_confirmed = YesNo(load_default=False)
    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Division(OfProposal):
    """What a proposal is split into. parts: each as it is handed in, still to be read by the form of a proposal."""

    parts: tuple[Mapping[str, Any], ...] = field(repr=False)


class _AsHandedIn(Field):
    """A proposal as it is handed in: an object, whatever stands in it."""

    shape = MappingProxyType({"type": "object"})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Mapping[str, Any]:  # noqa: ARG002 - marshmallow's
        if not isinstance(value, dict):
            raise problem("wrong_type")
        return value


class DivisionForm(OfProposalForm):
    """`split_proposal`: with a reason. How many parts it takes is the domain's to say."""

    makes = Division
    words = WORDS
    reason = Text(PARAGRAPH, required=True)
    parts = Several(_AsHandedIn(), MOST_PARTS, required=True)
