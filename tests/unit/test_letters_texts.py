"""Texts, marks and templates of letters: what people write stays text, and no place stays open."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.letters.commands import Recipient
from desk.letters.composing import CodeWanted, Draft, addressee, composed
from desk.letters.events import CodePurpose, Means
from desk.letters.marks import mark, marks_in
from desk.letters.refusals import LetterValuesUnfit
from desk.letters.texts import file_name, filled, one_line, paragraph
from desk.packs import Pack, PackInvalid, load_pack
from desk.packs.letters import PLACES, LetterCode
from eventstore.records import StreamId

PACKS = Path(__file__).parents[2] / "municipalities"
FILES = (PACKS / "aomori.toml", PACKS / "tokorozawa.toml", Path(__file__).with_name("third_city.toml"))
KEY = b"k" * 32
WITH_CODE = Draft(
    template=LetterCode.ONE_TIME_LINK,
    about=StreamId("proposal", UUID(int=1)),
    recipient=Recipient(id=UUID(int=2), lines=("成田 様",), means=Means.MAIL, address="n@example.jp"),
    values={"matter": "ご提案"},
    code=CodeWanted(purpose=CodePurpose.WITHDRAWAL, valid_until=datetime(2026, 12, 1, 15, tzinfo=UTC)),
)


@given(st.text())
def test_one_line_is_one_line(text: str) -> None:
    assert len(f"x{one_line(text)}x".splitlines()) == 1
    assert one_line(one_line(text)) == one_line(text)


def test_a_paragraph_keeps_its_lines_and_turns_no_direction() -> None:
    assert paragraph("一\r\n二\x00\u202e三") == "一\n二 三"


def test_what_stands_in_a_value_is_not_read_as_a_template() -> None:
    assert filled("{a}、{b}", {"a": "{b}", "b": date(2026, 11, 22)}) == "{b}、令和8年11月22日（日）"


def test_a_place_without_a_value_is_refused() -> None:
    with pytest.raises(LetterValuesUnfit):
        filled("{a}{b}", {"a": "x"})


@pytest.mark.parametrize(
    ("named", "lines"),
    [
        (("株式会社あ", "営業部", "い"), ("株式会社あ", "営業部", "い 様")),
        (("株式会社あ", None, None), ("株式会社あ 御中",)),
        ((None, None, "い\r\nBcc: x"), ("い  Bcc: x 様",)),
        ((None, None, None), ()),
    ],
)
def test_an_addressee_ends_with_its_honorific(named: Any, lines: tuple[str, ...]) -> None:
    assert addressee(*named) == lines


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("青連第12号", "青連第12号.pdf"),
        ("企連/第1号:2", "企連_第1号_2.pdf"),
        ("../..", "_.pdf"),
        ("第1号\r\n\u202e", "第1号.pdf"),
        (" . ", "letter.pdf"),
        ("号" * 200, "号" * 66 + ".pdf"),
    ],
)
def test_a_letters_file_is_called_by_its_number_wherever_it_is_kept(number: str, name: str) -> None:
    assert file_name(number) == name


@given(st.text(max_size=300))
def test_no_number_makes_a_name_that_leads_elsewhere(number: str) -> None:
    name = file_name(number)
    assert not set('/\\:*?"<>|\n\r\0') & set(name)
    assert name.endswith(".pdf")
    assert not name.startswith(".")
    assert len(name.encode()) <= 255


@given(st.uuids(), st.integers(1, 2**16 - 1), st.text())
def test_a_mark_is_read_wherever_it_stands_in_whatever_case(letter_id: UUID, series: int, around: str) -> None:
    made = mark(KEY, letter_id, series)
    assert (letter_id, series) in marks_in(KEY, f"{around} <bounces+{made.upper()}@example.jp> {around}")


@given(st.uuids(), st.integers(0, 39))
def test_no_mark_can_be_made_up_or_changed(letter_id: UUID, at: int) -> None:
    made = mark(KEY, letter_id, 1)
    changed = made[:at] + ("a" if made[at] != "a" else "b") + made[at + 1 :]
    assert marks_in(KEY, changed) == []
    assert marks_in(b"o" * 32, made) == []


def letters_of(content: str) -> Pack:
    return load_pack(content.encode(), origin="test.toml")


@pytest.mark.row("N11")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_pack_has_every_letter_and_tells_all_that_it_must(file: Path) -> None:
    rules = letters_of(file.read_text(encoding="utf-8")).letters
    assert rules is not None
    assert set(rules.templates) == set(LetterCode) == set(PLACES)
    assert rules.templates[LetterCode.INELIGIBLE_NOTICE].adverse
    remedies = rules.remedies
    assert remedies is not None
    for told in ("3か月", "審査請求", "6か月", "被告"):
        assert told in remedies.value


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("理由：{ground}", "理由", "{ground}"),
        ("理由：{ground}", "理由：{ground}{name}", "{name}"),
        ("理由：{ground}", "理由：{ground", "対応"),
        ("理由：{ground}", "理由：{ground}{0.__class__}", "{名前}"),
        ("理由：{ground}", "理由：{ground!r}", "{名前}"),
        ("adverse = true", "adverse = false", "adverse = true"),
        ("[letters.remedies]", "[letters.remedy]", "使えません"),
        ("番号：{code}", "番号", "{code}"),
        ('value = 14\nsource = "ガイドラインに定めはない。お知らせ', 'value = 61\nsource = "お知らせ', "60日以内"),
    ],
)
def test_a_template_that_tells_too_little_or_too_much_is_refused_when_the_pack_is_read(
    before: str, after: str, reason: str
) -> None:
    content = FILES[0].read_text(encoding="utf-8")
    assert before in content
    with pytest.raises(PackInvalid, match="letters") as refused:
        letters_of(content.replace(before, after))
    assert reason in refused.value.message


def test_an_adverse_template_without_remedies_is_refused_when_the_pack_is_read() -> None:
    content = FILES[0].read_text(encoding="utf-8")
    start, end = content.index("[letters.remedies]"), content.index("[letters.code_notice]")
    with pytest.raises(PackInvalid, match="remedies"):
        letters_of(content[:start] + content[end:])


@pytest.mark.parametrize("unfit", ["http://portal.example.jp/", "https://portal.example.jp/#x", "portal.example.jp"])
def test_the_page_for_codes_is_protected_and_keeps_the_place_of_the_code_free(unfit: str) -> None:
    content = FILES[0].read_text(encoding="utf-8")
    url = '[letters.portal_url]\nvalue = "{}"\nsource = "x"\nstatus = "assumed"\n\n[letters.code_days]'
    rules = letters_of(content.replace("[letters.code_days]", url.format("https://portal.example.jp/code"))).letters
    assert rules is not None
    assert rules.portal_url is not None
    with pytest.raises(PackInvalid, match="portal_url"):
        letters_of(content.replace("[letters.code_days]", url.format(unfit)))


def test_a_code_stands_in_the_link_behind_the_sign_that_no_server_is_told() -> None:
    content = FILES[0].read_text(encoding="utf-8")
    url = '[letters.portal_url]\nvalue = "https://portal.example.jp/code"\nsource = "x"\nstatus = "assumed"\n\n'
    for pack, link in (
        (letters_of(content), None),
        (
            letters_of(content.replace("[letters.code_days]", f"{url}[letters.code_days]")),
            "https://portal.example.jp/code#",
        ),
    ):
        code = composed(WITH_CODE, pack).code
        assert code is not None
        assert (f"{link}{code.code}" in code.notice) == (link is not None)
        assert code.code in code.notice


def test_a_pack_from_before_there_were_letters_is_still_read() -> None:
    content = FILES[0].read_text(encoding="utf-8")
    assert letters_of(content[: content.index("[letters.issuer]")]).letters is None
