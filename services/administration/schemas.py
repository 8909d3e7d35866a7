"""What administration's commands state; departments and roles are codes of the pack in force."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from desk import forms
from desk.forms import CommandForm, Problem, Stated, Words, refuse
from desk.forms.fields import LINE, Id, Line, Several, Text
from desk.packs import Pack
from desk.packs.problems import UNKNOWN_DEPARTMENT

LABELS: Final = {
    **forms.LABELS,
    "content": "内容",
    "approver": "決裁者",
    "approval_reference": "決裁番号",
    "name": "氏名",
    "department": "所属",
    "roles": "役割",
    "staff_id": "職員ID",
}
SENTENCES: Final = {
    **forms.SENTENCES,
    "too_long": "{label}が長すぎます。",
    "control_character": "{label}に使えない文字が含まれています。",
    "unknown_department": UNKNOWN_DEPARTMENT,
    "unknown_role": "この役割は、有効な運用ルールにありません。",
}
WORDS: Final = Words(labels=LABELS, sentences=SENTENCES)
TOML_TEXT: Final = 512 * 1024  # characters
MAX_ROLES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption(Stated):
    """The TOML text of a pack or a calendar, and the approval (決裁) that it is adopted on."""

    content: str = field(repr=False)
    approver: str
    approval_reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed(Stated):
    """Department and roles of a person."""

    department: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Placed):
    """A person's name too."""

    name: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Placed):
    """Whose department and roles change (人事異動)."""

    staff_id: UUID


class TomlText(Text):
    """The text of a pack or a calendar: which control characters it may have, TOML says."""

    allowed = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))


class OneLine(Line):
    """One line, kept to the letter."""

    def normalised(self, value: str) -> str:
        return value


class AdoptionSchema(CommandForm):
    """`adopt_pack` and `adopt_closed_days`."""

    makes = Adoption
    words = WORDS
    content = TomlText(TOML_TEXT, required=True)
    approver = OneLine(LINE, required=True)
    approval_reference = OneLine(LINE, required=True)


class StaffSchema(CommandForm):
    """What both commands about a person state."""

    words = WORDS
    department = OneLine(LINE, required=True)
    roles = Several(OneLine(LINE, required=True), MAX_ROLES, required=True)


class RegisterStaffSchema(StaffSchema):
    """`register_staff`."""

    makes = Registration
    name = OneLine(LINE, required=True)


class ChangeStaffRolesSchema(StaffSchema):
    """`change_staff_roles`."""

    makes = Transfer
    staff_id = Id(required=True)


def require_codes(pack: Pack, department: str, roles: Sequence[str]) -> None:
    """Raises `InvalidMessage` for a department or a role that the pack does not have."""
    wrong = [("department", "unknown_department")] if department not in pack.departments else []
    wrong += [(f"roles.{i}", "unknown_role") for i, role in enumerate(roles) if role not in pack.roles]
    refuse(Problem(code).at(field, WORDS) for field, code in wrong)
