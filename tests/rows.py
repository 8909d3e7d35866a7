"""Which test shows which requirement: reads the row marks of the tests and writes `docs/rows.md`.

The marks are read from the sources and not from a run, so the page is the same on every machine, whatever is skipped
there. `python -m tests.rows` writes it; `tests/contract/test_rows.py` fails while it is out of date.
"""

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
REQUIREMENTS: Final = ROOT / "docs" / "requirements.toml"
PAGE: Final = ROOT / "docs" / "rows.md"
NOT_YET: Final = "*not yet*"

_INTRODUCTION: Final = """\
<!-- Written by `python -m tests.rows` from docs/requirements.toml and the row marks of the tests. Do not edit. -->

# Rows: what is required, and the tests that show it

{shown} of {required} rows have a test. A test beside a row shows the row or a part of it. A row is done when a person
can do it where such a person works, the log says who did it and why, and bad input gets a clear refusal.
"""


class MisplacedMark(ValueError):
    """A row mark that stands on no test, or whose rows are not written out as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading of the requirements; `rows` maps each row's id to what it is, in the file's order."""

    title: str
    rows: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mark:
    """A test that says which row it shows; `file` is its POSIX path from the root of the repository."""

    row: str
    file: str
    test: str


def parts() -> list[Part]:
    """The requirements, as `docs/requirements.toml` has them."""
    return [Part(**part) for part in tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8"))["part"]]


@cache
def all_marks() -> list[Mark]:
    """The marks of every test module under `tests/`, sorted."""
    return sorted(
        mark
        for path in (ROOT / "tests").rglob("test_*.py")
        for mark in marks(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    )


def marks(source: str, file: str) -> set[Mark]:
    """The marks of one module: on a test, on one of its parameters, on its class, or in a `pytestmark`.

    Raises `MisplacedMark` for a mark that would be counted for no test.
    """
    module = ast.parse(source, filename=file)
    found = set(_marks(module.body, frozenset(), file))
    if lost := _rows([module]) - {mark.row for mark in found}:
        raise MisplacedMark(f"{file}: on no test: {', '.join(sorted(lost))}")
    return found


def page(requirements: Iterable[Part], found: Iterable[Mark]) -> str:
    """The text of `docs/rows.md`."""
    tests = defaultdict(list)
    for mark in found:
        tests[mark.row].append(f"[`{mark.test}`](../{mark.file})")
    requirements = list(requirements)
    ids = [row for part in requirements for row in part.rows]
    sections = [_INTRODUCTION.format(shown=sum(row in tests for row in ids), required=len(ids))]
    for part in requirements:
        lines = [f"## {part.title}", "", "| row | what it is | tests that show it |", "|---|---|---|"]
        lines += [f"| {row} | {text} | {'<br>'.join(tests[row]) or NOT_YET} |" for row, text in part.rows.items()]
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def _marks(body: Iterable[ast.stmt], inherited: frozenset[str], file: str) -> Iterator[Mark]:
    body = list(body)
    inherited |= _rows(statement for statement in body if _is_pytestmark(statement))
    for statement in body:
        match statement:
            case ast.ClassDef():
                yield from _marks(statement.body, inherited | _rows(statement.decorator_list), file)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if statement.name.startswith("test"):
                for row in inherited | _rows(statement.decorator_list):
                    yield Mark(row=row, file=file, test=statement.name)


def _rows(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The rows named by every `pytest.mark.row(…)` under the nodes."""
    calls = [
        node
        for top in nodes
        for node in ast.walk(top)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.row"
    ]
    return frozenset(_text(argument) for call in calls for argument in call.args)


def _text(argument: ast.expr) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise MisplacedMark(f"line {argument.lineno}: a row is named by its id, written out: {ast.unparse(argument)}")


def _is_pytestmark(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "pytestmark" for target in statement.targets
    )


if __name__ == "__main__":
    PAGE.write_text(page(parts(), all_marks()), encoding="utf-8")
