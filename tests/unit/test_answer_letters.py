"""Letters that answer a proposer: which kind tells a decision, and what of it."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.letters.commands import Recipient
from desk.letters.composing import Draft, composed
from desk.letters.events import LetterComposed, Means
from desk.letters.texts import paragraph
from desk.packs import Pack, load_pack
from desk.packs.letters import LetterCode
from desk.wareki import wareki
from eventstore.protection import Sealed
from eventstore.records import StreamId
from services.matching.declaration import MATCHING
from services.matching.domain.case.feasibility import FeasibilityDecided, Outcome
from services.matching.queries.answer_places import place
from services.matching.queries.letters_answers import answer_to, template_of
from tests.cities import AOMORI, TOKOROZAWA
from tests.feasibility import DAY, happened
from tests.samples import sample

UNTIL: Final = date(2027, 4, 1)
TO: Final = Recipient(id=UUID(int=1), lines=("長谷川 美咲 様",), means=Means.MAIL, address="h@yuki.example.jp")
MATTER: Final = {"receipt_number": "AB12-CD34-EF56", "title": "空き教室で朝食を"}
TEXTS: Final = st.text(min_size=1, max_size=200).filter(lambda text: bool(text.strip()))
each_pack = pytest.mark.parametrize("file", [AOMORI, TOKOROZAWA], ids=["aomori", "tokorozawa"])


def pack_of(file: Path) -> Pack:
    return load_pack(file.read_bytes(), origin=file.stem)


def decision(outcome: Outcome, explanation: str = "計画に合うため。", **changed: Any) -> FeasibilityDecided:
    asked: dict[str, Any] = {"method": None, "kept_until": UNTIL if outcome is Outcome.KEPT else None, **changed}
    event: Any = happened("FeasibilityDecided", outcome=outcome, decided_on=DAY, explanation=Sealed(explanation))
    return replace(event, **asked)  # type: ignore[no-any-return]


def letter(decided: FeasibilityDecided, pack: Pack) -> LetterComposed:
    """The letter that tells a decision, as it is recorded."""
    draft = Draft(
        template=template_of(decided),
        about=StreamId("case", UUID(int=2)),
        recipient=TO,
        values={**MATTER, **answer_to(decided, pack)},
    )
    command, declared = composed(draft, pack), MATCHING.events.declared("LetterComposed", 1)
    event: Any = replace(sample(declared, sparse=True), template=command.template, body=Sealed(command.body))
    return event  # type: ignore[no-any-return]


@each_pack
@settings(max_examples=60)
@given(outcome=st.sampled_from(Outcome), explanation=TEXTS)
def test_a_letter_tells_the_day_and_the_reason_of_its_decision_whatever_people_write(
    file: Path, outcome: Outcome, explanation: str
) -> None:
    pack, decided = pack_of(file), decision(outcome, explanation)
    text = "\n".join(letter(decided, pack).body.reveal())
    assert wareki(DAY) in text
    assert paragraph(explanation) in text
    assert (wareki(UNTIL) in text) == (outcome is Outcome.KEPT)


def test_every_letter_that_answers_has_a_place_of_its_own() -> None:
    cases = [UUID(int=1), UUID(int=2)]
    places = [place(case, decision, number) for case in cases for decision in range(1, 13) for number in range(1, 13)]
    assert len(set(places)) == len(places)


def test_another_method_is_told_by_its_name_and_the_law_that_it_rests_on() -> None:
    pack = pack_of(AOMORI)
    decided = decision(Outcome.OTHER_METHOD, method="naming_rights")
    (told,) = (one for one in letter(decided, pack).body.reveal() if "手法" in one)
    assert told.startswith("決定：ほかの手法による\n手法：ネーミングライツ（")


@pytest.mark.row("B02")
@each_pack
def test_a_no_is_told_with_remedies_and_nothing_else_is(file: Path) -> None:
    rules = pack_of(file).letters
    assert rules is not None
    adverse = {code for code in map(template_of, map(decision, Outcome)) if rules.templates[code].adverse}
    assert adverse == {LetterCode.DECLINED_ANSWER}
