"""Sessions and minutes by staff tools: held, drafted, confirmed as a file, compared, and asked about by letter."""

from base64 import b64decode
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import BytesIO
from typing import Any, Final
from uuid import UUID, uuid4

import pytest
from psycopg.errors import CheckViolation
from pypdf import PdfReader

from desk.access import access_category
from desk.letters.commands import CodeItem
from desk.letters.events import letter_category
from desk.letters.refusals import LetterNotDue, LetterOvertaken, LetterValuesUnfit
from desk.letters.state import code_item
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound
from eventstore.protection import Sealed
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.days import BeforeItBegan
from services.matching.domain.case.dialogue import (
    ConfirmMinutes,
    MinutesAbsent,
    MinutesConfirmedByCity,
    MinutesOutdated,
    MinutesSettled,
    SessionUnknown,
    edition_id,
)
from services.matching.domain.minutes import MinutesKept, minutes_stream
from services.matching.queries.minutes import EditionUnknown, MinutesErased, MinutesFileAbsent, MinutesFileAltered
from tests.cities import Cities
from tests.ledgers import connected
from tests.portals import FULL
from tests.work import DAY, Work

pytestmark = pytest.mark.row("S07")

DEPARTMENT: Final = "planning"
RECEIVED: Final = date(2026, 11, 19)
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

    def kept(self, session: str, edition: int) -> tuple[Recorded, ...]:
        """What is kept of an edition of the minutes."""
        return self.work.office.store.load(minutes_stream(UUID(session), edition)).events

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
    """A case in which nobody has talked yet, as an officer of its department sees it; its proposal came days before."""
    case = work.opened(FULL, on=RECEIVED)
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


def test_the_document_is_kept_beside_the_case_which_has_its_digest_alone(talks: Talks) -> None:
    session = talks.held()
    edition = talks.confirmed(session)

    (kept,) = talks.kept(session, edition)

    assert (kept.type, kept.event.case_id, kept.event.edition) == ("MinutesKept", talks.case, edition)
    file = kept.event.file.reveal()
    assert file == b64decode(talks.reads("get_minutes_file", session_id=session)["content"])
    (confirmed,) = (event for event in talks.events() if isinstance(event, MinutesConfirmedByCity))
    assert confirmed.file_sha256.reveal() == sha256(file).digest()
    assert not any(hasattr(event, "file") for event in talks.events())


def test_a_document_that_is_not_the_one_that_was_confirmed_is_not_given_out(talks: Talks, work: Work) -> None:
    session = talks.held()
    place: dict[str, Any] = {"session_id": UUID(session), "edition": talks.drafted(session)}
    work.does(talks.case, ConfirmMinutes(**place, confirmed_on=DAY, file=b"%PDF-1.7"))
    before = talks.openings()
    with pytest.raises(MinutesFileAltered):
        talks.reads("get_minutes_file", session_id=session)
    work.happens(minutes_stream(**place), MinutesKept(case_id=talks.case, **place, file=Sealed(b"%PDF-1.7 of another")))
    with pytest.raises(MinutesFileAltered):
        talks.reads("get_minutes_file", session_id=session)
    assert talks.openings() == before


def test_minutes_are_confirmed_with_their_document_or_not_at_all(talks: Talks, cities: Cities) -> None:
    session = talks.held()
    talks.drafted(session)
    confirmation = {"command_id": str(uuid4()), "session_id": session, "edition": 1}
    with connected(cities.administrator_url(talks.work.city)) as administrator:
        administrator.execute(
            "ALTER TABLE events_matching ADD CONSTRAINT no_room CHECK (category <> 'minutes') NOT VALID"
        )
        try:
            with pytest.raises(CheckViolation):
                talks.does("confirm_minutes", **confirmation)
        finally:
            administrator.execute("ALTER TABLE events_matching DROP CONSTRAINT no_room")
    assert not any(isinstance(event, MinutesConfirmedByCity) for event in talks.events())

    talks.does("confirm_minutes", **confirmation)

    assert len(talks.kept(session, 1)) == 1


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


def test_a_confirmation_that_is_repeated_gives_what_it_gave_when_nothing_can_be_set_in_type_any_more(
    talks: Talks, cities: Cities
) -> None:
    session = talks.held()
    talks.drafted(session)
    confirmation = {"command_id": str(uuid4()), "session_id": session, "edition": 1}
    first = talks.does("confirm_minutes", **confirmation)
    with connected(cities.administrator_url(talks.work.city)) as administrator:
        administrator.execute("DELETE FROM data_keys_matching WHERE stream_id = %s", (talks.case,))

    assert talks.does("confirm_minutes", **confirmation) == first
    assert len(talks.kept(session, 1)) == 1


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


def test_the_proposer_answered_on_no_day_before_the_city_confirmed(talks: Talks) -> None:
    session = talks.held()
    talks.confirmed(session)
    answer = {"session_id": session, "edition": 1, "confirmed": True, "reason": "電話"}
    with pytest.raises(BeforeItBegan):
        talks.does("record_minutes_answer", answered_on="2026-11-21", **answer)
    talks.does("record_minutes_answer", answered_on="2026-11-22", **answer)


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

    letter_id = talks.asked(session)
    letter = talks.work.called().get_letter(letter_id=letter_id)

    assert letter["code_purpose"] == "minutes"
    (composed,) = talks.work.office.store.load(StreamId(letter_category("matching"), UUID(letter_id))).events
    assert code_item(composed.event) == CodeItem(stream_id=talks.case, item_id=edition_id(UUID(session), 1))
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


def test_a_document_that_is_erased_is_told_to_be_so_whatever_is_left_of_the_case(talks: Talks, cities: Cities) -> None:
    session = talks.held()
    edition = talks.confirmed(session)
    kept = minutes_stream(UUID(session), edition).id
    with connected(cities.administrator_url(talks.work.city)) as administrator:
        administrator.execute("DELETE FROM data_keys_matching WHERE stream_id = %s", (kept,))
    with pytest.raises(MinutesErased):
        talks.reads("get_minutes_file", session_id=session)
    assert talks.reads("compare_minutes", session_id=session, edition_from=1, edition_to=1)["old"] == FIRST
