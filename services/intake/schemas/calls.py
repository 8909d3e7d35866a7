"""What the desk's commands about calls state, and their list."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from desk.forms import CommandForm, Form, ListForm, Listing, Part, Stated, Words, optional
from desk.forms.fields import LINE, PARAGRAPH, TEXT, Choice, Id, Instant, Line, Several, Text, YesNo
from desk.packs.codes import Purpose
from services.intake.domain.call.commands import CallText, PlannedUse
from services.intake.domain.call.events import Aim
from services.intake.domain.call.state import Standing
from services.intake.schemas.problems import LABELS, SENTENCES

MOST_NAMED: Final = 200
"""Proposals or uses that one command names at most."""
MOST_SUBJECTS: Final = 30
WORDS: Final = Words(
    labels={
        **LABELS,
        "call_id": "募集",
        "aim": "募集の趣旨",
        "department": "担当部署",
        "subjects": "分野",
        "title": "募集の件名",
        "issue": "課題の内容",
        "conditions": "条件",
        "draws_on": "参考にした提案",
        "uses": "アイデアの利用",
        "uses.use_id": "アイデアの利用",
        "uses.what": "利用した内容",
        "uses.conditions_acknowledged": "条件の確認",
        "opens_at": "募集開始日時",
        "closes_at": "募集締切日時",
        "approver": "決裁者",
        "approval_reference": "決裁番号",
        "explanation": "公表する説明",
        "selected": "選定した提案",
        "question_id": "質問",
        "question": "質問の内容",
        "answer": "回答",
        "use_id": "アイデアの利用",
        "passage": "利用したい箇所",
        "answered_on": "回答のあった日",
        "asked_at": "質問を受けた日時",
    },
    sentences=SENTENCES,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafting(Stated):
    """A call's text."""

    text: CallText


class _TextForm(CommandForm):
    """A command that states a whole text."""

    words = WORDS
    aim = Choice(Aim, required=True)
    department = Line(LINE, required=True)
    purposes = Several(Choice(Purpose), limit=len(Purpose))
    subjects = Several(Line(LINE, required=True), limit=MOST_SUBJECTS)
    draws_on = Several(Id(), limit=MOST_NAMED)
    title = Line(LINE, required=True)
    issue = Text(TEXT, required=True)
    conditions = optional(Text(TEXT))

    def made(self, values: dict[str, Any]) -> Any:
        """The command, its text in one piece."""
        said = {name: values.pop(name) for name in CallText.__dataclass_fields__}
        return self.makes(text=CallText(**said), **values)


class DraftingSchema(_TextForm):
    """`draft_call`."""

    makes = Drafting


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision(Drafting):
    """A call's text, and the uses of ideas that it relies on."""

    call_id: UUID
    uses: tuple[PlannedUse, ...]


class PlannedUseForm(Form):
    """A use of an idea in a text."""

    makes = PlannedUse
    use_id = Id(required=True)
    what = Text(PARAGRAPH, required=True)
    conditions_acknowledged = YesNo(load_default=False)


class RevisionSchema(_TextForm):
    """`revise_call`."""

    makes = Revision
    call_id = Id(required=True)
    uses = Several(Part(PlannedUseForm), limit=MOST_NAMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCall(Stated):
    """Which call a command is about."""

    call_id: UUID


class OnCallForm(CommandForm):
    """A command about a call."""

    makes: ClassVar[type[Any]] = OnCall
    words = WORDS
    call_id = Id(required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduling(OnCall):
    """When a call opens and closes, and who decided."""

    opens_at: datetime
    closes_at: datetime
    approver: str = field(repr=False)
    approval_reference: str = field(repr=False)


class SchedulingSchema(OnCallForm):
    """`schedule_call`."""

    makes = Scheduling
    opens_at = Instant(required=True)
    closes_at = Instant(required=True)
    approver = Line(LINE, required=True)
    approval_reference = Line(LINE, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension(OnCall):
    """Until when a call is open now, and why."""

    closes_at: datetime
    explanation: str


class ExtensionSchema(OnCallForm):
    """`extend_call`."""

    makes = Extension
    closes_at = Instant(required=True)
    explanation = Text(PARAGRAPH, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result(OnCall):
    """What came of a call."""

    selected: tuple[UUID, ...]
    explanation: str


class ResultSchema(OnCallForm):
    """`answer_call`."""

    makes = Result
    selected = Several(Id(), limit=MOST_NAMED)
    explanation = Text(TEXT, required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallListing(Listing):
    """Which calls: those that stand so, or all."""

    status: Standing | None


class CallListingSchema(ListForm):
    """`list_calls`."""

    makes = CallListing
    words = WORDS
    status = optional(Choice(Standing))
