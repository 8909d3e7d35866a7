"""What administration's commands state; departments and roles are codes of the pack in force."""

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from marshmallow import RAISE, Schema, ValidationError, fields

from desk.packs import Pack
from eventstore.errors import FieldError, InvalidMessage

LABELS: Final = {
    "command_id": "操作ID",
    "content": "運用ルール",
    "approver": "決裁者",
    "approval_reference": "決裁番号",
    "name": "氏名",
    "department": "所属",
    "roles": "役割",
    "staff_id": "職員ID",
    "expected_version": "版番号",
}
SENTENCES: Final = {
    "required": "{label}を入力してください。",
    "wrong_type": "{label}の形式が正しくありません。",
    "unknown_field": "{label}という項目は受け付けていません。",
    "too_long": "{label}が長すぎます。",
    "control_character": "{label}に使えない文字が含まれています。",
    "unknown_department": "この部署は、有効な運用ルールにありません。",
    "unknown_role": "この役割は、有効な運用ルールにありません。",
}
CODES: Final[dict[str, Any]] = {
    "required": "required",
    "null": "required",
    "invalid": "wrong_type",
    "invalid_uuid": "wrong_type",
}
LINE, PACK_TEXT = 200, 512 * 1024  # characters


class Text(fields.String):
    """Text of at most `limit` characters; control characters only where `lines` are allowed."""

    def __init__(self, limit: int = LINE, *, lines: bool = False, **options: Any) -> None:
        super().__init__(required=True, error_messages=CODES, **options)
        self._limit = limit
        self._unwanted = ("Cs",) if lines else ("Cc", "Cs")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **options)
        if not text.strip():
            raise ValidationError("required")
        if len(text) > self._limit:
            raise ValidationError("too_long")
        if any(unicodedata.category(character) in self._unwanted for character in text):
            raise ValidationError("control_character")
        return text


class Command(Schema):
    """Every command has an id, and may say which version of the stream the person saw; strangers are refused."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "unknown_field"}  # noqa: RUF012 - marshmallow's own declaration
    command_id = fields.UUID(required=True, error_messages=CODES)
    expected_version = fields.Integer(strict=True, load_default=None, allow_none=True, error_messages=CODES)


class AdoptPackSchema(Command):
    """A pack's TOML text and the approval (決裁) that it is adopted on."""

    content = Text(PACK_TEXT, lines=True)
    approver = Text()
    approval_reference = Text()


class StaffSchema(Command):
    """Department and roles of a person."""

    department = Text()
    roles = fields.List(Text(), required=True, error_messages=CODES)


class RegisterStaffSchema(StaffSchema):
    """A person's name too."""

    name = Text()


class ChangeStaffRolesSchema(StaffSchema):
    """Whose department and roles change."""

    staff_id = fields.UUID(required=True, error_messages=CODES)


def load(schema: Schema, given: dict[str, Any]) -> dict[str, Any]:
    """The checked values. Raises `InvalidMessage` with every error."""
    try:
        values: dict[str, Any] = schema.load(given)
    except ValidationError as refused:
        raise InvalidMessage("入力内容に誤りがあります。", errors=tuple(_errors(refused.messages))) from None
    return values


def _errors(messages: object, path: str = "") -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for name, nested in messages.items():
            yield from _errors(nested, f"{path}.{name}".lstrip("."))
    elif isinstance(messages, list):
        yield from (_error(path, str(code)) for code in messages)


def _error(path: str, code: str) -> FieldError:
    label = LABELS.get(path.partition(".")[0], f"「{path[:40]}」")
    return FieldError(field=path[:LINE], code=code, message=SENTENCES[code].format(label=label))


def require_codes(pack: Pack, department: str, roles: list[str]) -> None:
    """Raises `InvalidMessage` for a department or a role that the pack does not have."""
    wrong = [("department", "unknown_department")] if department not in pack.departments else []
    wrong += [(f"roles.{i}", "unknown_role") for i, role in enumerate(roles) if role not in pack.roles]
    errors = tuple(_error(field, code) for field, code in wrong)
    if errors:
        raise InvalidMessage("入力内容に誤りがあります。", errors=errors)
