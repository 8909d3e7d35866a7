"""The demo's story, told over the real processes: what both cities' desks and departments see in the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from apps.demo.mail_server import mail_server
from apps.demo.scene import Desk, desks, serving
from apps.demo.staff import CallFailed
from apps.demo.story import tell
from apps.provisioning.city import Installation
from tests.cities import AOMORI, TOKOROZAWA, Cities
from tests.journey.ends import ANSWERED, CASES, ENDS

PARTS: Final = ("administration", "intake", "matching", "relay")


@pytest.fixture(scope="module")
def told(
    cities: Cities, installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Desk]]:
    """The desks of both cities after the story, by the beginning of a sample's name."""
    folder = tmp_path_factory.mktemp("story")
    made = [cities.new("aomori", AOMORI), cities.new("tokorozawa", TOKOROZAWA)]
    named = [argument for city in made for argument in ("--city", city.name)]
    with (
        serving(installation.home, folder / "services.log", *PARTS, *named),
        mail_server() as mail,
        desks(installation, made, mail, folder) as opened,
    ):
        assert tell(opened)
        yield dict(zip(("aomori", "tokorozawa"), opened, strict=True))


def desk_of(told: dict[str, Desk], sample: str) -> Desk:
    return told[sample.split("-")[1]]


def listed(desk: Desk, method: str, **wanted: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = desk.officer.call(f"intake.{method}", **wanted)["items"]
    return items


def work_of(desk: Desk) -> dict[str, dict[str, Any]]:
    """What the work queue says of each case, by the id of its proposal, soonest date first."""
    items = desk.officer.call("matching.list_work", derivation=True)["items"]
    return {item["proposal_id"]: item for item in items}


def file_of(desk: Desk, sample: str) -> dict[str, Any]:
    """The whole case of a sample."""
    case_id = work_of(desk)[desk.proposal(sample)]["case_id"]
    return desk.officer.call("matching.get_case", case_id=case_id, purpose="確認")


@pytest.mark.row("S20")
@pytest.mark.parametrize("sample", ENDS)
def test_each_sample_stands_where_the_story_brings_it(told: dict[str, Desk], sample: str) -> None:
    desk = desk_of(told, sample)
    (item,) = [one for one in listed(desk, "list_proposals") if one["proposal_id"] == desk.proposal(sample)]
    assert (item["status"], item["edition"]) == ENDS[sample]
    assert not item["flagged"]


def test_everything_that_the_pack_asks_for_was_checked_and_a_pack_without_rules_asks_for_nothing(
    told: dict[str, Desk],
) -> None:
    checks = {}
    for sample in ("08-tokorozawa-company-long", "02-aomori-university"):
        desk = desk_of(told, sample)
        screening = desk.officer.call("intake.get_screening", proposal_id=desk.proposal(sample), purpose="確認")
        checks[desk.city.municipality] = [asked["check"] and asked["check"]["result"] for asked in screening["checks"]]
    assert set(checks["112089"]) == {"clear"}
    assert len(checks["112089"]) > 20
    assert checks["022012"] == []


def test_the_ineligible_company_is_told_rule_ground_and_remedies_by_mail(told: dict[str, Desk]) -> None:
    desk = told["tokorozawa"]
    (letter,) = listed(desk, "list_letters", subject_id=desk.proposal("15-tokorozawa-sales"))
    mail = desk.mail.wait("anzai@hikari-toritsugi.example.jp", "審査結果")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has a text

    assert (letter["status"], letter["adverse"]) == ("dispatched", True)
    assert "直接的な営業または広告宣伝を目的とするもの" in text
    assert "営業を直接の目的としているため。" in text
    assert "【教示】" in text


@pytest.mark.parametrize(
    "name", ["tokorozawa_ineligible_notice_31", "aomori_correction_request_12", "aomori_receipt_slip"]
)
def test_letters_and_slips_are_papers_to_print(told: dict[str, Desk], name: str) -> None:
    city, _, paper = name.partition("_")
    desk = told[city]
    assert Path(desk.papers / f"{desk.city.name}_{paper}.pdf").read_bytes().startswith(b"%PDF-")


def test_a_corrected_proposal_is_answered_before_its_date(told: dict[str, Desk]) -> None:
    desk = told["aomori"]
    due = listed(desk, "list_deadlines", subject_id=desk.proposal("01-aomori-company"))
    assert {one["code"]: one["status"] for one in due} == {"first_contact": "met", "answer_with_reason": "met"}


def test_a_withdrawn_proposal_is_due_nothing_and_cannot_be_taken_up_again(told: dict[str, Desk]) -> None:
    desk = told["aomori"]
    withdrawn = desk.proposal("05-aomori-foreign-company")
    assert {one["status"] for one in listed(desk, "list_deadlines", subject_id=withdrawn)} == {"dropped"}
    with pytest.raises(CallFailed, match="取り下げられています"):
        desk.officer.command("intake.begin_screening", proposal_id=withdrawn)


def test_a_lifted_measure_leaves_no_flag_on_the_case_either(told: dict[str, Desk]) -> None:
    desk = told["tokorozawa"]
    (measure,) = listed(desk, "list_measures")
    cases = desk.officer.call("matching.list_cases")["items"]
    assert measure["standing"] == "lifted"
    assert [case["flagged"] for case in cases] == [False] * 4


def test_one_s_question_is_answered_to_all_without_who_asked(told: dict[str, Desk]) -> None:
    desk = told["aomori"]
    (call,) = listed(desk, "list_calls")
    (answered,) = listed(desk, "list_questions", call_id=call["call_id"])
    assert answered["answer"].startswith("はい。")
    assert "小野寺" not in str(answered)


def test_an_inquiry_that_became_a_proposal_names_it(told: dict[str, Desk]) -> None:
    desk = told["aomori"]
    (inquiry,) = listed(desk, "list_inquiries")
    proposals = {one["proposal_id"]: one["channel"] for one in listed(desk, "list_proposals")}
    assert inquiry["status"] == "converted"
    assert proposals[inquiry["proposal_id"]] == "counter"


def test_what_was_found_late_counts_from_its_arrival_and_is_overdue(told: dict[str, Desk]) -> None:
    desk = told["tokorozawa"]
    (late,) = listed(desk, "list_deadlines", status="overdue")
    (entered,) = [one for one in listed(desk, "list_proposals") if one["channel"] == "post"]
    assert (late["subject_id"], late["starts_on"]) == (entered["proposal_id"], entered["received_on"])
    assert late["days_left"] < 0


@pytest.mark.row("S35")
@pytest.mark.row("S37")
@pytest.mark.parametrize("sample", CASES)
def test_each_case_stands_where_the_story_brings_it(told: dict[str, Desk], sample: str) -> None:
    desk = desk_of(told, sample)
    case = work_of(desk)[desk.proposal(sample)]
    assert (case["status"], case["outcome"]) == CASES[sample]


@pytest.mark.row("B02")
@pytest.mark.parametrize("sample", ANSWERED)
def test_every_decided_case_was_answered_with_its_reason_and_the_reception_knows(
    told: dict[str, Desk], sample: str
) -> None:
    desk = desk_of(told, sample)
    due = listed(desk, "list_deadlines", subject_id=desk.proposal(sample))
    case = file_of(desk, sample)
    (answer,) = case["answers"]
    letter = desk.officer.call("matching.get_letter", letter_id=answer["letter_id"], purpose="確認")
    assert [one["status"] for one in due if one["code"] == "answer_with_reason"] == ["met"]
    assert case["decisions"][-1]["explanation"] in "\n".join(letter["body"])


def test_a_no_is_told_with_the_remedies(told: dict[str, Desk]) -> None:
    mail = told["tokorozawa"].mail.wait("kumagai@sayama-doro.example.jp", "検討結果")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # it has a text
    assert "実施しないことと決定しました。" in text
    assert "【教示】" in text


@pytest.mark.row("S07")
def test_minutes_are_settled_by_portal_or_phone_and_wait_where_nobody_has_answered(told: dict[str, Desk]) -> None:
    settled = {}
    for sample in ("01-aomori-company", "08-tokorozawa-company-long", "02-aomori-university"):
        (session,) = file_of(desk_of(told, sample), sample)["sessions"]
        confirmed = [one["role"] for one in session["minutes"] if one["type"] == "MinutesConfirmedByProposer"]
        settled[sample] = (session["is_settled"], confirmed)
    assert settled == {
        "01-aomori-company": (True, ["portal"]),
        "08-tokorozawa-company-long": (True, ["department_officer"]),
        "02-aomori-university": (False, []),
    }


@pytest.mark.row("S14")
@pytest.mark.row("S47")
def test_what_the_city_pays_was_decided_with_the_approved_exception_alone(told: dict[str, Desk]) -> None:
    (decision,) = file_of(told["aomori"], "01-aomori-company")["decisions"]
    assert (decision["city_cost_yen"], decision["expenses_cap_yen"]) == (150_000, 200_000)
    assert decision["expenses_approver"] == "企画部長"


@pytest.mark.row("S04")
def test_a_department_that_declined_has_said_why_and_another_was_asked(told: dict[str, Desk]) -> None:
    offers = file_of(told["tokorozawa"], "09-tokorozawa-university")["offers"]
    assert [(one["department"], one["standing"]) for one in offers] == [("digital", "declined"), ("parks", "taken")]
    assert offers[0]["answers"][0]["grounds"].endswith("公園課が主担当課になるのが適当です。")


@pytest.mark.row("N3")
def test_a_department_s_queue_holds_its_own_cases_alone(told: dict[str, Desk]) -> None:
    aomori = told["aomori"]
    seen = aomori.people.of("waterworks").call("matching.list_work")["items"]
    assert [item["proposal_id"] for item in seen] == [aomori.proposal("06-aomori-confidential")]
    assert aomori.people.of("digital").call("matching.list_work")["items"] == []


def test_whoever_moved_has_no_case_any_more(told: dict[str, Desk]) -> None:
    aomori = told["aomori"]
    by_person = aomori.officer.call("matching.list_work", person=aomori.officer.person)["items"]
    assert by_person == []
    assert len({item["accompanied_by"] for item in work_of(aomori).values()}) == 1


@pytest.mark.row("N7")
def test_the_city_s_promises_are_counted_as_the_company_s_are(told: dict[str, Desk]) -> None:
    ledger = told["aomori"].officer.call("matching.get_obligation_ledger")["sides"]
    assert {one["side"]: (one["owed"], one["fulfilled_in_time"]) for one in ledger} == {
        "city": (1, 1),
        "proposer": (1, 0),
    }


@pytest.mark.row("N12")
def test_the_queue_begins_with_what_is_due_first_and_explains_each_date(told: dict[str, Desk]) -> None:
    for desk in told.values():
        cases = list(work_of(desk).values())
        due = [case["due_on"] for case in cases if case["due_on"]]
        assert due == sorted(due)
        assert [case["due_on"] for case in cases] == due + [None] * (len(cases) - len(due))
        assert all(one["derivation"] for case in cases for one in case["dates"])
