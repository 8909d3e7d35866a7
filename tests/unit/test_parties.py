"""Parties: in how many ways one name is written, and when two parties are one."""

from hashlib import sha256
from unicodedata import normalize

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from eventstore.protection import Sealed
from services.intake.domain.kanji_forms import FORM_OF
from services.intake.domain.parties import Likeness, Party, likeness, parties_stated, party_name
from tests.samples import sample
from tests.strategies import EVENT_TYPES

YUKIMICHI = (
    "株式会社ゆきみち",
    "㈱ゆきみち",
    "（株）ゆきみち",
    "ゆきみち(株)",
    "㍿ゆきみち",
    "株 式 会 社　ゆきみち",
    "ゆき みち㈱",
    "有限会社ゆきみち",
)
NUMBER, OTHER_NUMBER = "4011001098993", "7123456789012"


@pytest.mark.parametrize(
    "ways",
    [
        YUKIMICHI,
        (
            "株式会社ＡＢＣ",
            "ABC株式会社",
            "abc Inc.",
            "ＡＢＣ　Ｃｏ．，　Ｌｔｄ．",
            "A.B.C. K.K.",
            "ABC Corporation",
            "ABC, LLC",
        ),
        ("データ・サーバー合同会社", "ﾃﾞｰﾀｻｰﾊﾞ(同)", "データ－サーバ（合同会社）"),
        ("キヤノン株式会社", "キャノン㈱"),
        ("特定非営利活動法人川の会", "NPO法人 川の会", "ＮＰＯ法人川の会", "（特非）川の会"),
        ("一般社団法人まち", "（一社）まち", "㈳まち", "公益社団法人 まち"),
        ("医療法人社団 青空会", "青空会"),
        ("市ヶ谷商事", "市ケ谷商事"),
        ("株式会社高崎製作所", "株式會社髙﨑製作所", "髙嵜製作所㈱"),
        ("渡辺", "渡邊", "渡邉", "渡邉\U000e0101"),
        ("浜口鉄工", "濱口鐵工", "濵口銕工"),
        ("斎藤", "齋藤", "齊藤", "斉藤"),
        ("吉野家", "𠮷野家"),
        ("国際広告", "國際廣告"),
        ("葛飾", "葛\U000e0100飾", "葛\ufe00飾"),
        ("ゆきみち", "ユキミチ", "ﾕｷﾐﾁ"),
        ("ビューティー", "ビューティ", "びゅーてぃー"),
        ("エビス", "ヱビス", "ゑびす"),
        ("いすず", "いすゞ", "イスヾ"),
        ("佐々木", "佐佐木"),
        ("ヴィレッジ", "ビレッジ"),
        ("ビルヂング", "ビルジング"),
    ],
)
def test_one_name_in_all_its_ways_is_one(ways: tuple[str, ...]) -> None:
    assert len({party_name(way) for way in ways}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("株式会社ゆきみち", "株式会社ゆきぐに"),
        ("ゆきみち", "ゆきみち建設"),
        ("Zinc", "Z"),
        ("Corp", "K.K."),
        ("株式会社", "有限会社"),
        ("高田", "商田"),
        ("ハル", "バル"),
        ("一ノ瀬", "二ノ瀬"),
        ("島崎", "嶋埼"),
    ],
)
def test_another_name_is_another(one: str, other: str) -> None:
    assert party_name(one) != party_name(other)


class TestFormsOfKanji:
    """What the table has to keep to, for its form stands behind stored look-ups."""

    def test_each_is_folded_in_one_step_and_none_that_width_folds_already(self) -> None:
        others = {chr(code): form for code, form in FORM_OF.items()}
        assert not set(others) & set(others.values())
        assert [one for one in others if normalize("NFKC", one) != one] == []
        assert all(len(form) == 1 for form in others.values())

    def test_it_stays_as_it_is(self) -> None:
        """Whoever changes it gives the look-up another name, or what is stored is found no more."""
        table = "".join(f"{chr(code)}{form}" for code, form in sorted(FORM_OF.items()))
        assert (len(FORM_OF), sha256(table.encode()).hexdigest()[:16]) == (425, "2d81dc4f1401cf19")


@generated(st.text(min_size=1, max_size=40))
def test_any_name_has_a_form_to_be_found_by(name: str) -> None:
    assert party_name(name)


@pytest.mark.row("N6")
@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (Party(name="甲", corporate_number=NUMBER), Party(name="乙", corporate_number=NUMBER), Likeness.SAME),
        (Party(name="㈱甲", corporate_number=NUMBER), Party(name="甲株式会社"), Likeness.POSSIBLE),
        (Party(name="甲"), Party(name="甲"), Likeness.POSSIBLE),
        (Party(name="甲", corporate_number=NUMBER), Party(name="甲", corporate_number=OTHER_NUMBER), Likeness.NONE),
        (Party(name="甲", corporate_number=NUMBER), Party(name="乙"), Likeness.NONE),
        (Party(), Party(), Likeness.NONE),
    ],
)
def test_a_number_decides_and_a_name_only_hints(one: Party, other: Party, alike: Likeness) -> None:
    assert likeness(one, other) is likeness(other, one) is alike


def test_who_proposes_is_read_from_whatever_event_says_so_last() -> None:
    by_name = {one.name: one for one in EVENT_TYPES if one.category == "proposal"}
    received, renamed, flagged = (
        sample(by_name[name], lambda path, name=name: f"{name} {path}")
        for name in ("ProposalReceived", "ProposerRenamed", "ProposalFlagged")
    )

    assert parties_stated([received, flagged, renamed]) == (
        Party(name="ProposalReceived proposer_name", corporate_number="ProposalReceived corporate_number"),
        Party(name="ProposerRenamed proposer_name", corporate_number="ProposalReceived corporate_number"),
    )


def test_a_party_that_cannot_be_opened_any_more_is_unknown() -> None:
    (entered,) = (one for one in EVENT_TYPES if one.name == "MeasureEntered")
    event = sample(entered)
    for name in ("party_name", "corporate_number"):
        object.__setattr__(event, name, Sealed.closed())
    assert parties_stated([event]) == (Party(),)
