"""The typeface of everything printed, IPAexゴシック, and which characters it has.

It comes with the package matplotlib-fontja. The package is found and never imported: it would import matplotlib.
"""

from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from struct import iter_unpack, unpack_from
from typing import Final

PACKAGE: Final = "matplotlib_fontja"
FILE: Final = "ipaexg.ttf"
SEGMENTED_COVERAGE: Final = 12
"""The format of a character table that reaches beyond U+FFFF (OpenType, cmap)."""


@cache
def folder() -> Path:
    """Where the typeface's file lies. Raises FileNotFoundError where the package is not installed."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise FileNotFoundError(PACKAGE)
    return Path(found.origin).parent / "fonts"


@cache
def characters() -> frozenset[int]:
    """The code points that the typeface can show. Raises ValueError where it has no table of format 12."""
    font = (folder() / FILE).read_bytes()
    table = _character_map(font)
    (count,) = unpack_from(">H", font, table + 2)
    for number in range(count):
        (offset,) = unpack_from(">I", font, table + 8 + 8 * number)
        if unpack_from(">H", font, table + offset) == (SEGMENTED_COVERAGE,):
            return frozenset(_covered(font, table + offset))
    raise ValueError(f"{FILE} has no character table of format {SEGMENTED_COVERAGE}")


def _character_map(font: bytes) -> int:
    """Where the table `cmap` begins (OpenType, table directory)."""
    (count,) = unpack_from(">H", font, 4)
    for tag, _, offset, _ in iter_unpack(">4sIII", font[12 : 12 + 16 * count]):
        if tag == b"cmap":
            return int(offset)
    raise ValueError(f"{FILE} has no character map")


def _covered(font: bytes, at: int) -> Iterator[int]:
    (groups,) = unpack_from(">I", font, at + 12)
    for first, last, _ in iter_unpack(">III", font[at + 16 : at + 16 + 12 * groups]):
        yield from range(first, last + 1)
