"""What a timeline's sentences are made by: one for each event, from its open fields alone."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeAlias

from desk.wareki import wareki

Sentence: TypeAlias = Callable[[Mapping[str, Any], str], str]
"""An event's open fields as JSON, and the channel by which it came → the sentence."""


def always(sentence: str) -> Sentence:
    """The same sentence for every event of a type."""
    return lambda _, __: sentence


def wareki_of(fields: Mapping[str, Any], name: str) -> str:
    """The day that stands in a field, as the office writes it."""
    return wareki(date.fromisoformat(fields[name]))
