"""How the tables of a pack become its dataclasses: strictly, nothing converted, nothing passed over in silence.

cattrs alone would take "3" for 3, a text for a list of its letters and `true` for 1: a jurist's slip must not
become a rule.
"""

from collections.abc import Mapping
from dataclasses import is_dataclass
from enum import StrEnum
from types import GenericAlias
from typing import Annotated, Any, get_args, get_origin

from cattrs import Converter, IterableValidationError, IterableValidationNote
from cattrs.cols import is_mapping, mapping_structure_factory

from desk.packs.problems import Unfit
from desk.packs.sections import Complete, Distinct
from desk.packs.values import HOOK_BY_TYPE, Hook

TABLE = "表（[見出し] または { … }）で書いてください。"
NAMES = ("name", "number", "years")
"""The attributes by which two tables of a `Distinct` section must differ."""


def _table(hook: Hook) -> Hook:
    """The same hook, for tables only."""

    def structure(value: object, wanted: Any) -> Any:
        if not isinstance(value, dict):
            raise Unfit(TABLE)
        return hook(value, wanted)

    return structure


def _list(wanted: Any, converter: Converter) -> Hook:
    """A hook for `tuple[X, ...]` that takes lists only."""
    listed = GenericAlias(list, get_args(wanted)[:1])
    hook = converter.get_structure_hook(listed)

    def structure(value: object, _type: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Unfit("一覧（[ … ]）で書いてください。")
        return tuple(hook(value, listed))

    return structure


def _marked(wanted: Any, converter: Converter, *, must_be_complete: bool) -> Hook:
    """A hook for `Annotated[X, mark]`, where the mark is `Complete` or `Distinct`."""
    inner, mark = get_args(wanted)
    hook: Hook = converter.get_structure_hook(inner)
    if mark is Complete:
        return _complete(hook, inner) if must_be_complete else hook
    if mark is Distinct:
        return _distinct(hook, inner)
    raise TypeError(f"unknown mark {mark!r}")


def _complete(hook: Hook, wanted: Any) -> Hook:
    vocabulary: type[StrEnum] = get_args(wanted)[0]

    def structure(value: dict[str, object], _type: object) -> Any:
        found: list[Exception] = []
        structured = None
        try:
            structured = hook(value, wanted)
        except IterableValidationError as error:
            found.extend(error.exceptions)
        found.extend(_at(code, KeyError(code)) for code in vocabulary if code not in value)
        if found:
            raise IterableValidationError("incomplete", found, vocabulary)
        return structured

    return structure


def _distinct(hook: Hook, wanted: Any) -> Hook:
    def structure(value: object, _type: object) -> Any:
        structured = hook(value, wanted)
        repeated = _repeated_names(structured) if isinstance(structured, Mapping) else _repeated_items(structured)
        if repeated:
            raise IterableValidationError("repeated", repeated, dict)
        return structured

    return structure


def _repeated_names(tables: Mapping[str, object]) -> list[Exception]:
    """A problem for each table whose name, number or years an earlier table of the section has."""
    first_by_name: dict[tuple[str, object], str] = {}
    repeated = []
    for code, table in tables.items():
        for attribute in (name for name in NAMES if hasattr(table, name)):
            name = getattr(table, attribute)
            first = first_by_name.setdefault((attribute, name), code)
            if first != code:
                repeated.append(_at(code, Unfit(f"{attribute}「{name}」は {first} と重複しています。")))
    return repeated


def _repeated_items(items: tuple[object, ...]) -> list[Exception]:
    return [
        _at(index, Unfit(f"「{item}」が重複しています。")) for index, item in enumerate(items) if item in items[:index]
    ]


def _at(place: int | str, error: Exception) -> Exception:
    """The error, noted as cattrs notes what is wrong with one element."""
    error.add_note(IterableValidationNote(f"at {place}", place, object))
    return error


def _converter(*, must_be_complete: bool) -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for value_type, hook in HOOK_BY_TYPE.items():
        converter.register_structure_hook(value_type, hook)
    _register_shapes(converter, must_be_complete=must_be_complete)
    return converter


def _register_shapes(converter: Converter, *, must_be_complete: bool) -> None:
    def is_record(wanted: Any) -> bool:
        return is_dataclass(get_origin(wanted) or wanted)

    def is_list(wanted: Any) -> bool:
        return bool(get_origin(wanted) is tuple)

    def is_marked(wanted: Any) -> bool:
        return bool(get_origin(wanted) is Annotated)

    @converter.register_structure_hook_factory(is_record)
    def _(wanted: Any) -> Hook:
        return _table(converter.gen_structure_attrs_fromdict(wanted))

    @converter.register_structure_hook_factory(is_mapping)
    def _(wanted: Any) -> Hook:
        # the converter's own way would register the hook without `_table`, and later ask for that one
        return _table(mapping_structure_factory(wanted, converter, dict, detailed_validation=True))

    @converter.register_structure_hook_factory(is_list)
    def _(wanted: Any) -> Hook:
        return _list(wanted, converter)

    @converter.register_structure_hook_factory(is_marked)
    def _(wanted: Any) -> Hook:
        return _marked(wanted, converter, must_be_complete=must_be_complete)


CONVERTER = _converter(must_be_complete=True)
ADOPTED = _converter(must_be_complete=False)
"""For packs in the log: a vocabulary that has grown since must not make them unreadable."""
