"""The sheet that both sides confirm: it says what was said and who was there by position, and can be read aloud."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st
from pypdf import PdfReader

from desk.comparing import changed_sentences
from desk.packs import load_pack
from desk.paper import render
from eventstore.protection import Sealed
from services.matching.domain.case.dialogue import (
    MinutesAbsent,
    MinutesConfirmedByCity,
    MinutesDrafted,
    Participant,
    SessionHeld,
    Setting,
    Side,
)
from services.matching.queries.minutes import Documented, EditionUnknown, sheet
from services.matching.queries.proposals import ProposalAsTold
from tests.cities import AOMORI

pytestmark = pytest.mark.row("S07")

DAY = date(2026, 11, 20)
PACK = load_pack(AOMORI.read_bytes(), origin="aomori")
SESSION = UUID(int=1)
TEXT = "停留所は12か所とする。\n電源は市が用意する。\n\n次回は12月とする。"
TOLD = ProposalAsTold(title="路線バスの時刻を雪の日にも", proposer_name="株式会社ゆきみち")


def person(side: Side, position: str | None = None) -> Participant:
    return Participant(side=side, name="長谷川 美咲", position=position)


def session(*people: Participant, text: str = TEXT, subject: str = "停留所の使い方") -> Documented:
    held = SessionHeld(
        session_id=SESSION,
        held_on=DAY,
        setting=Setting.PHONE,
        participants_id=UUID(int=2),
        participants=Sealed(people or (person(Side.CITY), person(Side.PROPOSER))),
        subject=Sealed(subject),
    )
    first = MinutesDrafted(session_id=SESSION, edition=1, drafted_on=DAY, text=Sealed("はじめの版。"))
    second = replace(first, edition=2, text=Sealed(text))
    confirmed = MinutesConfirmedByCity(
        session_id=SESSION, edition=1, confirmed_on=DAY, file_sha256=Sealed(sha256(b"").digest())
    )
    return Documented(held=held, drafts=(first, second), confirmed=(confirmed,))


def shown(documented: Documented) -> dict[str, Any]:
    return sheet(documented, 2, TOLD, PACK, date(2026, 11, 22))


def printed(documented: Documented) -> PdfReader:
    return PdfReader(BytesIO(render("minutes", shown(documented))))


def text_of(pdf: PdfReader) -> str:
    return "".join("".join(page.extract_text().split()) for page in pdf.pages)


def test_the_sheet_tells_its_edition_what_was_said_and_that_the_city_stands_by_it() -> None:
    told = text_of(printed(session()))

    for words in (
        "第2版", "対話の議事録", "路線バスの時刻を雪の日にも", "令和8年11月20日（金）", "電話", "停留所の使い方",
        "停留所は12か所とする。", "次回は12月とする。",
        "青森市は、令和8年11月22日（日）に、この版の内容を確認しました。",
    ):  # fmt: skip
        assert words in told
    assert "はじめの版" not in told


def test_those_present_stand_by_side_and_position_and_never_by_name() -> None:
    chief, other = person(Side.CITY, "連携推進課長"), person(Side.CITY)
    facts = dict(shown(session(chief, other, other, person(Side.PROPOSER)))["facts"])

    assert (facts["出席者（市）"], facts["出席者（提案者）"]) == ("連携推進課長\nほか2名", "1名")
    told = text_of(printed(session(chief, person(Side.PROPOSER))))
    assert "長谷川" not in told
    assert "ゆきみち" not in told


def test_the_sheet_can_be_read_aloud() -> None:
    """PDF/UA-1 (ISO 14289-1): language, title, structure."""
    pdf = printed(session())

    assert pdf.root_object["/Lang"] == "ja-JP"
    assert pdf.root_object["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in pdf.root_object
    assert pdf.metadata is not None
    assert pdf.metadata.title == "対話の議事録"


def test_the_same_edition_makes_the_same_bytes() -> None:
    assert render("minutes", shown(session())) == render("minutes", shown(session()))


@generated(st.text(st.characters(), min_size=1, max_size=80))
def test_whatever_was_said_can_be_printed(text: str) -> None:
    assert render("minutes", shown(session(text=text, subject=text))).startswith(b"%PDF")


def test_long_minutes_run_over_several_pages() -> None:
    assert len(printed(session(text="長い段落です。\n" * 400)).pages) > 1


@pytest.mark.parametrize("edition", [0, 3])
def test_there_is_no_edition_that_was_not_written(edition: int) -> None:
    with pytest.raises(EditionUnknown):
        session().text(edition)
    with pytest.raises(MinutesAbsent):
        replace(session(), drafts=()).text(edition)


@generated(st.text("ab。\n", max_size=30), st.text("ab。\n", max_size=30))
def test_what_changed_is_what_one_has_and_the_other_has_not(old: str, new: str) -> None:
    changes = changed_sentences(old, new)

    assert bool(changes["removed"] or changes["added"]) is (old != new)
    assert len(old) - len("".join(changes["removed"])) == len(new) - len("".join(changes["added"]))
