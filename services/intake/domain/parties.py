"""Parties (提案者・措置の相手方): when two names may mean the same one, and who a stream's events say it is about.

A corporate number (法人番号) decides. A name only hints: it is written in many ways, and two companies may share it.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum, unique
from typing import Any, Final

from eventstore.protection import Seal, Sealed, personal
from services.intake.domain.kanji_forms import FORM_OF

NUMBER_INDEX: Final = "corporate_number"
NAME_INDEX: Final = "party_name"

_LEGAL_FORMS: Final = (
    "特定非営利活動法人", "地方独立行政法人", "社会福祉法人", "国立大学法人", "公立大学法人", "独立行政法人",
    "一般社団法人", "公益社団法人", "一般財団法人", "公益財団法人", "社会医療法人", "医療法人社団", "医療法人財団",
    "株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "相互会社", "社団法人", "財団法人", "学校法人",
    "宗教法人", "医療法人", "企業組合", "npo法人",
)  # fmt: skip
_SHORT_FORMS: Final = (
    "株", "有", "同", "資", "名", "相", "一社", "公社", "一財", "公財", "社", "財", "特非", "npo", "学", "宗", "医",
    "福", "社福", "独", "大", "企",
)  # fmt: skip
_FORMS: Final = re.compile("|".join((*_LEGAL_FORMS, rf"\((?:{'|'.join(_SHORT_FORMS)})\)")))
_LATIN_FORMS: Final = re.compile(r"[\s,]+(?:co\.?,?\s*ltd|ltd|inc|llc|k\.?\s?k|corp|corporation)\.?\s*$")
_HIRAGANA: Final = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_KANA: Final = str.maketrans("ァィゥェォッャュョヮヵヶヰヱヲヂヅヴ", "アイウエオツヤユヨワカケイエオジズブ")
_V: Final = re.compile("ヴ([ァィゥェォ])")
_SAME_AGAIN: Final = re.compile("(.)[々〻ゝヽ]")
_VOICED_AGAIN: Final = re.compile("(.)[ゞヾ]")
_SELECTORS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Which glyph of a character is meant (異体字セレクタ), which no name is told apart by."""
_VOICED: Final = "\u3099"
_LONG_VOWEL: Final = "ー"


def party_name(name: str) -> str:
    """The form of a name under which it is looked up; never empty unless the name is.

    Not told apart are: width (NFKC) and case; forms of kanji (`kanji_forms`); hiragana and katakana; small kana and
    large ones, the sign of a long vowel, ヰ and イ, ヱ and エ, ヲ and オ, ヂ and ジ, ヅ and ズ, ヴァ and バ and their
    like; a sign of repetition (々, ゞ) and what it repeats; blanks, dashes and points. The legal form is left out, in
    full, in short or in Latin letters: 株式会社ゆきみち and ユキミチ（株） are one.

    This form stands behind stored look-ups: another one needs a look-up of another name.
    """
    narrow = _SELECTORS.sub("", unicodedata.normalize("NFKC", name).casefold()).translate(FORM_OF) or name
    unspaced = "".join(_LATIN_FORMS.sub("", narrow).split())
    return _letters(_FORMS.sub("", unspaced)) or _letters(narrow) or narrow


def _letters(text: str) -> str:
    """Letters and digits alone, all kana as large katakana, without signs of long vowels and repetition."""
    repeated = _VOICED_AGAIN.sub(lambda found: found[1] * 2 + _VOICED, _SAME_AGAIN.sub(r"\1\1", text))
    katakana = unicodedata.normalize("NFKC", repeated).translate(_HIRAGANA)
    large = _V.sub(lambda found: "バビブベボ"["ァィゥェォ".index(found[1])], katakana).translate(_KANA)
    return "".join(c for c in large if c.isalnum() and c != _LONG_VOWEL)


def found_by_name(*, of: str) -> Seal:
    """A party's name, sealed by the key of the party whose id stands in field `of`, and found in any of its ways."""
    return personal(of=of, blind_index=NAME_INDEX, index_form=party_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who somebody is, as far as is known; None where it is unknown or cannot be opened any more."""

    name: str | None = field(default=None, repr=False)
    corporate_number: str | None = field(default=None, repr=False)


@unique
class Likeness(StrEnum):
    """Whether two parties are one."""

    SAME = "same"
    POSSIBLE = "possible"
    NONE = "none"


def likeness(one: Party, other: Party) -> Likeness:
    """Where both have a number it decides; elsewhere, where their names agree, a person has to look (N6)."""
    if one.corporate_number is not None and other.corporate_number is not None:
        return Likeness.SAME if one.corporate_number == other.corporate_number else Likeness.NONE
    if one.name and other.name and party_name(one.name) == party_name(other.name):
        return Likeness.POSSIBLE
    return Likeness.NONE


def parties_stated(events: Iterable[Any]) -> tuple[Party, ...]:
    """Who the events of a proposal or register entry say it is about, from first to last: the last one counts now.

    An event that says only the name leaves the number as it was.
    """
    stated: list[Party] = []
    for event in events:
        said = {part: _opened(getattr(event, name)) for name, part in _SAID.items() if hasattr(event, name)}
        if said:
            stated.append(replace(stated[-1] if stated else Party(), **said))
    return tuple(stated)


_SAID: Final = {
    "proposer_name": "name",
    "party_name": "name",
    "company_name": "name",
    "offeror_name": "name",
    "corporate_number": "corporate_number",
}
"""Field of an event → what it says of the party."""


def _opened(value: Sealed[str | None]) -> str | None:
    return value.reveal() if value.is_open else None
