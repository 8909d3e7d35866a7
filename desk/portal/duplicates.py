"""Keys that stand twice in a JSON object: such a text says two things, and each reader hears one (RFC 8259 §4)."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from desk.forms import Problem, Words
from eventstore.errors import FieldError


class _Twice(dict[str, Any]):
    """An object with the keys that stand twice in it."""

    twice: tuple[str, ...] = ()


def duplicates(body: bytes, words: Words) -> list[FieldError]:
    """An error for every key of a valid JSON text that stands twice, or that it is nested too deep to look.

    words: those of the service whose fields stand in it.
    """
    found = False

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal found
        read = _Twice(pairs)
        if len(read) < len(pairs):
            read.twice = tuple(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
            found = True
        return read

    try:
        root = json.loads(body, object_pairs_hook=made)
        return list(_told(root, "", words, is_root=True)) if found else []
    except RecursionError:
        return [Problem("too_deep").at("data", words)]


def _told(value: object, path: str, words: Words, *, is_root: bool = False) -> Iterator[FieldError]:
    """What is inside `data` is named from there on, as every other error is."""
    if isinstance(value, _Twice):
        for name in value.twice:
            yield Problem("duplicate_key").at(f"{path}{name}", words)
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, nested in items:
        yield from _told(nested, "" if is_root and key == "data" else f"{path}{key}.", words)
