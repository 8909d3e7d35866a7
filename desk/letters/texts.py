"""A letter's texts: a template's places filled, and what people wrote kept from doing anything but being read."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from string import Formatter
from typing import Final, TypeAlias

from desk.letters.refusals import LetterValuesUnfit
from desk.wareki import wareki

Value: TypeAlias = str | date
"""What fills a place; a date is written in 和暦."""
_BREAKS: Final = ("Cc", "Zl", "Zp")
_TURNING: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that turn the direction of what follows: they make a text read otherwise than it stands."""
_UNFIT_IN_NAMES: Final = str.maketrans(dict.fromkeys('/\\:*?"<>|', "_"))
LONGEST_NAME: Final = 200  # bytes, of the 255 that file systems take


def one_line(text: str) -> str:
    """A text that stands on one line: in a title, an addressee, a head of a mail."""
    shown = "".join(" " if unicodedata.category(c) in _BREAKS else c for c in _unturned(text))
    return " ".join(shown.split(" ")).strip()


def paragraph(text: str) -> str:
    """A paragraph: its line breaks stay, other control characters go."""
    lines = _unturned(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(one_line(line) for line in lines)


def _unturned(text: str) -> str:
    return "".join(c for c in text if c not in _TURNING and unicodedata.category(c) != "Cs")


def file_name(document_number: str) -> str:
    """What the letter's file is called: its document number, as any system may name a file, with `.pdf`."""
    shown = one_line(unicodedata.normalize("NFC", document_number)).translate(_UNFIT_IN_NAMES).strip(" .")
    return f"{shown.encode()[:LONGEST_NAME].decode(errors='ignore') or 'letter'}.pdf"


def filled(template: str, values: Mapping[str, Value]) -> str:
    """A template with its places filled; what stands in a value is not read as a template.

    Refused with `LetterValuesUnfit` where a place has no value.
    """
    parts = []
    for text, name, _, _ in Formatter().parse(template):
        parts.append(text)
        if name is not None:
            if name not in values:
                raise LetterValuesUnfit(f"文書に差し込む内容が足りません（{name}）。")
            parts.append(_written(values[name]))
    return "".join(parts)


def _written(value: Value) -> str:
    return value if isinstance(value, str) else wareki(value)
