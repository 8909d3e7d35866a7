"""What administration's commands state; departments and roles are codes of the pack in force."""

from typing import Any, TypeVar

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from desk.packs import Pack
from eventstore.errors import FieldError, InvalidMessage

SENTENCES = {
    "unknown_department": "この部署は、有効な運用ルールにありません。",
    "unknown_role": "この役割は、有効な運用ルールにありません。",
}
S = TypeVar("S", bound=Schema)


class Command(Schema):
    """Every command has an id; strangers are refused."""

    class Meta:
        unknown = RAISE

    command_id = fields.UUID(required=True)


class AdoptPackSchema(Command):
    """A pack's TOML text and the approval (決裁) that it is adopted on."""

    content = fields.String(required=True, validate=validate.Length(min=1, max=512 * 1024))
    approver = fields.String(required=True, validate=validate.Length(min=1, max=200))
    approval_reference = fields.String(required=True, validate=validate.Length(min=1, max=200))


class StaffSchema(Command):
    """Department and roles of a person."""

    department = fields.String(required=True)
    roles = fields.List(fields.String(), required=True, validate=validate.Length(max=20))


class RegisterStaffSchema(StaffSchema):
    """A person's name too."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=200))


class ChangeStaffRolesSchema(StaffSchema):
    """Whose department and roles change."""

    staff_id = fields.UUID(required=True)


def load(schema: Schema, given: dict[str, Any]) -> dict[str, Any]:
    """The checked values. Raises `InvalidMessage` with every error."""
    try:
        values: dict[str, Any] = schema.load(given)
    except ValidationError as refused:
        messages = dict(refused.messages)  # type: ignore[arg-type]  # of a schema it is a mapping
        errors = tuple(
            FieldError(field=str(name), code="invalid", message=f"{name}: {told}") for name, told in messages.items()
        )
        raise InvalidMessage("入力内容に誤りがあります。", errors=errors) from None
    return values


def require_codes(pack: Pack, department: str, roles: list[str]) -> None:
    """Raises `InvalidMessage` for a department or a role that the pack does not have."""
    wrong = [("department", "unknown_department")] if department not in pack.departments else []
    wrong += [(f"roles.{i}", "unknown_role") for i, role in enumerate(roles) if role not in pack.roles]
    errors = tuple(FieldError(field=field, code=code, message=SENTENCES[code]) for field, code in wrong)
    if errors:
        raise InvalidMessage("入力内容に誤りがあります。", errors=errors)
