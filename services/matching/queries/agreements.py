"""What was agreed, edition by edition, each with what it changed of the one before (B08)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

COMPARED: Final = ("goals", "roles", "merits")


def with_changes(editions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each edition, as it is told, with its `changes`: `field`, `old` and `new`; the first one has none.

    editions: oldest first. What cannot be opened any more, of either of two, is compared with nothing.
    """
    before = (None, *editions)
    return [
        {**edition, "changes": [] if old is None else list(_changes(dict(_agreed(old)), dict(_agreed(edition))))}
        for old, edition in zip(before, editions, strict=False)
    ]


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in old:
        if name in new and old[name] != new[name]:
            yield {"field": name, "old": old[name], "new": new[name]}


def _agreed(edition: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What was agreed by its name, what falls to each side on its own: `goals`, `roles.city` and so on."""
    for name in COMPARED:
        match edition.get(name):
            case None:
                continue
            case Mapping() as shares:
                yield from ((f"{name}.{side}", share) for side, share in shares.items())
            case agreed:
                yield name, agreed
