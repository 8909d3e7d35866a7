"""What is stated when one of intake's letters is composed."""

from dataclasses import dataclass
from uuid import UUID

from desk.forms import Words, optional
from desk.forms.fields import Choice, Id
from desk.letters.events import CodePurpose
from desk.letters.forms import WORDS, Composition, CompositionSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeComposition(Composition):
    """Which letter about what. code_purpose: of a one-time link. call_id, use_id: of a request to use an idea."""

    code_purpose: CodePurpose | None
    call_id: UUID | None
    use_id: UUID | None


class IntakeCompositionSchema(CompositionSchema):
    """`compose_letter`."""

    makes = IntakeComposition
    words = Words(
        labels={
            **WORDS.labels,
            "code_purpose": "一回限りの番号の用途",
            "call_id": "募集",
            "use_id": "アイデアの利用の照会ID",
        },
        sentences=WORDS.sentences,
    )
    code_purpose = optional(Choice(CodePurpose))
    call_id = optional(Id())
    use_id = optional(Id())
