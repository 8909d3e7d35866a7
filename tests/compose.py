"""Reads `docker-compose.yml` as an engine would: anchors merged, variables filled in, entrypoint and command joined."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from tests.cities import ROOT

FILE: Final = ROOT / "docker-compose.yml"
IMAGE_ENTRYPOINT: Final = ["renkei"]
"""What the image runs unless the file says otherwise; `Dockerfile` says the same, by a test."""

_VARIABLE: Final = re.compile(r"\$(?:\$|\{(?P<name>[A-Za-z_]\w*)(?:(?P<kind>:[-?])(?P<word>[^}]*))?\})")


class VariableMissing(Exception):
    """A variable that the file requires (`${NAME:?why}`) is not set."""


@dataclass(frozen=True, slots=True)
class Composition:
    """The file with its variables filled in; `services` by name."""

    content: dict[str, Any]

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        """All services, those of a profile too."""
        services: dict[str, dict[str, Any]] = self.content["services"]
        return services

    @property
    def ours(self) -> dict[str, dict[str, Any]]:
        """The services that run our image."""
        return {name: service for name, service in self.services.items() if "build" in service}

    def arguments(self, name: str) -> list[str]:
        """What the service's container runs."""
        service = self.services[name]
        return [*service.get("entrypoint", IMAGE_ENTRYPOINT), *service.get("command", [])]

    def health_check(self, name: str) -> list[str]:
        """What the engine runs in the service's container to learn whether it is healthy."""
        kind, *arguments = self.services[name]["healthcheck"]["test"]
        return arguments if kind == "CMD" else ["/bin/sh", "-c", *arguments]


def composition(variables: Mapping[str, str]) -> Composition:
    """The file with these variables. Raises `VariableMissing`."""
    return Composition(_filled(yaml.safe_load(FILE.read_text(encoding="utf-8")), variables))


def variables_named() -> Iterator[tuple[str, str | None]]:
    """Each variable of the file with `:?`, `:-` or nothing, as often as it stands there."""
    for found in _VARIABLE.finditer(FILE.read_text(encoding="utf-8")):
        if found["name"]:
            yield found["name"], found["kind"]


def _filled(value: Any, variables: Mapping[str, str]) -> Any:
    match value:
        case str():
            return _VARIABLE.sub(lambda found: _value(found, variables), value)
        case list():
            return [_filled(item, variables) for item in value]
        case dict():
            return {key: _filled(item, variables) for key, item in value.items()}
        case _:
            return value


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    if found["name"] is None:
        return "$"
    if value := variables.get(found["name"]):
        return value
    if found["kind"] == ":?":
        raise VariableMissing(f"{found['name']}: {found['word']}")
    return found["word"] or ""
