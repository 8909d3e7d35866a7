"""What companies say of minutes, read: the sample, and that nothing shows a proof or a text."""

import json
from typing import Any, Final

import pytest

from desk.forms import load
from services.matching.schemas.minutes_by_portal import MinutesAnswered, MinutesAnswerForm
from tests.cities import ROOT
from tests.portals import changed

SAMPLE: Final[dict[str, Any]] = json.loads((ROOT / "examples" / "later" / "minutes.json").read_bytes())["data"]
OBJECTION: Final = "札の数が、話したものと違います。"


def read(path: str, to: Any) -> MinutesAnswered:
    """What the form makes of the sample with one field changed."""
    content, errors = load(MinutesAnswerForm(), changed(SAMPLE, path, to))
    assert errors == ()
    assert isinstance(content, MinutesAnswered)
    return content


@pytest.mark.row("S07")
def test_minutes_are_confirmed_by_saying_that_nothing_is_to_be_changed() -> None:
    assert read("objection", None).objection is None
    assert read("objection", OBJECTION).objection == OBJECTION


def test_which_edition_was_read_need_not_be_said() -> None:
    assert (read("edition", 3).edition, read("edition", ...).edition) == (3, None)


def test_what_was_read_shows_neither_proof_nor_text() -> None:
    shown = repr(read("objection", OBJECTION))

    assert OBJECTION not in shown
    assert SAMPLE["proof"]["one_time_code"] not in shown
