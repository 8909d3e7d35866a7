"""The reference is true: what the code gives today, complete in methods, arguments and codes."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest
from grimp import build_graph

from apps.composition import SERVICES
from apps.reference import codes, docstrings, general
from apps.reference.__main__ import DOCS, written
from apps.reference.methods import Method, methods_of
from apps.reference.rpc import crosses_as
from eventstore.declaration import Service
from eventstore.errors import InvalidMessage, Refusal

METHODS: Final = [method for service in SERVICES for method in methods_of(service)]
PLACES: Final = codes.raised()
GENERAL: Final = (*general.EVERY_CALL, *general.COMMANDS)
IMPORTS: Final = build_graph(*codes.RINGS)
IN_REACH: Final = {
    module
    for service in SERVICES
    for module in IMPORTS.find_upstream_modules(f"services.{service.name}.service")
    | {f"services.{service.name}.service"}
}
"""The modules in which a staff call may end: whatever a service's edge imports."""
PORTALS: Final = {"Unanswerable", "ProofNotAccepted"}
"""What no staff call ends in: messages of portals are parked with it, or answered with it."""

each_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: f"{method.service}.{method.name}")


@pytest.mark.parametrize("name", ["rpc.md", "asyncapi.yaml"])
def test_the_committed_page_is_what_the_code_gives(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == written()[name], "write it: python -m apps.reference"


@each_method
def test_a_method_says_what_it_does_takes_and_gives(method: Method) -> None:
    assert method.summary.endswith(".")
    assert method.gives.endswith(".")
    assert [argument.name for argument in method.arguments if not argument.meaning] == []


@each_method
def test_a_declared_error_crosses_with_a_code_and_a_sentence_of_its_own(method: Method) -> None:
    for error in method.declared.refuses:
        assert crosses_as(error)
        assert codes.sentences(error, error.code, PLACES), error.__name__
        assert (error, error.code) not in {(one.error, one.code) for one in GENERAL}, "stated once, for every method"


def test_every_method_and_every_code_with_a_sentence_for_people_stands_on_the_page() -> None:
    page = written()["rpc.md"]

    for method in METHODS:
        assert f"### {method.service}.{method.name}\n" in page
        assert f"Permission: `{method.declared.permission}`." in page
        for code in method.problems:
            assert f"| `{code}` | " in page
    for place in PLACES:
        if place.module in IN_REACH and place.text.endswith("。"):
            assert f"| `{place.code}` | `" in page, place


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_refusal_of_a_service_is_declared_by_one_of_its_methods(service: Service) -> None:
    declared = {error for method in METHODS for error in method.declared.refuses}
    own = {module for module in IN_REACH if module.startswith(f"services.{service.name}.")}

    refusals = {error for error in codes.known_errors().values() if error.__module__ in own}

    assert {error.__name__ for error in refusals - declared if issubclass(error, (Refusal, InvalidMessage))} <= PORTALS


@each_method
def test_every_code_of_a_field_is_told_somewhere(method: Method) -> None:
    for code in method.problems:
        assert texts()[code] > 1, f"{code} has a sentence, and nobody tells it"


def test_every_general_error_is_told_with_a_sentence() -> None:
    for one in GENERAL:
        assert codes.sentences(one.error, one.code, PLACES), one.code


def test_what_is_raised_without_words_has_a_sentence_of_its_own() -> None:
    known = codes.known_errors()
    bare = {name for node in nodes() if (name := raised_bare(node)) in known}

    assert len(bare) > 50
    for name in bare:
        assert known[name]().message, name


def raised_bare(node: ast.AST) -> str:
    """The name of what is raised, or made, without any argument."""
    match node:
        case ast.Raise(exc=ast.Name(id=name)) | ast.Call(func=ast.Name(id=name), args=[], keywords=[]):
            return name
        case _:
            return ""


class Odd(Refusal):
    """Made for this test."""

    code = "odd"
    sentence = "三。"


def test_codes_are_read_from_wherever_an_error_is_made() -> None:
    source = """
class Odd(Refusal):
    def __init__(self, many):
        super().__init__(f"{many}件あります。")

raise Odd("一。", code="first")
made = Odd(text)
raise Odd
Odd
other("二。")
"""
    places = list(codes._places(ast.parse(source), "module", {"Odd": Odd}))

    assert [(place.code, place.text) for place in places] == [
        ("odd", "…件あります。"),
        ("first", "一。"),
        ("odd", ""),
        ("odd", "三。"),
    ]


def test_a_docstring_is_read_in_its_parts() -> None:
    words = docstrings.read(
        """Does it.

        one, two: numbers; from one: up. three: another.
        still another.

        Beware.

        Gives nothing.
        """,
        ("one", "two", "three"),
    )

    assert words.summary == "Does it."
    assert words.meanings == {
        "one": "numbers; from one: up",
        "two": "numbers; from one: up",
        "three": "another. still another",
    }
    assert (words.gives, words.note) == ("nothing.", "Beware.")


@cache
def texts() -> Counter[str]:
    """Every text that is written out in the three rings, with how often."""
    constants = (node.value for node in nodes() if isinstance(node, ast.Constant))
    return Counter(value for value in constants if isinstance(value, str))


def nodes() -> Iterator[ast.AST]:
    """Everything that is written in the three rings."""
    for ring in codes.RINGS:
        for path in (codes.ROOT / ring).rglob("*.py"):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))
