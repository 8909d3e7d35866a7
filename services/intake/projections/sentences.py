"""What a sentence of a timeline is made by."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Sentence: TypeAlias = Callable[[Mapping[str, Any], str], str]
"""An event's open fields as JSON, and the channel by which it came → the sentence."""


def always(sentence: str) -> Sentence:
    """The same sentence for every event of a type."""
    return lambda _, __: sentence
