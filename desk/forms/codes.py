"""Which codes a form may refuse with: derived from its fields, so that what is told of a form is what it does."""

from typing import Any

from marshmallow import RAISE, Schema, fields

from desk.forms.form import UNKNOWN, Form


def codes_of(form: Schema) -> frozenset[str]:
    """The codes of all that may be wrong with a message of this form, its parts included."""
    codes = {UNKNOWN} if form.unknown == RAISE else set()
    codes |= {"wrong_type", *(form.codes if isinstance(form, Form) else ())}
    return frozenset(codes.union(*map(_of_field, form.fields.values())))


def _of_field(field: fields.Field[Any]) -> frozenset[str]:
    """What its class states as `codes`, and what its part or the items of its list may have wrong."""
    codes = {*getattr(field, "codes", ("wrong_type",))}
    if field.required or not field.allow_none:
        codes.add("required")
    if isinstance(field, fields.Nested):
        codes |= codes_of(field.schema)
    if "inner" in vars(field):
        codes |= _of_field(vars(field)["inner"])
    return frozenset(codes)
