"""What is stated of measures in the registers, and of candidates."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Final
from uuid import UUID

from marshmallow import validates_schema

from desk.forms import LABELS, CommandForm, Form, ListForm, Listing, Stated, Words, at, optional, said
from desk.forms.fields import LINE, PARAGRAPH, Choice, Day, Id, Line, Text, YesNo
from desk.openings import PURPOSE_LIMIT
from desk.packs.codes import MeasureKind
from services.intake.domain.parties import Party
from services.intake.domain.register_entry import Measure
from services.intake.schemas.fields import CorporateNumber
from services.intake.schemas.problems import SENTENCES

CODE: Final = 60  # characters
WORDS: Final = Words(
    labels={
        **LABELS,
        "entry_id": "登録ID",
        "proposal_id": "提案ID",
        "kind": "措置の区分",
        "rule": "該当する要件",
        "clause": "該当する号",
        "law": "適用した条文とその版",
        "from_day": "措置の始まりの日",
        "until_day": "措置の終わりの日",
        "lifted_on": "解除の日",
        "party_name": "相手方の名称",
        "corporate_number": "法人番号",
        "address": "所在地",
        "source": "情報の出所",
        "decided_by": "決定者",
        "approval": "決裁番号",
        "awaits_decision": "確認待ち",
        "purpose": "閲覧の目的",
    },
    sentences={
        **SENTENCES,
        "reason_required": "理由を入力してください。",
        "number_or_name_required": "法人番号か名称のどちらかを入力してください。",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureEntry(Stated):
    """The measure that is entered."""

    measure: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureCorrection(Stated):
    """Which entry is corrected, and the measure as it is to stand."""

    entry_id: UUID
    measure: Measure


class MeasureEntrySchema(CommandForm):
    """`enter_measure`."""

    makes: ClassVar[type[Any]] = MeasureEntry
    words = WORDS
    kind = Choice(MeasureKind, required=True)
    rule = Line(CODE, required=True)
    clause = optional(Line(CODE))
    law = Line(LINE, required=True)
    from_day = Day(required=True)
    until_day = optional(Day())
    party_name = Line(LINE, required=True)
    corporate_number = optional(CorporateNumber())
    address = optional(Line(LINE))
    source = Line(LINE, required=True)
    decided_by = optional(Line(LINE))
    approval = optional(Line(LINE))

    def made(self, values: dict[str, Any]) -> Any:
        """The command with its measure."""
        measure = Measure(**{name: values.pop(name) for name in Measure.__dataclass_fields__})
        return self.makes(measure=measure, **values)


class MeasureCorrectionSchema(MeasureEntrySchema):
    """`correct_measure`."""

    makes = MeasureCorrection
    entry_id = Id(required=True)
    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureLifting(Stated):
    """Which measure is lifted; from which day, today unless told."""

    entry_id: UUID
    lifted_on: date | None


class MeasureLiftingSchema(CommandForm):
    """`lift_measure`."""

    makes = MeasureLifting
    words = WORDS
    entry_id = Id(required=True)
    lifted_on = optional(Day())
    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateDecision(Stated):
    """Which proposal is decided to be of an entry's party, or not."""

    entry_id: UUID
    proposal_id: UUID


class CandidateConfirmationSchema(CommandForm):
    """`confirm_candidate`."""

    makes = CandidateDecision
    words = WORDS
    entry_id = Id(required=True)
    proposal_id = Id(required=True)


class CandidateDismissalSchema(CandidateConfirmationSchema):
    """`dismiss_candidate`."""

    reason = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureListing(Listing):
    """Which entries: those that wait for a person's decision about a candidate, those that do not, or all."""

    awaits_decision: bool | None


class MeasureListingSchema(ListForm):
    """`list_measures`."""

    makes = MeasureListing
    words = WORDS
    awaits_decision = optional(YesNo())


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """The party whose measures are looked for, and what for, in the reader's own words."""

    party_name: str | None = field(repr=False)
    corporate_number: str | None = field(repr=False)
    purpose: str | None = field(repr=False)

    @property
    def party(self) -> Party:
        """The party, as far as it is stated."""
        return Party(name=self.party_name, corporate_number=self.corporate_number)


class SoughtSchema(Form):
    """`find_measures`."""

    makes = Sought
    words = WORDS
    codes = ("number_or_name_required",)
    party_name = optional(Line(LINE))
    corporate_number = optional(CorporateNumber())
    purpose = optional(Line(PURPOSE_LIMIT))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def _number_or_name(self, values: dict[str, Any], original: Any, **_: Any) -> None:
        if not said(values, original, "party_name", "corporate_number"):
            raise at("corporate_number", "number_or_name_required")
