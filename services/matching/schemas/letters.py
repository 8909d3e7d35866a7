"""What is stated when a letter about a case is composed."""

from dataclasses import dataclass
from uuid import UUID

from desk.forms import Words, optional
from desk.forms.fields import Id
from desk.letters.forms import WORDS, Composition, CompositionSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseComposition(Composition):
    """Which letter about which case. session_id: of a request to confirm minutes."""

    session_id: UUID | None


class CaseCompositionSchema(CompositionSchema):
    """`compose_letter`."""

    makes = CaseComposition
    words = Words(labels={**WORDS.labels, "session_id": "対話の記録ID"}, sentences=WORDS.sentences)
    session_id = optional(Id())
