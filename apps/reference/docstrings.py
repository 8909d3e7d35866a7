"""What a docstring says, in its parts: the first sentence, what each name means, what is given back, and the rest.

\"""Enters a proposal on someone's behalf.

submission: `data` of `ProposalSubmitted`. channel, received_at: as in `receive_inquiry`.

Gives the event and the receipt.
\"""
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import Final

GIVES: Final = "Gives "


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A docstring's parts. gives: the paragraph that begins so, without that word. note: the others."""

    summary: str
    meanings: Mapping[str, str]
    gives: str
    note: str


def read(docstring: str | None, names: Iterable[str]) -> Words:
    """The parts of a docstring; `names` are the arguments or fields whose meaning it may tell."""
    summary, *paragraphs = [" ".join(part.split()) for part in cleandoc(docstring or "").split("\n\n")]
    names = tuple(names)
    gives = next((part.removeprefix(GIVES) for part in paragraphs if part.startswith(GIVES)), "")
    told = [(part, _meanings(part, names)) for part in paragraphs if not part.startswith(GIVES)]
    return Words(
        summary=summary,
        meanings={name: meaning for _, meanings in told for name, meaning in meanings.items()},
        gives=gives,
        note=" ".join(part for part, meanings in told if not meanings),
    )


def _meanings(paragraph: str, names: tuple[str, ...]) -> dict[str, str]:
    """`a, b: what they are. c: what it is.` by name; nothing for a paragraph that does not begin so."""
    name = "|".join(map(re.escape, names))
    heads = list(re.finditer(rf"(?:^|(?<=[.;] ))((?:{name})(?:, (?:{name}))*): ", paragraph)) if name else []
    if not heads or heads[0].start() > 0:
        return {}
    ends = [*(head.start() for head in heads[1:]), len(paragraph)]
    return {
        one: paragraph[head.end() : end].strip().rstrip(".;")
        for head, end in zip(heads, ends, strict=False)
        for one in head[1].split(", ")
    }
