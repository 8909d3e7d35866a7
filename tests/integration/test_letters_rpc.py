"""Letters by staff tools: composed from the record, approved by who may, sent by the running service."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from pypdf import PdfReader

from desk.access import access_category
from desk.office import Office
from eventstore.city import City
from services.intake.declaration import INTAKE
from tests.cities import Cities
from tests.ledgers import numbered
from tests.mailbox import Mailbox
from tests.portals import FULL, MINIMAL, StaffTool, until
from tests.serving import Served, serving
from tests.tokens import token_of

APPROVED = {
    "approver": "連携推進課長",
    "approval_reference": "決裁8-45",
    "delegation": "専決規程第5条",
}
PAST = "2026-04-01"
NUMBERS = (f"青連第12号の{n}" for n in count(1))


def approval(**stated: Any) -> dict[str, Any]:
    """What an approval states, under the next document number."""
    return command(document_number=next(NUMBERS), **{**APPROVED, **stated})


@pytest.fixture(scope="module")
def mailbox(city: City) -> Iterator[Mailbox]:
    """The city's mail server."""
    with Mailbox() as started:
        started.settings().write(city.folder)
        yield started


@pytest.fixture(scope="module")
def service(city: City, mailbox: Mailbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The running intake."""
    with serving("intake", city, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def tool(service: Served, city: City) -> Iterator[StaffTool]:
    """A staff tool."""
    with StaffTool(city.brokers["staff"]) as opened:
        yield opened


@pytest.fixture(scope="module")
def officer(city: City) -> str:
    """A token of the desk."""
    return token_of(city)


@pytest.fixture(scope="module")
def chief(city: City) -> str:
    """A token of who decides."""
    return token_of(city, "desk_chief")


@pytest.fixture(scope="module")
def office(cities: Cities, city: City) -> Office:
    """Intake's office, to look into the log."""
    return cities.office(INTAKE, city)


def command(**arguments: Any) -> dict[str, Any]:
    return {"command_id": str(uuid4()), **arguments}


def received(tool: StaffTool, officer: str, submission: Any = FULL) -> str:
    told = tool.result("intake.receive_proposal", officer, **command(submission=submission, channel="counter"))
    return f"proposal-{told['proposal_id']}"


def composed(tool: StaffTool, officer: str, **arguments: Any) -> str:
    about = arguments.pop("about", None) or received(tool, officer)
    stated = command(**{"template": "receipt_notice", "about": about, "means": "mail", **arguments})
    return str(tool.result("intake.compose_letter", officer, **stated)["letter_id"])


def test_a_letter_is_composed_approved_sent_and_opened_on_record(
    tool: StaffTool, officer: str, chief: str, mailbox: Mailbox, city: City, office: Office, service: Served
) -> None:
    letter_id = composed(tool, officer, added="資料は窓口でもご覧いただけます。")
    assert (
        tool.error("intake.approve_letter", officer, **approval(letter_id=letter_id))["exc_args"][0] == "not_permitted"
    )
    before = tool.error("intake.get_letter_file", officer, letter_id=letter_id)
    assert before["exc_args"][0] == "letter_file_absent"
    tool.result("intake.approve_letter", chief, **approval(letter_id=letter_id))

    numbered(city)
    mail = until(lambda: next(iter(mailbox.taken), None))
    assert mail.recipients == ("h@yuki.example.jp",)
    assert "資料は窓口でもご覧いただけます。" in mail.text
    until(lambda: tool.result("intake.get_letter", officer, letter_id=letter_id)["status"] == "dispatched" or None)
    opened = tool.result("intake.get_letter", officer, letter_id=letter_id, purpose="確認")
    assert opened["addressee"] == ["株式会社ゆきみち", "営業部", "長谷川 美咲 様"]
    assert opened["address"] == "h@yuki.example.jp"
    file = b64decode(tool.result("intake.get_letter_file", officer, letter_id=letter_id)["content"])
    printed = "".join("".join(page.extract_text().split()) for page in PdfReader(BytesIO(file)).pages)
    assert "青連第12号" in printed
    with office.database.connection() as connection:
        openings = connection.execute(
            "SELECT count(*) FROM events_intake WHERE category = %s", (access_category("intake"),)
        ).fetchone()
    assert openings is not None
    assert openings[0] >= 4
    for secret in ("h@yuki.example.jp", "長谷川", "青連第12号"):
        assert secret not in service.log_text()


def test_the_list_shows_where_letters_stand_and_nobodys_address(tool: StaffTool, officer: str, city: City) -> None:
    about = received(tool, officer)
    letter_id = composed(tool, officer, about=about, means="post")
    numbered(city)
    at_least = {"stream": f"intake_letter-{letter_id}", "version": 1}

    listing = {"subject_id": about.removeprefix("proposal-"), "at_least": at_least}
    page = until(lambda: tool.call("intake.list_letters", officer, **listing)["result"])
    (row,) = page["items"]

    assert (row["status"], row["template"], row["means"]) == ("composed", "receipt_notice", "post")
    assert row["waits_for"] == "approval"
    assert page["counts"]["composed"] >= 1
    assert not {"address", "addressee", "title", "recipient_id"} & set(row)


def test_a_letter_by_post_is_printed_posted_and_comes_back(
    tool: StaffTool, officer: str, chief: str, office: Office
) -> None:
    letter_id = composed(tool, officer, means="post")
    today = office.today()
    posting = command(letter_id=letter_id, posted_on=today.isoformat())
    assert tool.error("intake.record_posting", officer, **posting)["exc_args"][0] == "letter_not_for_post"
    tool.result("intake.approve_letter", chief, **approval(letter_id=letter_id))

    assert tool.result("intake.record_posting", officer, **posting) == tool.result(
        "intake.record_posting", officer, **posting
    )
    assert (
        tool.error("intake.cancel_letter", officer, **command(letter_id=letter_id))["exc_args"][0]
        == "letter_not_to_cancel"
    )
    tool.result("intake.record_return", officer, **command(letter_id=letter_id, returned_on=today.isoformat()))
    tool.result(
        "intake.readdress_letter",
        officer,
        **command(letter_id=letter_id, addressee=["長谷川 美咲 様"], postal_address="東京都架空区二丁目"),
    )
    opened = tool.result("intake.get_letter", officer, letter_id=letter_id)
    assert (opened["status"], opened["address"]) == ("composed", "東京都架空区二丁目")


def test_the_same_composition_again_is_the_same_letter(tool: StaffTool, officer: str) -> None:
    stated = command(template="receipt_notice", about=received(tool, officer), means="mail")
    assert tool.result("intake.compose_letter", officer, **stated) == tool.result(
        "intake.compose_letter", officer, **stated
    )


def test_what_the_record_does_not_tell_is_not_made_up(tool: StaffTool, officer: str) -> None:
    about = received(tool, officer, MINIMAL)
    by_mail = command(template="receipt_notice", about=about, means="mail")
    refusal = command(template="ineligible_notice", about=received(tool, officer), means="mail")
    assert tool.error("intake.compose_letter", officer, **by_mail)["exc_args"][0] == "letter_address_missing"
    assert tool.error("intake.compose_letter", officer, **refusal)["exc_args"][0] == "letter_not_due"
    unknown = command(template="receipt_notice", about=f"proposal-{uuid4()}", means="mail")
    assert tool.error("intake.compose_letter", officer, **unknown)["exc_args"][0] == "not_found"


def test_two_officers_on_one_letter_the_second_learns_what_changed(tool: StaffTool, officer: str, chief: str) -> None:
    letter_id = composed(tool, officer, means="post")
    tool.result("intake.cancel_letter", officer, **command(letter_id=letter_id, expected_version=1))
    late = approval(letter_id=letter_id, expected_version=1)
    assert tool.error("intake.approve_letter", chief, **late)["exc_args"][0] == "stream_conflict"


def test_who_may_not_read_letters_is_told_as_of_what_is_absent(tool: StaffTool, officer: str, city: City) -> None:
    letter_id = composed(tool, officer)
    stranger = token_of(city, "department_officer")
    told = tool.error("intake.get_letter", stranger, letter_id=letter_id)
    assert told == tool.error("intake.get_letter", officer, letter_id=str(uuid4()))
    assert told["exc_args"][0] == "not_found"


@pytest.mark.row("B02")
def test_a_letter_is_dated_on_a_day_that_has_come_and_has_rules(
    tool: StaffTool, officer: str, chief: str, office: Office
) -> None:
    letter_id, tomorrow = composed(tool, officer, means="post"), office.today() + timedelta(days=1)
    for day, code in ((tomorrow.isoformat(), "in_the_future"), ("1999-01-01", "too_long_ago")):
        for method, stated in (
            ("approve_letter", approval(letter_id=letter_id)),
            ("approve_letters", command(letters=[{"letter_id": letter_id, "document_number": "1"}], **APPROVED)),
        ):
            told = tool.error(f"intake.{method}", chief, **stated | {"issued_on": day})["exc_args"]
            assert told[0] == "invalid_message"
            assert (told[2][0]["field"], told[2][0]["code"]) == ("issued_on", code)


def test_nothing_is_recorded_of_a_day_to_come(tool: StaffTool, officer: str, chief: str, office: Office) -> None:
    letter_id, tomorrow = composed(tool, officer, means="post"), office.today() + timedelta(days=1)
    tool.result("intake.approve_letter", chief, **approval(letter_id=letter_id))
    days = {"record_posting": "posted_on", "record_return": "returned_on", "record_bounce": "bounced_on"}
    for method, day in days.items():
        told = tool.error(f"intake.{method}", officer, **command(letter_id=letter_id) | {day: tomorrow.isoformat()})
        assert (told["exc_args"][0], told["exc_args"][2][0]["field"]) == ("invalid_message", day)


def test_a_document_number_stands_on_one_letter(tool: StaffTool, officer: str, chief: str) -> None:
    first, second = (composed(tool, officer, means="post") for _ in range(2))
    stated = approval(letter_id=first)
    tool.result("intake.approve_letter", chief, **stated)
    again = approval(letter_id=second) | {"document_number": stated["document_number"]}
    assert tool.error("intake.approve_letter", chief, **again)["exc_args"][0] == "document_number_used"
    named = [{"letter_id": second, "document_number": stated["document_number"]}]
    told = tool.result("intake.approve_letters", chief, **command(letters=named, **APPROVED))
    assert [one["code"] for one in told["refused"]] == ["document_number_used"]


@pytest.mark.row("B05")
def test_a_code_in_the_wrong_hands_is_revoked_with_a_reason(tool: StaffTool, officer: str, chief: str) -> None:
    letter_id = composed(tool, officer, template="one_time_link", code_purpose="withdrawal", means="post")
    assert tool.error("intake.revoke_code", officer, **command(letter_id=letter_id))["exc_args"][0] == "invalid_message"
    tool.result("intake.approve_letter", chief, **approval(letter_id=letter_id, issued_on=PAST))
    stated = command(letter_id=letter_id, reason="住所違い")
    assert tool.error("intake.revoke_code", officer, **stated)["exc_args"][0] == "one_time_code_on_its_way"
    today = command(letter_id=letter_id)
    tool.result("intake.record_posting", officer, **today, posted_on=PAST)

    told = tool.result("intake.revoke_code", officer, **stated)

    assert told == tool.result("intake.revoke_code", officer, **stated)
    assert tool.result("intake.get_letter", officer, letter_id=letter_id)["code_state"] == "revoked"
    without = composed(tool, officer)
    stated = command(letter_id=without, reason="住所違い")
    assert tool.error("intake.revoke_code", officer, **stated)["exc_args"][0] == "letter_without_code"
