"""The codes and sentences that errors are raised with, read from the sources: what people are told stands there."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Final

from eventstore.errors import RenkeiError
from eventstore.nameko import sentence

ROOT: Final = Path(__file__).resolve().parents[2]
RINGS: Final = ("eventstore", "desk", "services")
CODE: Final = "code"
HOLES: Final = {"label": "〔項目〕", "limit": "〔上限〕", "detail": "〔内容〕"}


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Raised:
    """One place where an error is made; `module` in dotted form, `text` empty where no text is written out there."""

    error: str
    code: str
    module: str
    text: str


def known_errors() -> dict[str, type[RenkeiError]]:
    """Every class of the tree that is imported, by name."""
    found: dict[str, type[RenkeiError]] = {}
    classes = [RenkeiError]
    while classes:
        found |= {cls.__name__: cls for cls in classes}
        classes = [child for cls in classes for child in cls.__subclasses__()]
    return found


def raised() -> list[Raised]:
    """Every place in the three rings where an error of the tree is made."""
    known = known_errors()
    return sorted(
        place
        for ring in RINGS
        for path in (ROOT / ring).rglob("*.py")
        for place in _places(ast.parse(path.read_text(encoding="utf-8")), _dotted(path), known)
    )


def sentences(error: type[RenkeiError], code: str, places: Iterable[Raised]) -> list[str]:
    """What a person may be told with this error and code; … stands where a value goes in."""
    made = error.__new__(error)
    made.stable_code, made.message = code, ""
    if fixed := sentence(made):
        return [fixed]
    texts = {place.text.partition("\n")[0] for place in places if (place.error, place.code) == (error.__name__, code)}
    told = sorted(text for text in texts if text.endswith("。"))
    return told or [text for text in (_own_sentence(error),) if text.endswith("。")]


def with_holes(template: str) -> str:
    """A sentence's template as people read it: `{label}` is a field's name, `{limit}` what is allowed at most."""
    return "".join(text + HOLES.get(hole or "", "") for text, hole, _, _ in Formatter().parse(template))


def _places(tree: ast.AST, module: str, known: dict[str, type[RenkeiError]], inside: str = "") -> Iterator[Raised]:
    """inside: the class whose body this is, where it is an error's; its `super().__init__` writes its sentence."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and (error := node.exc.id) in known:
            yield Raised(error=error, code=known[error].code, module=module, text=_own_sentence(known[error]))
        if isinstance(node, ast.Call) and (error := _error(node, inside)) in known:
            code = next((_text(given.value) for given in node.keywords if given.arg == CODE), "")
            text = _text(node.args[0]) if node.args else _own_sentence(known[error])
            yield Raised(error=error, code=code or known[error].code, module=module, text=text)
        yield from _places(node, module, known, node.name if isinstance(node, ast.ClassDef) else inside)


def _own_sentence(error: type[RenkeiError]) -> str:
    """What a class says by itself; empty where whoever raises it has to say something."""
    return getattr(error, "sentence", "")


def _error(call: ast.Call, inside: str) -> str:
    match call.func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr="__init__", value=ast.Call(func=ast.Name(id="super"))):
            return inside
        case _:
            return ""


def _text(node: ast.expr) -> str:
    """A text that is written out, with … where a value goes in; empty for anything else."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "…" for part in parts)
        case _:
            return ""


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)
