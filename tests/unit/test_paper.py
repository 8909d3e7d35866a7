"""Paper: what people wrote is printed and never acts; every sheet can be read aloud, and is the same each time."""

import sys
from io import BytesIO
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from desk.paper import TypesettingError, render, typeface
from desk.paper.printable import BREAK, MISSING, printable
from desk.paper.rendering import TEMPLATES

LETTER: Final[dict[str, Any]] = {
    "document_number": "青連第12号",
    "issued_on": "令和8年11月22日（日）",
    "addressee": ["〒030-0801 青森市新町一丁目3番7号", "代表取締役　青森 花子　様"],
    "issuer": ["青森市長　西　秀記"],
    "title": "提案の補正について",
    "body": ["一つ目の段落です。", "二つ目の段落です。\n改行しています。"],
    "attachments": ["提案書の写し"],
    "remedies": "この決定に不服がある場合は、審査請求をすることができます。",
    "enquiries": ["企画部 連携推進課", "電話 017-761-4154"],
}
TOLD: Final = (
    "青連第12号", "令和8年11月22日（日）", "青森花子様", "青森市長西秀記", "提案の補正について", "一つ目の段落です。",
    "改行しています。", "提案書の写し", "教示", "審査請求をすること", "017-761-4154", "1/1",
)  # fmt: skip
FITS: Final = 120
"""No line of an A4 sheet holds more characters at this size."""
HOSTILE: Final = [
    '#import "@preview/x:0.1.0"',
    '#read("/etc/passwd")',
    "$ x^2 $ * _ ` < > @label = heading \\ / // /* */ [ ] { } ~ \\u{41}",
    '"}]} \\" \\n',
    "<script>alert(1)</script>",
    "W" * 500,
    "、" * 500,
    "ーぁ" * 250,
    "\u00a0" * 500,
    "A\u0301" * 500,
    "\x00\x01\x07\x1b[31m\x7f\u0085\u2028\u2029\r\n\t",
    "\ud800 \udfff \ud83d",
    "𠮷野家 髙橋 﨑 葛\U000e0100 👨‍👩‍👧 \ue000 \U000f0000 \U0010ffff \ufffe",
    "\u202eabc\u2066def\u200b\u200d\ufeff",
    "한글 ไทย العربية עברית हिन्दी",
]


def letter(**changed: Any) -> PdfReader:
    return PdfReader(BytesIO(render("letter", {**LETTER, **changed})))


def text_of(pdf: PdfReader) -> str:
    return "".join("".join(page.extract_text().split()) for page in pdf.pages)


def test_a_letter_says_all_that_it_was_given() -> None:
    told = text_of(letter())

    for words in TOLD:
        assert words in told


def test_a_letter_without_remedies_and_enclosures_shows_no_box_for_them() -> None:
    told = text_of(letter(remedies=None, attachments=[]))

    assert "教示" not in told
    assert "添付書類" not in told


def test_a_letter_can_be_read_aloud() -> None:
    """PDF/UA-1 (ISO 14289-1): language, title, structure."""
    pdf = letter()
    catalog = pdf.root_object

    assert catalog["/Lang"] == "ja-JP"
    assert catalog["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in catalog
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata is not None
    assert pdf.metadata.title == "提案の補正について"
    assert b"pdfuaid" in catalog["/Metadata"].get_data()


def test_a_letter_is_a4_and_counts_its_pages() -> None:
    pdf = letter(body=["長い段落です。" * 60] * 12)

    assert len(pdf.pages) > 1
    for number, page in enumerate(pdf.pages, start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert f"{number}/{len(pdf.pages)}" in "".join(page.extract_text().split())


def test_the_same_values_make_the_same_bytes() -> None:
    assert render("letter", LETTER) == render("letter", LETTER)
    assert render("letter", LETTER) != render("letter", {**LETTER, "title": "別の件名"})


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("field", ["title", "body", "addressee", "remedies"])
def test_what_people_wrote_is_shown_and_never_acts(hostile: str, field: str) -> None:
    value = hostile if field in ("title", "remedies") else [hostile]

    told = text_of(letter(**{field: value}))

    expected = "".join(printable(hostile).replace(BREAK, "").split())
    if expected.isascii():
        assert expected in told.replace(BREAK, "")
    assert "root:" not in told


@pytest.mark.parametrize("long", ["W" * 500, "、" * 500, "ーぁ" * 250, "\u00a0A" * 250])
def test_nothing_runs_over_the_edge_of_the_paper(long: str) -> None:
    lines = [line for page in letter(body=[long]).pages for line in page.extract_text().splitlines()]

    assert max(len(line.replace(BREAK, "")) for line in lines) <= FITS


def test_a_character_that_the_typeface_does_not_have_is_named() -> None:
    told = text_of(letter(addressee=["𠮷野 太郎 様"]))

    assert f"{MISSING}野太郎様" in told
    assert "U+20BB7" in told
    assert "書体にない" not in text_of(letter())


def test_a_variant_that_is_printed_in_its_ordinary_form_is_named() -> None:
    told = text_of(letter(addressee=["葛\U000e0100飾 太郎 様"]))

    assert "葛飾太郎様" in told
    assert "U+845BU+E0100" in told
    assert "異体字" not in text_of(letter())


def test_control_characters_and_what_turns_the_direction_of_writing_are_left_out() -> None:
    assert printable("甲\x00\x1b\u202e乙\u2066丙\ufeff\r\n丁\t戊") == "甲乙丙\n丁 戊"


def test_only_what_can_be_shown_is_taken() -> None:
    assert printable({"a": [1, None, True, ("甲",)]}) == {"a": [1, None, True, ["甲"]]}
    with pytest.raises(TypeError):
        printable(b"bytes")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(), max_size=80))
def test_any_text_can_be_printed(text: str) -> None:
    assert render("letter", {**LETTER, "title": text, "body": [text], "addressee": [text]}).startswith(b"%PDF")


def test_a_template_with_values_that_are_not_its_own_is_a_fault_that_repeats_nothing() -> None:
    with pytest.raises(TypesettingError) as raised:
        render("letter", {"title": "秘密の件名"})

    assert "秘密" not in str(raised.value)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


@pytest.mark.parametrize("name", ["nothing", "../rendering", "/etc/passwd", "parts/sheet", ""])
def test_there_is_no_template_elsewhere(name: str) -> None:
    with pytest.raises(TypesettingError, match="there is no template"):
        render(name, LETTER)


def test_no_template_fetches_anything() -> None:
    for template in TEMPLATES.rglob("*.typ"):
        assert "@preview" not in template.read_text(encoding="utf-8")


def test_the_typeface_is_found_and_matplotlib_is_not_imported() -> None:
    assert (typeface.folder() / typeface.FILE).is_file()
    assert ord("漢") in typeface.characters()
    assert 0x20BB7 not in typeface.characters()
    assert "matplotlib" not in sys.modules
