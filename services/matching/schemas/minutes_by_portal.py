"""What a company says of the minutes of a session by a portal: `data` of `MinutesConfirmed`."""

from dataclasses import dataclass, field
from typing import Any, Final

from desk.forms import Form, Part, Words, optional
from desk.forms.fields import LINE, PARAGRAPH, Line, Text, Whole
from desk.portal import words
from desk.portal.proofs import Proof, ProofForm
from services.matching.schemas import dialogue

WORDS: Final = Words(
    labels={**words.LABELS, **{name: dialogue.WORDS.labels[name] for name in ("edition", "objection")}},
    sentences=words.SENTENCES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesAnswered:
    """What the proposer says. edition: which it has read, if it says so. objection: None where it confirms."""

    proof: Proof
    edition: int | None
    objection: str | None = field(repr=False)


class MinutesAnswerForm(Form):
    """The proposer's answer to minutes: `objection` says what is to be changed, and is null where there is nothing.

    It has to be there, and not blank, because who leaves it out might have meant either.
    """

    makes = MinutesAnswered
    words = WORDS
    municipality = Line(LINE, required=True)
    proof = Part(ProofForm, required=True)
    edition = optional(Whole(1, dialogue.MOST_EDITIONS))
    objection = Text(PARAGRAPH, required=True, allow_none=True)

    def made(self, values: dict[str, Any]) -> MinutesAnswered:
        """The answer, without what is the city's own."""
        del values["municipality"]
        return MinutesAnswered(**values)
