"""The methods that staff tools call, as the services' classes declare them."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, get_type_hints

from apps.reference import docstrings, shapes
from desk.forms import codes_of
from eventstore.declaration import Service
from eventstore.nameko import StaffMethod, staff_methods

SHARED: Final = {
    "command_id": "the command's id, drawn by the tool, one for each thing that a person does; with the same id again,"
    " the first result is given again",
    "expected_version": "the stream's version that the person saw; where it has moved on since, nothing is done"
    " (`stream_conflict`)",
    "reason": "why, in the person's own words; kept sealed",
    "at_least": "an event that the list must show, as a command gave it: `stream` and `version`; the answer waits"
    " for it up to one second",
    "limit": "how many at most",
    "after": "where the page before ended",
}
"""What the arguments mean that many methods share; a method's own words come first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """An argument of a method. kind: its JSON type in words."""

    name: str
    kind: str
    is_required: bool
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method with everything that is told of it; gives: what it returns, in words. note: what else it says."""

    service: str
    name: str
    declared: StaffMethod
    summary: str
    arguments: tuple[Argument, ...]
    gives: str
    note: str

    @property
    def problems(self) -> dict[str, str]:
        """Code → sentence of everything that may be wrong with a field, in alphabetical order of the codes."""
        declared = self.declared
        forms: list[Any] = [form() for form in (declared.takes, *declared.reads) if form]
        sentences = {code: told for form in forms for code, told in form.words.sentences.items()}
        codes = set(declared.problems).union(*map(codes_of, forms))
        return {code: sentences[code] for code in sorted(codes)}

    @property
    def is_command(self) -> bool:
        """Whether it changes something."""
        return any(argument.name == "command_id" for argument in self.arguments)


def service_class(service: Service) -> type[Any]:
    """The nameko class of a service. Raises LookupError where its module has none."""
    module = import_module(f"services.{service.name}.service")
    for _, found in inspect.getmembers(module, inspect.isclass):
        if found.__module__ == module.__name__ and getattr(found, "name", None) == service.name:
            return found
    raise LookupError(f"services.{service.name}.service has no class of this name")


def methods_of(service: Service) -> Iterator[Method]:
    """A service's methods, in alphabetical order."""
    cls = service_class(service)
    for name, declared in sorted(staff_methods(cls).items()):
        function = inspect.unwrap(getattr(cls, name))
        taken = _of_schema(declared.takes) if declared.takes else _of_signature(function)
        words = docstrings.read(function.__doc__, (argument for argument, _, _ in taken))
        yield Method(
            service=service.name,
            name=name,
            declared=declared,
            summary=words.summary,
            arguments=tuple(
                Argument(
                    name=argument,
                    kind=_in_words(shape),
                    is_required=is_required,
                    meaning=words.meanings.get(argument) or SHARED.get(argument, ""),
                )
                for argument, shape, is_required in taken
            ),
            gives=words.gives,
            note=words.note,
        )


def _of_schema(schema: type) -> list[tuple[str, shapes.Shape, bool]]:
    fields = [(field.data_key or name, field) for name, field in schema().fields.items()]
    taken = [(name, shapes.of_field(field), field.required) for name, field in fields]
    return sorted(taken, key=lambda argument: not argument[2])


def _of_signature(function: Any) -> list[tuple[str, shapes.Shape, bool]]:
    hints = get_type_hints(function, include_extras=True)
    _, *parameters = inspect.signature(function).parameters.values()
    return [(one.name, shapes.of_type(hints[one.name]), one.default is one.empty) for one in parameters]


def _in_words(shape: shapes.Shape) -> str:
    kinds = shape.get("type", "any")
    first, *rest = [kinds] if isinstance(kinds, str) else kinds
    if "format" in shape:
        first += f" ({shape['format']})"
    if "maximum" in shape:
        first += f" ({shape['minimum']} to {shape['maximum']})"
    if first == "array":
        first += f" of {_in_words(shape['items'])}"
    return " or ".join([first, *rest])
