"""How a template and values become a PDF: A4, tagged (PDF/UA-1), the same bytes for the same input.

The templates (.typ) lie beside this file. What people wrote reaches them as JSON and is shown as text; it is never read
as markup. Templates read nothing outside their folder and fetch nothing.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
import typst

from desk.paper.printable import Unprinted, printable
from desk.paper.typeface import folder

TEMPLATES: Final = Path(__file__).parent / "templates"
ACCESSIBLE: Final = "ua-1"


class TypesettingError(Exception):
    """A template and the values that it was given do not fit: a fault of ours. It repeats nothing of the values."""


def render(template: str, values: Mapping[str, Any]) -> bytes:
    """A PDF. template: the name of a file in `templates`, whose first lines say which values it takes.

    Raises `TypesettingError` where the values are not the template's. Takes a few milliseconds of CPU without the
    interpreter's lock, a tenth of a second for a hundred pages: off the hub where others wait.
    """
    try:
        return typst.compile(
            _source(template),
            root=TEMPLATES,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"values": _input(values)},
            pdf_standards=ACCESSIBLE,
            timestamp=0,
        )
    except typst.TypstError:
        raise TypesettingError(f"{template} cannot be set with these values") from None


def _source(template: str) -> Path:
    source = TEMPLATES / f"{template}.typ"
    if source.parent != TEMPLATES or not source.is_file():
        raise TypesettingError(f"there is no template {template}")
    return source


def _input(values: Mapping[str, Any]) -> str:
    unprinted = Unprinted()
    shown = printable(values, unprinted)
    told = {"missing": sorted(unprinted.missing), "variants": sorted(unprinted.variants)}
    return orjson.dumps({**shown, **told}).decode()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder()])
