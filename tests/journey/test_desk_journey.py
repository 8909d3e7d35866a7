"""The demo's story, told over the real processes: what the desks of both cities and their records say in the end."""

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

PARTS: Final = ("administration", "intake", "matching", "relay")
ENDS: Final = {
    "01-aomori-company": ("accepted", 2),
    "02-aomori-university": ("accepted", 1),
    "03-aomori-sole-proprietor": ("accepted", 1),
    "05-aomori-foreign-company": ("withdrawn", 1),
    "06-aomori-confidential": ("accepted", 1),
    "16-aomori-for-call": ("received", 1),
    "08-tokorozawa-company-long": ("accepted", 1),
    "09-tokorozawa-university": ("accepted", 1),
    "10-tokorozawa-npo": ("accepted", 1),
    "13-tokorozawa-full-width": ("received", 1),
    "14-tokorozawa-suspended-company": ("accepted", 1),
    "15-tokorozawa-sales": ("ineligible", 1),
}
"""Sample → where it stands after the story, and in which edition."""


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


@pytest.mark.parametrize("name", ["tokorozawa_ineligible_notice", "aomori_correction_request", "aomori_receipt_slip"])
def test_letters_and_slips_are_papers_to_print(told: dict[str, Desk], name: str) -> None:
    city, _, paper = name.partition("_")
    desk = told[city]
    assert Path(desk.papers / f"{desk.city.name}_{paper}.pdf").read_bytes().startswith(b"%PDF-")


def test_the_clock_stood_still_from_the_return_to_the_correction_and_runs_on(told: dict[str, Desk]) -> None:
    desk = told["aomori"]
    due = listed(desk, "list_deadlines", subject_id=desk.proposal("01-aomori-company"))
    assert {one["code"]: one["status"] for one in due} == {"first_contact": "met", "answer_with_reason": "running"}


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
