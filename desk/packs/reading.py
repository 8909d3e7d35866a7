"""From a pack's bytes to a `Pack`, refusing whatever is not exactly of its form, with all problems at once."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import fields
from hashlib import sha256
from typing import Any, TypeAlias, TypeVar

from cattrs import ClassValidationError, Converter, ForbiddenExtraKeysError, IterableValidationError

from desk.packs.contradictions import contradictions
from desk.packs.pack import Pack, PackSections
from desk.packs.problems import FileInvalid, PackInvalid, PackProblem, Unfit
from desk.packs.structure import ADOPTED, CONVERTER

T = TypeVar("T")

Invalid: TypeAlias = Callable[[tuple[PackProblem, ...]], FileInvalid]
"""What such a file is refused with, made of all its problems."""

MISSING = "必要な項目がありません。"
UNKNOWN = "この項目は使えません。つづりを確かめてください。"


def load_pack(content: bytes, *, origin: str) -> Pack:
    """The pack in these bytes (TOML in UTF-8); `origin` names the file in what is refused.

    Refused with `PackInvalid`, which lists every problem: keys that are unknown or missing, values of a wrong type or
    outside their vocabulary, values without source or status, a wrong check digit, whatever is named twice, and
    sections that contradict each other (`contradictions`).
    """
    pack = _read(content, origin, CONVERTER)
    found = tuple(PackProblem(origin=origin, key=key, reason=reason) for key, reason in contradictions(pack))
    if found:
        raise PackInvalid(found)
    return pack


def read_adopted(content: bytes, *, origin: str) -> Pack:
    """A pack that was adopted once, by the vocabularies of its day: codes that came later are simply not in it.

    Refused as `load_pack` refuses, but for tables that a newer vocabulary asks for.
    """
    return _read(content, origin, ADOPTED)


def structured(content: bytes, origin: str, form: type[T], invalid: Invalid, converter: Converter = CONVERTER) -> T:
    """What stands in these bytes (TOML in UTF-8), as a record of this form. Raises `invalid` with every problem."""
    document = _parsed(content, origin, invalid)
    try:
        return converter.structure(document, form)
    except ClassValidationError as error:
        found = tuple(PackProblem(origin=origin, key=key, reason=reason) for key, reason in _problems(error, ""))
        raise invalid(found) from None


def _read(content: bytes, origin: str, converter: Converter) -> Pack:
    sections = structured(content, origin, PackSections, PackInvalid, converter)
    section_by_name = {section.name: getattr(sections, section.name) for section in fields(sections)}
    return Pack(digest=sha256(content).hexdigest(), **section_by_name)


def _parsed(content: bytes, origin: str, invalid: Invalid) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        key, reason = f"{error.start}バイト目", "文字コードを UTF-8 にしてください。"
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+), column (\d+)", str(error))
        key = f"{place[1]}行{place[2]}文字目" if place else "末尾"
        reason = f"TOML として読めません（{error}）。"
    except RecursionError:
        key, reason = "全体", "入れ子が深すぎて読めません。"
    raise invalid((PackProblem(origin=origin, key=key, reason=reason),))


def _problems(error: Exception, path: str) -> Iterator[tuple[str, str]]:
    """Dotted key and reason of everything in an error tree of cattrs; what is not the pack's fault is raised."""
    match error:
        case ClassValidationError():
            noted, unnoted = error.group_exceptions()
            for inner, note in noted:
                yield from _problems(inner, f"{path}.{note.name}".lstrip("."))
            for inner in unnoted:
                yield from _problems(inner, path)
        case IterableValidationError():
            for inner, place in error.group_exceptions()[0]:
                step = f"[{place.index}]" if isinstance(place.index, int) else f".{place.index}"
                yield from _problems(inner, path + step)
        case ForbiddenExtraKeysError():
            for name in sorted(error.extra_fields):
                yield f"{path}.{name}".lstrip("."), UNKNOWN
        case KeyError():
            yield path, MISSING
        case Unfit():
            yield path, str(error)
        case _:
            raise error
