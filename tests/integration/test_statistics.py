"""Statistics from the log: counted from open fields, the same when built again, told by RPC's query and by the CLI."""

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from apps.cli.__main__ import main
from desk.forms import load, load_or_refuse
from desk.letters.events import letter_category
from desk.office import Office
from desk.packs.codes import ProposalKind, ProposerKind, Purpose
from desk.packs.letters import LetterCode
from desk.permissions import Permission
from eventstore.city import City
from eventstore.records import Actor, Code, Context, StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.proposal import PROPOSAL
from services.intake.domain.proposal.origin import Origin
from services.intake.domain.proposal.screening import Waiting
from services.intake.queries.statistics import statistics_of
from services.intake.schemas.statistics import StatisticsForm
from tests.cities import TOKOROZAWA, Cities, FrozenClock
from tests.ledgers import numbered
from tests.parking import followed
from tests.portals import StaffTool
from tests.registers import ACTOR, NUMBERS, OTHER_NUMBER, Scene, renaming
from tests.samples import sample
from tests.serving import serving
from tests.tokens import token_of

APRIL = date(2026, 4, 1)
CORPORATION = {
    "kind": ProposalKind.FREE,
    "proposer_kind": ProposerKind.CORPORATION,
    "received_on": APRIL,
    "purposes": (),
}
UNIVERSITY = {**CORPORATION, "proposer_kind": ProposerKind.UNIVERSITY, "received_on": date(2026, 6, 30)}
Rows = dict[str, tuple[int, float | None, int | None]]
Story = tuple[tuple[str, dict[str, Any]], ...]


@pytest.fixture(scope="module")
def office(cities: Cities, city: City) -> Office:
    """Intake's office, its log filled with what became of six proposals and three inquiries."""
    opened = cities.office(INTAKE, city)
    for story in STORIES:
        happen(opened, *story)
    later = ("InquiryAnswered", {"answered_on": date(2026, 5, 4)})
    for rest in ((), (ANSWERED, later), (ANSWERED, ("InquiryConverted", {}))):
        asked_first = ("InquiryReceived", {"received_on": APRIL, "proposer_kind": None})
        happen(opened, asked_first, *rest, category="inquiry")
    numbered(city)
    followed(opened, "statistics")
    return opened


def happen(office: Office, *story: tuple[str, dict[str, Any]], category: str = "proposal") -> StreamId:
    """Appends the events of one stream, with these open fields."""
    context = Context(
        command_id=uuid4(),
        correlation_id=uuid4(),
        actor=Actor(id=uuid4(), role=Code("tester")),
        channel=Code("counter"),
    )
    events = [replace(sample(INTAKE.events.declared(type_, 1)), **fields) for type_, fields in story]
    stream = StreamId(category, uuid4())
    office.store.append(office.store.new_stream(stream), events, context)
    return stream


ANSWERED = ("InquiryAnswered", {"answered_on": date(2026, 4, 4)})
BEGUN = ("ScreeningBegun", {"begun_on": APRIL})
STORIES: list[Story] = [
    (
        ("ProposalReceived", {**CORPORATION, "purposes": (Purpose.CITIZEN_SERVICE,)}),
        BEGUN,
        ("ProposalReturned", {"returned_on": date(2026, 4, 11)}),
        (
            "ProposalResubmitted",
            {
                "resubmitted_on": date(2026, 4, 21),
                "proposer_kind": ProposerKind.CORPORATION,
                "purposes": (Purpose.CITIZEN_SERVICE, Purpose.REGIONAL_ISSUE),
            },
        ),
        ("ProposalAccepted", {"accepted_on": date(2026, 5, 1)}),
    ),
    (
        ("ProposalReceived", CORPORATION),
        BEGUN,
        ("ProposalHeld", {"held_on": APRIL}),
        ("ProposalResumed", {"resumed_on": APRIL, "after": Waiting.HOLD}),
        ("ProposalFoundIneligible", {"decided_on": date(2026, 4, 11)}),
    ),
    (
        ("ProposalReceived", UNIVERSITY),
        BEGUN,
        ("ProposalReturned", {"returned_on": date(2026, 7, 1)}),
        ("ProposalResumed", {"resumed_on": date(2026, 7, 2), "after": Waiting.CORRECTION}),
        ("ProposalRedirected", {"redirected_on": date(2026, 7, 3)}),
    ),
    (
        ("ProposalReceived", CORPORATION),
        BEGUN,
        ("ProposalAccepted", {"accepted_on": date(2026, 4, 5)}),
        ("ProposalWithdrawn", {"withdrawn_on": date(2026, 8, 1)}),
    ),
    (("ProposalReceived", CORPORATION), ("ProposalSplit", {"split_on": APRIL})),
    (("ProposalReceived", UNIVERSITY), ("ProposalDerived", {"origin": Origin.SPLIT}), BEGUN),
]


def asked(office: Office, **question: Any) -> dict[str, Rows]:
    made = statistics_of(office, load_or_refuse(StatisticsForm(), question))
    return {
        figure["code"]: {
            row["label"]: (row["count"], row["median_days"], row["ninetieth_days"]) for row in figure["rows"]
        }
        for figure in made["figures"]
    }


def waiting(office: Office, figure: str) -> int | None:
    """How many still wait, of all that a figure of days counts."""
    made = statistics_of(office, load_or_refuse(StatisticsForm(), {"by": [figure]}))
    waits: int | None = made["figures"][0]["rows"][0]["waiting"]
    return waits


def counts(rows: Rows) -> dict[str, int]:
    return {label: count for label, (count, _, _) in rows.items() if count}


@pytest.mark.row("S05")
@pytest.mark.row("S10")
def test_what_came_in_is_counted_in_the_words_of_the_city(office: Office) -> None:
    told = asked(office)

    assert counts(told["proposals_by_month"]) == {"令和8年4月": 4, "令和8年6月": 2}
    assert told["proposals_by_month"]["令和8年5月"] == (0, None, None)
    assert counts(told["proposals_by_proposer"]) == {"企業などの法人": 4, "大学・研究機関": 2}
    assert counts(told["proposals_by_channel"]) == {"窓口": 6}
    assert counts(told["proposals_by_origin"]) == {"そのままの提案": 5, "提案の分割から": 1}
    assert counts(told["inquiries_by_month"]) == {"令和8年4月": 3}


def test_what_became_of_it_is_counted(office: Office) -> None:
    assert counts(asked(office)["proposals_by_outcome"]) == {
        "審査中": 1, "受理": 1, "対象外": 1, "ほかの手続きを案内": 1, "取下げ": 1, "分割": 1,
    }  # fmt: skip
    assert counts(asked(office)["inquiries_by_outcome"]) == {"未回答": 1, "回答済み": 1, "提案として受付": 1}


@pytest.mark.row("S38")
def test_the_days_until_the_city_decided_leave_out_the_wait_for_a_correction(office: Office) -> None:
    days = asked(office)["days_to_decision_by_proposer"]

    assert days["全体"] == (4, 7.0, 20)
    assert days["企業などの法人"] == (3, 10, 20)
    assert days["大学・研究機関"] == (1, 2, 2)


def test_the_purposes_are_those_of_the_corrected_version(office: Office) -> None:
    purposes = asked(office, received_to="2026-04-01")["proposals_by_purpose"]

    assert counts(purposes) == {"市民サービスの向上": 1, "地域課題の解決": 1, "未記入": 3}


def test_a_period_counts_by_the_day_of_reception_both_days_included(office: Office) -> None:
    def received(**period: str) -> int:
        return sum(counts(asked(office, by=["proposals_by_kind"], **period)["proposals_by_kind"]).values())

    assert received(received_from="2026-04-01", received_to="2026-06-30") == 6
    assert received(received_from="2026-04-02", received_to="2026-06-29") == 0
    assert received(received_from="2026-06-30") == 2


FOUND_INELIGIBLE = (
    ("ProposalReceived", CORPORATION),
    BEGUN,
    ("ProposalReturned", {"returned_on": date(2026, 4, 3)}),
    ("ProposalResubmitted", {"resubmitted_on": date(2026, 4, 8), "proposer_kind": ProposerKind.CORPORATION}),
    ("ProposalFoundIneligible", {"decided_on": date(2026, 4, 10)}),
)
INELIGIBLE, REDIRECTION = LetterCode.INELIGIBLE_NOTICE, LetterCode.REDIRECTION_NOTICE
SENT = ("LetterDispatched", {"dispatched_on": date(2026, 4, 20)})
POSTED = ("LetterPosted", {"posted_on": date(2026, 4, 20)})


TWICE = (POSTED, ("LetterReturned", {}), ("LetterPosted", {"posted_on": date(2026, 5, 1)}))
LETTERS: list[tuple[LetterCode, Story, bool]] = [
    (INELIGIBLE, (), False),
    (INELIGIBLE, (("LetterApproved", {}), ("LetterDispatchFailed", {"permanent": True})), False),
    (INELIGIBLE, (SENT,), True),
    (REDIRECTION, (POSTED,), True),
    (INELIGIBLE, (SENT, ("LetterBounced", {"bounced_on": date(2026, 4, 21)})), True),
    (INELIGIBLE, TWICE, True),
    (LetterCode.CORRECTION_REQUEST, (SENT,), False),
    (LetterCode.ACCEPTANCE_NOTICE, (SENT,), False),
]
"""Template of a letter, what happened to it after it was composed, and whether that answered on the 20th of April."""


@pytest.mark.row("B02", "S10")
def test_a_proposal_is_answered_when_the_letter_with_the_reason_goes_out_and_not_by_the_decision(
    cities: Cities,
) -> None:
    city = cities.new("answered", TOKOROZAWA)
    intake = cities.office(INTAKE, city)
    expected: dict[UUID, date | None] = {}
    for template, out, answers in LETTERS:
        proposal = happen(intake, *FOUND_INELIGIBLE)
        about = {"subject_category": proposal.category, "subject_id": proposal.id, "template": template}
        happen(intake, ("LetterComposed", about), *out, category=letter_category("intake"))
        expected[proposal.id] = date(2026, 4, 20) if answers else None
    numbered(city)
    followed(intake, "statistics")

    def answered() -> dict[UUID, date | None]:
        with intake.database.connection() as connection:
            return dict(connection.execute("SELECT matter_id, answered_on FROM intake_statistics").fetchall())

    assert answered() == expected
    (follower,) = (one for one in intake.followers if one.subscription.name == "statistics")
    follower.rebuild()
    assert answered() == expected
    told = asked(intake)
    for by in ("kind", "proposer", "new_or_returning"):
        figure = f"days_to_answer_by_{by}"
        assert told[figure]["全体"] == (4, 14, 14), "nineteen days, five of them in correction"
        assert waiting(intake, figure) == 4
    assert told["days_to_decision_by_kind"]["全体"] == (8, 4, 4)


def test_an_inquiry_is_answered_on_the_day_of_its_first_answer(office: Office) -> None:
    figure = "inquiry_days_to_answer_by_channel"
    days = asked(office)[figure]

    assert days["全体"] == days["窓口"] == (2, 3, 3)
    assert counts(days) == {"全体": 2, "窓口": 2}
    assert waiting(office, figure) == 1


@pytest.mark.row("N8")
def test_whoever_has_proposed_before_is_told_apart_and_the_same_when_it_is_built_again(
    cities: Cities, clock: FrozenClock
) -> None:
    city = cities.new("returning", TOKOROZAWA)
    intake = cities.office(INTAKE, city, clock)
    desk = Scene(city, intake, intake, clock)
    first, other = desk.receive("株式会社ゆきみち"), desk.receive("べつの会社", None)
    desk.does(PROPOSAL, first, renaming("あとの会社"))
    returning = [desk.receive("名を改めた会社"), desk.receive("（株）べつの会社", OTHER_NUMBER)]
    new = [first, other, desk.receive("ゆきみち", NUMBERS[2]), desk.receive("あとの会社", None)]
    part = desk.receive("株式会社ゆきみち")
    derived = replace(sample(INTAKE.events.declared("ProposalDerived", 1)), origin=Origin.SPLIT, origin_id=first.id)
    intake.store.append(intake.store.load(part), [derived], intake.context(ACTOR))
    numbered(city)
    followed(intake, "statistics")

    def told() -> dict[UUID, bool]:
        with intake.database.connection() as connection:
            return dict(connection.execute("SELECT matter_id, has_proposed_before FROM intake_statistics").fetchall())

    expected = {one.id: False for one in (*new, part)} | {one.id: True for one in returning}
    assert told() == expected
    (follower,) = (one for one in intake.followers if one.subscription.name == "statistics")
    follower.rebuild()
    assert told() == expected
    counted = asked(intake)["proposals_by_new_or_returning"]
    assert counts(counted) == {"初めての提案者": 5, "以前にも提案のあった提案者": 2}


def test_only_what_is_asked_for_is_told(office: Office) -> None:
    assert list(asked(office, by=["inquiries_by_channel"])) == ["inquiries_by_channel"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"received_from": "2026-05-01", "received_to": "2026-04-30"}, "period_reversed"),
        ({"received_from": "R8.4.1"}, "date"),
        ({"by": ["names"]}, "unknown_choice"),
        ({"company": "x"}, "unknown_field"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong_with_it(wrong: dict[str, Any], code: str) -> None:
    _, errors = load(StatisticsForm(), wrong)

    assert [error.code for error in errors] == [code]
    assert all(error.message.endswith("。") for error in errors)


def test_statistics_built_again_are_the_same(office: Office) -> None:
    before = asked(office)
    (follower,) = (one for one in office.followers if one.subscription.name == "statistics")

    follower.rebuild()

    assert asked(office) == before


@pytest.fixture
def renkei(city: City, office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`renkei statistics` of the filled city."""
    assert office, "the log is filled"
    monkeypatch.setenv("RENKEI_HOME", str(city.folder.parent))
    return lambda *arguments: CliRunner().invoke(main, ["statistics", "--city", city.name, *arguments])


def test_the_cli_tells_people_each_number_under_its_question(renkei: Callable[..., Result]) -> None:
    told = renkei("--from", "2026-04-01", "--to", "2026-12-31")

    assert told.exit_code == 0, told.output
    assert "提案を、月ごとに何件受け付けましたか。\n  令和8年4月: 4件\n" in told.output
    assert "  全体: 4件、中央値 7日、90パーセンタイル 20日、まだのもの 1件\n" in told.output
    assert "  全体: 2件、中央値 3日、90パーセンタイル 3日、まだのもの 1件\n" in told.output
    assert "未反映 0件" in told.output


def test_the_cli_tells_programs_the_same(renkei: Callable[..., Result], office: Office) -> None:
    told = renkei("--json")

    made = statistics_of(office, load_or_refuse(StatisticsForm(), {}))
    assert json.loads(told.output) == json.loads(json.dumps(made))


def test_the_cli_writes_a_table_for_excel(renkei: Callable[..., Result], tmp_path: Path) -> None:
    as_csv, as_xlsx = tmp_path / "statistics.csv", tmp_path / "statistics.xlsx"

    for file in (as_csv, as_xlsx):
        assert renkei("--output", str(file)).exit_code == 0

    rows = list(csv.reader(StringIO(as_csv.read_bytes().decode("utf-8-sig"), newline="")))
    assert rows[0] == [
        "問い",
        "区分",
        "件数",
        "日数の中央値",
        "日数の90パーセンタイル",
        "まだの件数",
        "実現した件数",
        "実現率（％）",
    ]
    assert rows[1] == ["提案を、月ごとに何件受け付けましたか。", "令和8年4月", "4", "", "", "", "", ""]
    answers = next(row for row in rows if row[0].startswith("受付から、理由を付けた回答の文書を送るまで"))
    assert answers[1:] == ["全体", "0", "", "", "4", "", ""]
    realised = next(row for row in rows if "個別の実施に至ったもの" in row[0])
    assert realised[1:] == ["全体", "2", "", "", "2", "0", "0.0"]
    sheet = load_workbook(as_xlsx).active
    assert sheet is not None
    assert [[str(cell or "") for cell in row] for row in sheet.values][:2] == rows[:2]


@pytest.mark.parametrize("arguments", [("--output", "x.pdf"), ("--from", "2026-05-01", "--to", "2026-04-01"),
                                       ("--from", "April")])  # fmt: skip
def test_the_cli_says_when_it_is_used_wrongly(renkei: Callable[..., Result], arguments: tuple[str, ...]) -> None:
    assert renkei(*arguments).exit_code == 2


def test_only_who_may_see_statistics_is_told_them(city: City, office: Office, tmp_path: Path) -> None:
    roles = office.pack().roles
    (allowed, *_) = [role for role in roles if Permission.STATISTICS_READ in roles[role].permissions]
    denied = next(role for role in roles if Permission.STATISTICS_READ not in roles[role].permissions)

    with serving("intake", city, folder=tmp_path), StaffTool(city.brokers["staff"]) as tool:
        told = tool.result("intake.get_statistics", token_of(city, allowed), by=["proposals_by_kind"])
        refused = tool.error("intake.get_statistics", token_of(city, denied))

    assert [row["count"] for row in told["figures"][0]["rows"]] == [6, 0]
    assert refused["exc_type"] == "Forbidden"
