"""Text from people as it can be printed: no control characters, nothing that the typeface cannot show, no endless word.

What the typeface does not have is printed as 〓, the printers' own sign for a character that is missing (下駄), and a
variant (異体字) in its ordinary form; the paper says which they were. A name is completed by hand, never altered in
silence.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from unicodedata import category

from desk.paper.typeface import characters

MISSING: Final = "〓"
BREAK: Final = "\u200b"
"""Zero-width space: a line may end here."""

_LINE_END: Final = re.compile("\r\n?|[\u000b\u000c\u0085\u2028\u2029]")
_BLANK: Final = re.compile("[\t\u00a0\u202f]")
_VARIANT: Final = re.compile("([^\U000e0100-\U000e01ef])([\U000e0100-\U000e01ef])")
"""A character and which of its forms is meant (Ideographic Variation Sequence, UTS #37)."""
_UNSEEN: Final = re.compile("[\u180b-\u180f\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
"""Characters without a shape of their own: selectors, joiners."""
_UNBREAKABLE: Final = re.compile(
    r"[^\s\u200bあいうえおか-ぢつ-もやゆよら-ろわ-んアイウエオカ-ヂツ-モヤユヨラ-ロワ-ン\u3400-\u9fff\U00020000-\U0003ffff]{40}"
)
"""Forty characters between which no line would end: long words, rows of punctuation marks."""


@dataclass(frozen=True, slots=True)
class Unprinted:
    """What was not printed as it was written: characters that stand as 〓, and variants that stand in ordinary form."""

    missing: set[str] = field(default_factory=set)
    variants: set[str] = field(default_factory=set)


def printable(value: Any, unprinted: Unprinted | None = None) -> Any:
    """A value for a template: mappings, lists, numbers, truth values and None as they are, every text made printable.

    unprinted: is told what was not printed as it was written. Raises TypeError for anything else.
    """
    unprinted = unprinted or Unprinted()
    match value:
        case str():
            return _text(value, unprinted)
        case Mapping():
            return {str(name): printable(one, unprinted) for name, one in value.items()}
        case list() | tuple():
            return [printable(one, unprinted) for one in value]
        case None | bool() | int():
            return value
        case _:
            raise TypeError(f"{type(value).__name__} cannot be printed; say it in text")


def _text(text: str, unprinted: Unprinted) -> str:
    unprinted.variants.update(f"{_named(base)} {_named(selector)}" for base, selector in _VARIANT.findall(text))
    lines = _UNSEEN.sub("", _BLANK.sub(" ", _LINE_END.sub("\n", text)))
    shown = "".join(_shown(character, unprinted) for character in lines)
    return _UNBREAKABLE.sub(lambda run: run.group() + BREAK, shown)


def _shown(character: str, unprinted: Unprinted) -> str:
    if character == "\n" or ord(character) in characters():
        return character
    if category(character) in ("Cc", "Cf"):
        return ""
    unprinted.missing.add(_named(character))
    return MISSING


def _named(character: str) -> str:
    return f"U+{ord(character):04X}"
