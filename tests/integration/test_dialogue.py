"""Sessions and minutes by staff tools: held, drafted, confirmed as a file, compared, and asked about by letter."""

from base64 import b64decode
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from pypdf import PdfReader

from desk.access import access_category
from desk.letters.refusals import LetterNotDue, LetterOvertaken, LetterValuesUnfit
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound
from eventstore.records import StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.dialogue import (
    MinutesAbsent,
    MinutesConfirmedByCity,
    MinutesOutdated,
    MinutesSettled,
    SessionUnknown,
)
from services.matching.queries.minutes import EditionUnknown, MinutesErased, MinutesFileAbsent
from tests.cities import Cities
from tests.ledgers import connected
from tests.portals import FULL
from tests.work import Work

pytestmark = pytest.mark.row("S07")

DEPARTMENT: Final = "planning"
FIRST: Final = "停留所は12か所とする。\n電源は市が用意する。"
SECOND: Final = "停留所は10か所とする。\n電源は市が用意する。"
PEOPLE: Final = (
    {"side": "city", "name": "工藤 健", "position": "連携推進課長"},
    {"side": "proposer", "name": "長谷川 美咲"},
)
APPROVED: Final = {"approver": "連携推進課長", "approval_reference": "決裁8-45", "delegation": "専決規程第5条"}


@dataclass(frozen=True, slots=True)
class Talks:
    """A case that a department has, and who works on it."""

    work: Work
    case: UUID
    officer: Any

    def does(self, method: str, **arguments: Any) -> dict[str, Any]:
        """What a command on the case gives."""
        stated = {"command_id": str(uuid4()), "case_id": str(self.case), **arguments}
        told: dict[str, Any] = getattr(self.officer, method)(**stated)
        return told

    def reads(self, method: str, **arguments: Any) -> dict[str, Any]:
        """What is shown of the case."""
        told: dict[str, Any] = getattr(self.officer, method)(case_id=str(self.case), **arguments)
        return told

    def held(self, **changed: Any) -> str:
        """The id of a session that was held."""
        stated = {
            "held_on": "2026-11-20", "setting": "in_person", "participants": list(PEOPLE),
            "subject": "停留所の使い方", **changed,
        }  # fmt: skip
        return str(self.does("hold_session", **stated)["session_id"])

    def drafted(self, session: str, text: str = FIRST) -> int:
        """Which edition of the minutes was written."""
        return int(self.does("draft_minutes", session_id=session, text=text)["edition"])

    def confirmed(self, session: str, text: str = FIRST) -> int:
        """Which edition of the minutes was written and confirmed by the city."""
        edition = self.drafted(session, text)
        self.does("confirm_minutes", session_id=session, edition=edition)
        return edition

    def asked(self, session: str | None, **stated: Any) -> str:
        """The id of the letter that asks the proposer to confirm."""
        letter = {"template": "minutes_request", "about": f"case-{self.case}", "means": "mail", **stated}
        command = {"command_id": str(uuid4()), "session_id": session, **letter}
        return str(self.work.called().compose_letter(**command)["letter_id"])

    def approved(self, letter_id: str) -> None:
        """Lets the letter go."""
        number = {"letter_id": letter_id, "document_number": f"青連第{uuid4().int}号"}
        self.work.called().approve_letter(**{"command_id": str(uuid4()), **number, **APPROVED})

    def events(self) -> list[Any]:
        """What happened to the case."""
        return [one.event for one in self.work.office.store.load(StreamId(CASE.category, self.case)).events]

    def openings(self) -> int:
        """How often protected content of matching was opened."""
        with self.work.office.database.connection() as connection:
            row = connection.execute(
                "SELECT count(*) FROM events_matching WHERE category = %s", (access_category("matching"),)
            ).fetchone()
        assert row
        return int(row[0])


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    """The city's work."""
    return Work.of(cities, city)


@pytest.fixture
def talks(work: Work) -> Talks:
    """A case in which nobody has talked yet, as an officer of its department sees it."""
    case = work.opened(FULL)
    officer = work.member(DEPARTMENT)
    work.taken(case, DEPARTMENT, officer)
    return Talks(work, case, work.called(officer, "department_officer"))


def text_of(file: str) -> str:
    pages = PdfReader(BytesIO(b64decode(file))).pages
    return "".join("".join(page.extract_text().split()) for page in pages)


def test_minutes_are_settled_once_both_sides_stand_by_the_same_edition(talks: Talks) -> None:
    session = talks.held()
    assert talks.confirmed(session) == 1
    answer = {"session_id": session, "edition": 1, "reason": "電話で連絡があった。"}
    talks.does("record_minutes_answer", confirmed=False, objection="10か所のはずです。", **answer)
    assert talks.confirmed(session, SECOND) == 2
    with pytest.raises(MinutesOutdated):
        talks.does("record_minutes_answer", confirmed=True, **answer)
    talks.does("record_minutes_answer", confirmed=True, **{**answer, "edition": 2})

    with pytest.raises(MinutesSettled):
        talks.drafted(session)
    assert (
        CASE.fold(talks.work.office.store.load(StreamId(CASE.category, talks.case)).events)
        .sessions[UUID(session)]
        .is_settled
    )


def test_the_file_shows_what_both_confirm_and_nobodys_name(talks: Talks) -> None:
    session = talks.held()
    talks.confirmed(session)
    talks.drafted(session, SECOND)
    before = talks.openings()

    file = talks.reads("get_minutes_file", session_id=session, purpose="確認のため")

    assert talks.openings() == before + 1
    assert (file["edition"], file["media_type"]) == (1, "application/pdf")
    told = text_of(file["content"])
    for words in ("対話の議事録", "第1版", FULL["title"], "停留所の使い方", "対面", "連携推進課長", "令和8年11月20日"):
        assert words in told
    for sentence in FIRST.splitlines():
        assert sentence in told
    assert "工藤" not in told
    assert "長谷川" not in told
    (kept,) = (event for event in talks.events() if isinstance(event, MinutesConfirmedByCity))
    assert kept.file.reveal() == b64decode(file["content"])


def test_two_editions_are_compared_by_sentences_once_it_is_on_record_who_opens_them(talks: Talks) -> None:
    session = talks.held()
    talks.drafted(session)
    talks.drafted(session, SECOND)
    before = talks.openings()

    told = talks.reads("compare_minutes", session_id=session, edition_from=1, edition_to=2)

    assert talks.openings() == before + 1
    assert (told["removed"], told["added"]) == (["停留所は12か所とする。"], ["停留所は10か所とする。"])
    assert (told["old"], told["new"]) == (FIRST, SECOND)


def test_a_command_that_is_repeated_gives_what_it_gave_whatever_has_happened_since(talks: Talks) -> None:
    session = talks.held()
    talks.drafted(session)
    confirmation = {"command_id": str(uuid4()), "session_id": session, "edition": 1}
    first = talks.does("confirm_minutes", **confirmation)
    talks.drafted(session, SECOND)

    assert talks.does("confirm_minutes", **confirmation) == first
    with pytest.raises(MinutesOutdated):
        talks.does("confirm_minutes", session_id=session, edition=1)


def test_what_there_is_not_is_refused_and_no_opening_is_recorded_for_it(talks: Talks) -> None:
    session, unknown = talks.held(), str(uuid4())
    before = talks.openings()
    editions = {"edition_from": 1, "edition_to": 2}
    with pytest.raises(MinutesAbsent):
        talks.does("confirm_minutes", session_id=session, edition=1)
    with pytest.raises(MinutesAbsent):
        talks.reads("compare_minutes", session_id=session, **editions)
    talks.drafted(session)
    with pytest.raises(EditionUnknown):
        talks.reads("compare_minutes", session_id=session, **editions)
    with pytest.raises(EditionUnknown):
        talks.does("confirm_minutes", session_id=session, edition=2)
    with pytest.raises(MinutesFileAbsent):
        talks.reads("get_minutes_file", session_id=session)
    with pytest.raises(SessionUnknown):
        talks.reads("get_minutes_file", session_id=unknown)
    with pytest.raises(SessionUnknown):
        talks.does("draft_minutes", session_id=unknown, text=FIRST)
    assert talks.openings() == before


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"held_on": "2026-11-23"}, "held_on", "in_the_future"),
        ({"participants": [PEOPLE[0]]}, "participants", "one_side_only"),
        ({"participants": []}, "participants", "one_side_only"),
        ({"setting": "by_letter"}, "setting", "unknown_choice"),
    ],
)
def test_a_session_that_cannot_have_been_held_so_is_not_recorded(
    talks: Talks, changed: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(InvalidMessage) as refused:
        talks.held(**changed)
    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]


@pytest.mark.parametrize(
    ("stated", "field", "code"),
    [
        ({"confirmed": True, "objection": "違います。"}, "objection", "objection_unclear"),
        ({"confirmed": False}, "objection", "objection_unclear"),
        ({"confirmed": True, "answered_on": "2026-11-23"}, "answered_on", "in_the_future"),
        ({"confirmed": True, "reason": None}, "reason", "required"),
    ],
)
def test_an_answer_that_says_two_things_or_nothing_is_not_recorded(
    talks: Talks, stated: dict[str, Any], field: str, code: str
) -> None:
    session = talks.held()
    talks.confirmed(session)
    with pytest.raises(InvalidMessage) as refused:
        talks.does("record_minutes_answer", **{"session_id": session, "edition": 1, "reason": "書面", **stated})
    assert [(error.field, error.code) for error in refused.value.errors] == [(field, code)]


@pytest.mark.row("N3")
def test_who_may_not_see_the_case_is_told_of_no_session(talks: Talks, work: Work) -> None:
    session = talks.held()
    talks.confirmed(session)
    stranger = Talks(work, talks.case, work.called(work.member("crisis"), "department_officer"))
    absent = Talks(work, uuid4(), stranger.officer)
    for one in (stranger, absent):
        for reading in ({"edition_from": 1, "edition_to": 1}, None):
            method = "compare_minutes" if reading else "get_minutes_file"
            with pytest.raises(NotFound):
                one.reads(method, session_id=session, **(reading or {}))
        with pytest.raises(NotFound):
            one.held()
        with pytest.raises(NotFound):
            one.drafted(session)
        with pytest.raises(NotFound):
            one.does("confirm_minutes", session_id=session, edition=1)
        with pytest.raises(NotFound):
            one.does("record_minutes_answer", session_id=session, edition=1, confirmed=True, reason="電話")


def test_the_proposer_is_asked_only_about_what_the_city_stands_by(talks: Talks) -> None:
    session = talks.held()
    with pytest.raises(LetterValuesUnfit):
        talks.asked(None)
    for unready in (str(uuid4()), session):
        with pytest.raises(LetterNotDue):
            talks.asked(unready)
    talks.drafted(session)
    with pytest.raises(LetterNotDue):
        talks.asked(session)
    talks.does("confirm_minutes", session_id=session, edition=1)

    letter = talks.work.called().get_letter(letter_id=talks.asked(session))

    assert letter["code_purpose"] == "minutes"
    assert letter["title"] == f"ご提案「{FULL['title']}」についての議事録のご確認のお願い"
    assert any(paragraph == f"（第1版）\n{FIRST}" for paragraph in letter["body"])
    assert any("令和8年11月20日（金）に対話の機会" in paragraph for paragraph in letter["body"])
    talks.does("record_minutes_answer", session_id=session, edition=1, confirmed=True, reason="電話")
    with pytest.raises(LetterNotDue):
        talks.asked(session)


def test_a_letter_of_an_edition_that_was_overtaken_does_not_go_out(talks: Talks) -> None:
    session = talks.held()
    talks.confirmed(session)
    letter = talks.asked(session)
    talks.drafted(session)
    with pytest.raises(LetterNotDue):
        talks.approved(letter)
    talks.does("confirm_minutes", session_id=session, edition=2)
    with pytest.raises(LetterOvertaken):
        talks.approved(letter)
    talks.approved(talks.asked(session))


def test_whose_names_are_erased_still_has_minutes(talks: Talks, cities: Cities) -> None:
    session = talks.held()
    talks.drafted(session)
    with connected(cities.administrator_url(talks.work.city)) as administrator:
        administrator.execute(
            "DELETE FROM data_keys_matching WHERE subject IS NOT NULL AND stream_id = %s", (talks.case,)
        )
    talks.does("confirm_minutes", session_id=session, edition=1)

    assert "（消去済み）" in text_of(talks.reads("get_minutes_file", session_id=session)["content"])


def test_minutes_that_are_erased_are_neither_confirmed_nor_compared(talks: Talks, cities: Cities) -> None:
    session = talks.held()
    talks.confirmed(session)
    with connected(cities.administrator_url(talks.work.city)) as administrator:
        administrator.execute("DELETE FROM data_keys_matching WHERE stream_id = %s", (talks.case,))
    with pytest.raises(MinutesErased):
        talks.reads("get_minutes_file", session_id=session)
    with pytest.raises(MinutesErased):
        talks.reads("compare_minutes", session_id=session, edition_from=1, edition_to=1)
    with pytest.raises(MinutesErased):
        talks.does("confirm_minutes", session_id=session, edition=1)
