"""Words find cases in what was opened for the queue, and what is erased is found and shown no more."""

from uuid import UUID, uuid4

import pytest

from eventstore.city import City
from eventstore.protection import ClassGroup
from services.intake.domain.proposal.changes import RenameProposer
from services.matching.projections.case_texts import Part, Text, keep
from tests.cities import Cities
from tests.ledgers import connected
from tests.lineage import BUS, FOOD
from tests.work import DAY, Work


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


def found(work: Work, search: str) -> set[UUID]:
    return {UUID(item["case_id"]) for item in work.work(search=search, limit=200)}


def test_words_of_two_characters_are_found_in_any_width(work: Work) -> None:
    case = work.opened(title="地域の防災訓練に、ＡＩカメラを", summary="Drone で子育て世帯も見守ります。")
    for search in ("防災", "子育", "AI", "ａｉ", "ＤＲＯＮＥ", "ｶﾒﾗ", "防災\u3000子育て"):
        assert case in found(work, search), search


def test_a_case_has_all_the_words_wherever_they_stand(work: Work) -> None:
    bus, food = work.opened(**BUS), work.opened(**FOOD)
    assert {bus} == found(work, "路線 雪の日") & {bus, food}
    assert food in found(work, "空き教室 朝ごはんの会")
    assert not found(work, "路線 空き教室") & {bus, food}


def test_what_has_the_pairs_and_not_the_word_is_not_found(work: Work) -> None:
    case = work.opened(title="東京都の京都人", summary="京都人の東京")
    assert case in found(work, "東京都")
    assert case not in found(work, "東京都人")


def test_a_case_is_found_by_its_number_with_hyphens_and_without(work: Work) -> None:
    case = work.opened()
    number = work.item(case)["receipt_number"]
    assert found(work, number) == found(work, number.replace("-", "")) == {case}


def test_a_new_name_is_shown_and_found_in_the_place_of_the_old(work: Work) -> None:
    case = work.opened(**FOOD)
    command = RenameProposer(
        renamed_on=DAY, proposer_id=uuid4(), representative_id=uuid4(), name="夕映え食堂", address=None,
        representative=None,
    )  # fmt: skip
    work.intake.does(work.proposal_of(case), command)

    assert work.item(case)["proposer_name"] == "夕映え食堂"
    assert case in found(work, "夕映え")
    assert case not in found(work, "朝ごはん")


@pytest.mark.parametrize(
    ("group", "name", "word"),
    [
        (ClassGroup.BUSINESS, "title", "逆さ虹"),
        (ClassGroup.PERSONAL, "proposer_name", "朝ごはん"),
        (ClassGroup.INTERNAL, "receipt_number", None),
    ],
)
def test_what_is_erased_is_gone_from_the_queue_with_its_key(
    work: Work, cities: Cities, group: ClassGroup, name: str, word: str | None
) -> None:
    case = work.opened(title="逆さ虹の観察会")
    searched = word or work.item(case)["receipt_number"]
    assert case in found(work, searched)

    with connected(cities.administrator_url(work.city)) as administrator:
        administrator.execute(
            "DELETE FROM data_keys_intake WHERE stream_id = %s AND class_group = %s", (work.proposal_of(case), group)
        )
    assert case not in found(work, searched)
    assert work.item(case)[name] is None

    work.follower("cases").rebuild()
    assert work.item(case)[name] is None


def test_what_was_erased_since_it_was_opened_is_not_kept(work: Work) -> None:
    case = work.opened()
    text = Text(part=Part.PROPOSER, key_id=uuid4(), shown="消えた名前", searched="消えた名前")
    with work.office.database.connection() as connection, connection.transaction():
        connection.execute("DELETE FROM matching_case_texts WHERE case_id = %s", (case,))
        keep(connection, case, text)
        kept = connection.execute("SELECT part FROM matching_case_texts WHERE case_id = %s", (case,)).fetchall()
    assert kept == []


def test_of_proposals_without_a_case_nothing_is_opened(work: Work) -> None:
    proposal = work.intake.receive(title="まだ受理していない提案")
    work.settle()
    assert not found(work, "まだ受理")
    work.intake.accept(proposal)
    work.settle()
    assert found(work, "まだ受理") == {work.case_of(proposal)}
