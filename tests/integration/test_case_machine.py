"""A case against the same card in a real event store, and then everything that is told of it from there."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta
from statistics import median
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from apps.records.timeline import RecordsOffice
from eventstore.city import City
from eventstore.errors import Refusal
from eventstore.execution import execute
from eventstore.records import StreamId
from services.matching.declaration import MATCHING
from services.matching.domain.case.assignment import OfferCase, Part
from services.matching.domain.case.dialogue import Side
from services.matching.domain.case.people import AddNote
from services.matching.domain.obligation import OBLIGATION, Kind
from services.matching.domain.obligation.commands import (
    ChangeObligationDue,
    FulfilObligation,
    NoteObligationOverdue,
    ObligationCommand,
    ReleaseObligation,
    UndertakeObligation,
)
from tests import cases
from tests.case_card import OPEN, Asked, Card
from tests.case_machine import CaseMachine
from tests.case_steps import AGO
from tests.cities import Cities
from tests.ledgers import connected, numbered, verdict_of
from tests.lives import ANY, IN_A_STORE, OFFICER, StoredLife, lived_in
from tests.positions import Numbered, disorder, positions
from tests.rebuilding import rebuilt_otherwise
from tests.work import Work

PROMISED: Final = ("obligations_open_by_side", "obligations_released_by_side", "obligations_late_by_side")


class StoredCase(StoredLife, CaseMachine):
    """The case's stream in the store, and beside it what its sides have promised."""

    beginnings = ("", "TMC", "TMCBGOW", "TKDK", "TKADRKA")
    lived: ClassVar[list[tuple[UUID, Card, int]]]
    """Each case that was lived, its card in the end, and how many events it has."""

    def __init__(self) -> None:
        super().__init__()
        self.promises: list[StreamId] = []

    def teardown(self) -> None:
        if self.events:
            self.lived.append((self.life.stream.id, self.card, len(self.events)))
        super().teardown()

    def rivals(self) -> tuple[Any, Any] | None:
        """Two lead departments asked at once, where one may be; elsewhere two notes."""
        if not self.events:
            return None
        if self.card.refuses("offer") or self.card.lead:
            notes = [AddNote(note_id=uuid4(), noted_on=self.today, text=text) for text in ("甲", "乙")]
            return notes[0], notes[1]
        free = [name for name in ("planning", "digital") if name not in self.card.departments]
        first, second = (cases.offer((uuid4(), name, Part.LEAD)) for name in (free * 2)[:2])
        return (first, second) if free else None

    def won(self, command: Any) -> None:
        if isinstance(command, OfferCase):
            self.card.offers |= {one.offer_id: Asked(one.department, is_lead=True) for one in command.asked}

    def promise(self, stream: StreamId, command: ObligationCommand) -> None:
        """Something about a promise, unless a rule is against it."""
        try:
            execute(self.life.office.store, OBLIGATION, stream, command, self.life.office.context(OFFICER, uuid4()))
        except Refusal:
            return

    @precondition(lambda self: self.events)
    @rule(side=st.sampled_from(Side), days=AGO)
    def a_side_promises(self, side: Side, days: int) -> None:
        in_charge = frozenset(one.department for one in self.card.offers.values() if one.stands == "taken")
        stream = StreamId(OBLIGATION.category, uuid4())
        command = UndertakeObligation(
            case_id=self.life.stream.id, case=self.state, in_charge=in_charge, today=self.today, side=side,
            kind=Kind.OTHER, department=next(iter(in_charge), None) if side is Side.CITY else None,
            undertaken_on=self.today, due_on=self.today + timedelta(days=days), text="機材を運ぶ",
        )  # fmt: skip
        self.promise(stream, command)
        self.promises.append(stream)

    @precondition(lambda self: self.promises)
    @rule(which=ANY, days=AGO, how=st.integers(0, 3))
    def a_promise_goes_on(self, which: int, days: int, how: int) -> None:
        command: ObligationCommand = (
            FulfilObligation(fulfilled_on=self.today, note=None),
            NoteObligationOverdue(today=self.today + timedelta(days=4)),
            ChangeObligationDue(due_on=self.today + timedelta(days=days), today=self.today),
            ReleaseObligation(released_on=self.today),
        )[how]
        self.promise(self.promises[which % len(self.promises)], command)


@pytest.fixture(scope="module")
def lived(city: City) -> list[tuple[UUID, Card, int]]:
    """Cases that were lived in the city, with their cards."""
    machine: Any = lived_in(city, MATCHING, StoredCase)
    machine.lived = []
    run_state_machine_as_test(machine, settings=IN_A_STORE)
    assert machine.lived
    return list(machine.lived)


@pytest.fixture(scope="module")
def work(cities: Cities, city: City, lived: Sequence[Any]) -> Work:
    """Matching, which has followed all that to its end."""
    assert lived
    made = Work.of(cities, city)
    while numbered(city) + sum(follower.step() for follower in made.office.followers):
        continue
    return made


@pytest.fixture(scope="module")
def log(cities: Cities, work: Work) -> list[Numbered]:
    """What is numbered, when everything was followed."""
    with connected(cities.administrator_url(work.city)) as administrator:
        return positions(administrator)


@pytest.mark.row("S04", "S07", "S08", "S37", "B08")
def test_the_queue_and_the_file_say_what_the_card_says(work: Work, lived: Sequence[tuple[UUID, Card, int]]) -> None:
    service = work.called()
    rows: dict[str, Any] = {}
    after = None
    while True:
        page = service.list_work(limit=50, **({"after": after} if after else {}))
        rows |= {item["case_id"]: item for item in page["items"]}
        if not (after := page["after"]):
            break
    assert rows.keys() == {str(case) for case, _, _ in lived}
    for case, card, size in lived:
        row, file = rows[str(case)], service.get_case(str(case))
        told = {name: row[name] for name in ("version", "status", "outcome", "departments", "silent", "flagged")}
        assert told == {
            "version": size,
            "status": card.status,
            "outcome": card.decision,
            "departments": card.departments,
            "silent": card.is_silent,
            "flagged": bool(card.flags),
        }
        assert set(row["people"]) == {str(person) for person in card.people}
        assert row["lead"] == (card.lead.department if card.lead else None)
        assert row["last_contact_on"] == card.last_contact.isoformat()
        assert (file["version"], file["status"], len(file["sessions"])) == (size, card.status, len(card.sessions))
        assert [one["standing"] for one in file["offers"]] == [one.stands for one in card.offers.values()]


@pytest.mark.row("B08")
def test_the_timeline_has_a_sentence_for_each_event(work: Work, lived: Sequence[tuple[UUID, Card, int]]) -> None:
    with closing(RecordsOffice(work.city)) as records:
        for case, _, size in lived:
            entries = records.timeline(f"case-{case}")
            assert [one.version for one in entries] == list(range(1, size + 1))
            assert all(one.sentence.endswith("。") for one in entries)


@pytest.mark.row("S38", "N7", "N8")
def test_the_figures_are_those_of_a_fold_of_the_log(
    work: Work, log: Sequence[Numbered], lived: Sequence[tuple[UUID, Card, int]]
) -> None:
    told = {one["code"]: one["rows"] for one in work.called().get_statistics()["figures"]}

    def counted(code: str) -> dict[str, int]:
        return {row["code"]: row["count"] for row in told[code] if row["count"]}

    def days(code: str) -> tuple[Any, ...]:
        row = next(row for row in told[code] if row["code"] == "all")
        return tuple(row[name] for name in ("count", "median_days", "ninetieth_days", "waiting"))

    cards = [card for _, card, _ in lived]
    data = by_type(log)
    assert counted("cases_by_status") == Counter(card.status for card in cards)
    assert counted("cases_by_outcome") == Counter(str(card.decision or "open") for card in cards)
    assert counted("offers_by_department") == Counter(one["department"] for _, one in data["CaseOffered"])
    assert counted("offers_declined_by_department") == Counter(one["department"] for _, one in data["OfferDeclined"])
    opened = first(data["CaseOpened"], "opened_on")
    undecided = sum(not card.decisions and card.status in OPEN for card in cards)
    decided = first(data["FeasibilityDecided"], "decided_on")
    assert days("case_days_to_decision_by_outcome") == spread(opened, decided, undecided)
    answered = first(data["ProposerAnswered"], "answered_on")
    unanswered = sum(str(case) not in answered and not card.is_withdrawn for case, card, _ in lived)
    assert days("case_days_to_answer_by_outcome") == spread(opened, answered, unanswered)
    offered = {one["offer_id"]: day(one["offered_on"]) for _, one in data["CaseOffered"]}
    replies = {one["offer_id"]: day(one["taken_on"]) for _, one in reversed(data["OfferTaken"])}
    replies |= {one["offer_id"]: day(one["declined_on"]) for _, one in data["OfferDeclined"]}
    assert days("offer_days_to_answer_by_department") == spread(offered, replies, awaited(log))
    for code, wanted in promises(log).items():
        assert counted(code) == wanted, code


@pytest.mark.row("B11", "N13")
def test_what_is_built_again_is_the_same_and_the_ledger_is_whole(cities: Cities, work: Work) -> None:
    with connected(cities.administrator_url(work.city)) as administrator:
        assert rebuilt_otherwise(work.office, administrator) == []
        assert administrator.execute("SELECT * FROM parked_positions").fetchall() == []
        numbered(work.city)
        (stored,) = administrator.execute("SELECT count(*) FROM events").fetchone() or (0,)
        assert disorder(positions(administrator), stored) == []
    assert verdict_of(work.city).findings == ()


def by_type(log: Sequence[Numbered]) -> Mapping[str, list[tuple[str, dict[str, Any]]]]:
    """Event type → the stream and the open fields of each, in the log's order."""
    found: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for one in log:
        if one.service == MATCHING.name:
            found[one.type].append((one.stream.partition("-")[2], one.envelope["data"]))
    return found


def day(text: str) -> date:
    """A day as it stands in an event."""
    return date.fromisoformat(text)


def first(events: Sequence[tuple[str, dict[str, Any]]], name: str) -> dict[str, date]:
    """Stream → the day that stands in its first event."""
    return {stream: day(data[name]) for stream, data in reversed(events)}


def spread(begun: Mapping[str, date], ended: Mapping[str, date], waiting: int) -> tuple[Any, ...]:
    """How many ended, after how many days by the middle one and by nine of ten, and how many wait."""
    taken = sorted((ended[one] - begun[one]).days for one in ended)
    ninetieth = (one for one in taken if 10 * sum(other <= one for other in taken) >= 9 * len(taken))
    return len(taken), median(taken) if taken else None, next(ninetieth, None), waiting


def awaited(log: Sequence[Numbered]) -> int:
    """How many departments are asked, and neither they nor the end of the case has answered."""
    waiting: dict[str, str] = {}
    for one in log:
        if one.type in ("FeasibilityDecided", "CaseWithdrawn"):
            waiting = {offer: case for offer, case in waiting.items() if case != one.stream}
        elif one.type == "CaseOffered":
            waiting[one.envelope["data"]["offer_id"]] = one.stream
        elif one.type in ("OfferTaken", "OfferDeclined", "OfferWithdrawn"):
            waiting.pop(one.envelope["data"]["offer_id"], None)
    return len(waiting)


def promises(log: Sequence[Numbered]) -> dict[str, Counter[str]]:
    """Figure → how many promises of each side, by what was recorded last of each."""
    sides: dict[str, str] = {}
    due: dict[str, date] = {}
    last: dict[str, tuple[str, date | None]] = {}
    for one in (one for one in log if one.type.startswith("Obligation")):
        data = one.envelope["data"]
        sides.setdefault(one.stream, data.get("side", ""))
        due |= {one.stream: day(data["due_on"])} if "due_on" in data else {}
        last[one.stream] = (one.type, day(data["fulfilled_on"]) if "fulfilled_on" in data else None)
    figures: dict[str, Counter[str]] = {code: Counter() for code in (*PROMISED, "obligations_kept_in_time_by_side")}
    for stream, (type_, fulfilled_on) in last.items():
        is_late = type_ == "ObligationOverdue" or (fulfilled_on is not None and fulfilled_on > due[stream])
        code = {
            "ObligationUndertaken": PROMISED[0],
            "ObligationDueChanged": PROMISED[0],
            "ObligationReleased": PROMISED[1],
            "ObligationOverdue": PROMISED[2],
            "ObligationFulfilled": PROMISED[2] if is_late else "obligations_kept_in_time_by_side",
        }[type_]
        figures[code][sides[stream]] += 1
    return figures
