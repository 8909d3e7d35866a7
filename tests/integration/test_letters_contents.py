"""Every letter of intake is composed from what was decided, in the words of the decision, and only while it is so."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from desk.letters.commands import CodeItem
from desk.letters.state import code_item
from desk.office import Office
from desk.wareki import wareki
from eventstore.city import City
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from tests.cities import TOKOROZAWA, Cities
from tests.portals import FULL, INQUIRY, StaffTool, changed
from tests.serving import Served, serving
from tests.tokens import token_of

SUSPENDED = {"about": "proposer", "rule": "bid_suspension", "clause": "suspended"}
DECISION = {"approver": "室長", "approval_reference": "企連決第8号"}


@pytest.fixture(scope="module")
def tokorozawa(cities: Cities) -> City:
    return cities.new("tokorozawa", TOKOROZAWA)


@pytest.fixture(scope="module")
def intake(tokorozawa: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("intake", tokorozawa, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


class Writer:
    """A desk chief who decides on proposals and writes about them."""

    def __init__(self, tool: StaffTool, token: str, office: Office) -> None:
        self.tool, self.token, self.office = tool, token, office
        terms = {"terms_version": office.pack().terms.version}
        self.form = changed(dict(FULL), "municipality", "112089") | terms

    def does(self, method: str, /, **stated: Any) -> dict[str, Any]:
        given = {"command_id": str(uuid4()), **stated}
        done: dict[str, Any] = self.tool.result(f"intake.{method}", self.token, **given)
        return done

    def may_not(self, method: str, /, **stated: Any) -> str:
        given = {"command_id": str(uuid4()), **stated}
        return str(self.tool.error(f"intake.{method}", self.token, **given)["exc_args"][0])

    def received(self) -> str:
        told = self.does("receive_proposal", submission=self.form, channel="counter")
        return str(told["proposal_id"])

    def screened(self) -> str:
        proposal_id = self.received()
        self.does("begin_screening", proposal_id=proposal_id)
        return proposal_id

    def composed(self, template: str, proposal_id: str, **stated: Any) -> str:
        about = f"proposal-{proposal_id}"
        told = self.does("compose_letter", template=template, about=about, means="mail", **stated)
        return str(told["letter_id"])

    def refused(self, template: str, proposal_id: str, **stated: Any) -> str:
        return self.may_not(
            "compose_letter", template=template, about=f"proposal-{proposal_id}", means="mail", **stated
        )

    def text(self, letter_id: str) -> str:
        letter = self.tool.result("intake.get_letter", self.token, letter_id=letter_id)
        return "\n".join((letter["title"], *letter["body"], letter["remedies"] or ""))

    def code(self, letter_id: str) -> tuple[str, Any]:
        """The code's purpose, and until when it may be used."""
        recorded, *_ = self.office.store.load_fields(StreamId("intake_letter", UUID(letter_id)))
        return recorded.event["code_purpose"], recorded.event["code_valid_until"]


@pytest.fixture(scope="module")
def writer(intake: Served, tokorozawa: City, cities: Cities) -> Iterator[Writer]:
    with StaffTool(tokorozawa.brokers["staff"]) as tool:
        yield Writer(tool, token_of(tokorozawa, "desk_chief"), cities.office(INTAKE, tokorozawa))


def returned(writer: Writer) -> str:
    proposal_id = writer.screened()
    answer_by = writer.office.today() + timedelta(days=10)
    writer.does(
        "return_proposal", proposal_id=proposal_id, points="費用の負担を詳しく。", answer_by=answer_by.isoformat()
    )
    return proposal_id


def ineligible(writer: Writer) -> str:
    proposal_id = writer.screened()
    writer.does("record_checks", proposal_id=proposal_id, checks=[{**SUSPENDED, "basis": "register", "result": "hit"}])
    writer.does(
        "find_ineligible",
        proposal_id=proposal_id,
        grounds="令和9年3月まで停止中のため",
        decider="部長",
        approval_reference="企連第7号",
        **SUSPENDED,
    )
    return proposal_id


def redirected(writer: Writer) -> str:
    proposal_id = writer.screened()
    told = {"destination": "procurement", "explanation": "施設の整備にあたるため"}
    writer.does("redirect_proposal", proposal_id=proposal_id, **told)
    return proposal_id


def accepted(writer: Writer) -> str:
    proposal_id = writer.screened()
    asked = writer.tool.result("intake.get_screening", writer.token, proposal_id=proposal_id)["checks"]
    ground = ("about", "rule", "clause")
    checks = [{**{name: one[name] for name in ground}, "basis": "register", "result": "clear"} for one in asked]
    writer.does("record_checks", proposal_id=proposal_id, checks=checks)
    writer.does("accept_proposal", proposal_id=proposal_id)
    return proposal_id


def withdrawn(writer: Writer) -> str:
    proposal_id = writer.received()
    writer.does("withdraw_proposal", proposal_id=proposal_id, reason="電話でお申出")
    return proposal_id


def claim_answered(writer: Writer) -> str:
    proposal_id = writer.received()
    answers = [{"field": "summary", "answer": "likely", "explanation": "未公表の技術のため"}]
    writer.does("answer_claims", proposal_id=proposal_id, answers=answers)
    return proposal_id


@pytest.mark.row("N11")
@pytest.mark.parametrize(
    ("template", "decided", "told"),
    [
        ("receipt_notice", Writer.received, ["受け付けました"]),
        ("correction_request", returned, ["費用の負担を詳しく。"]),
        (
            "ineligible_notice",
            ineligible,
            ["入札参加停止等措置要綱", "入札参加停止措置を受けているもの", "令和9年3月まで停止中のため", "審査請求"],
        ),
        ("redirection_notice", redirected, ["市の契約（入札等）の手続", "施設の整備にあたるため"]),
        ("acceptance_notice", accepted, ["受理しました"]),
        ("withdrawal_notice", withdrawn, ["取下げのお申出"]),
        ("claim_answer", claim_answered, ["提案の概要：公開しない見込みです。未公表の技術のため"]),
    ],
)
def test_a_letter_tells_what_was_decided_and_is_refused_where_it_was_not(
    writer: Writer, template: str, decided: Callable[[Writer], str], told: list[str]
) -> None:
    text = writer.text(writer.composed(template, decided(writer), added="窓口でもご説明します。"))

    for words in (*told, "路線バスの時刻を雪の日にも", "窓口でもご説明します。"):
        assert words in text
    assert "{" not in text
    other = withdrawn(writer) if template != "withdrawal_notice" else writer.received()
    assert writer.refused(template, other) == "letter_not_due"


@pytest.mark.row("B05")
def test_a_request_for_correction_carries_a_code_until_the_day_that_was_decided(writer: Writer) -> None:
    letter_id = writer.composed("correction_request", returned(writer), code_days=60)

    answer_by = writer.office.today() + timedelta(days=10)
    purpose, valid_until = writer.code(letter_id)
    assert purpose == "correction"
    assert valid_until == f"{answer_by.isoformat()}T15:00:00Z"  # the end of that day in Japan
    assert f"{wareki(answer_by)}までに" in writer.text(letter_id)


@pytest.mark.row("N10")
def test_a_request_to_use_an_idea_tells_the_passage_and_carries_a_code_for_the_consent(writer: Writer) -> None:
    proposal_id = writer.received()
    draft = {
        "aim": "collects_ideas",
        "department": next(iter(writer.office.pack().departments)),
        "purposes": ["citizen_service"],
        "title": "秘密の募集",
        "issue": "雪の日のバス",
    }
    call_id = writer.does("draft_call", **draft)["call_id"]
    asked = {"call_id": call_id, "proposal_id": proposal_id, "passage": "停留所の札"}
    use = {"call_id": call_id, "use_id": writer.does("request_idea_use", **asked)["use_id"]}

    letter_id = writer.composed("idea_use_request", proposal_id, **use)

    text = writer.text(letter_id)
    assert "停留所の札" in text
    assert "秘密の募集" not in text
    assert use["call_id"] not in text
    assert use["use_id"] not in text
    purpose, valid_until = writer.code(letter_id)
    last_day = writer.office.today() + timedelta(days=14)
    assert (purpose, valid_until) == ("consent", f"{last_day.isoformat()}T15:00:00Z")
    composed, *_ = writer.office.store.load(StreamId("intake_letter", UUID(letter_id))).events
    assert code_item(composed.event) == CodeItem(stream_id=UUID(use["call_id"]), item_id=UUID(use["use_id"]))
    assert writer.refused("idea_use_request", writer.received(), **use) == "letter_not_due"
    assert writer.refused("idea_use_request", proposal_id) == "letter_values_unfit"
    writer.does("record_idea_use_answer", **use, answer="refused")
    assert writer.refused("idea_use_request", proposal_id, **use) == "letter_not_due"
    approval = {"letter_id": letter_id, "document_number": "企連第3号", **DECISION}
    assert writer.may_not("approve_letter", **approval) == "letter_not_due"


def test_a_link_is_for_what_can_be_done_now(writer: Writer) -> None:
    proposal_id = writer.received()

    letter_id = writer.composed("one_time_link", proposal_id, code_purpose="withdrawal")

    assert writer.code(letter_id)[0] == "withdrawal"
    assert writer.refused("one_time_link", proposal_id, code_purpose="correction") == "letter_not_due"
    assert writer.refused("one_time_link", proposal_id, code_purpose="opinion") == "letter_not_due"
    assert writer.refused("one_time_link", proposal_id) == "letter_values_unfit"
    assert writer.refused("receipt_notice", proposal_id, code_purpose="withdrawal") == "letter_values_unfit"


@pytest.mark.row("N4")
def test_the_answer_to_a_claim_goes_out_even_where_the_proposal_was_withdrawn(writer: Writer) -> None:
    proposal_id = claim_answered(writer)
    writer.does("withdraw_proposal", proposal_id=proposal_id, reason="電話でお申出")

    assert "未公表の技術のため" in writer.text(writer.composed("claim_answer", proposal_id))


def test_what_was_overtaken_since_it_was_composed_is_not_approved(writer: Writer) -> None:
    proposal_id = returned(writer)
    letter_id = writer.composed("correction_request", proposal_id)
    writer.does("withdraw_proposal", proposal_id=proposal_id, reason="電話でお申出")

    approval = {"letter_id": letter_id, "document_number": "企連第1号", **DECISION}
    assert writer.may_not("approve_letter", **approval) == "letter_not_due"


def test_a_letter_that_would_read_otherwise_or_go_elsewhere_today_is_not_approved(writer: Writer) -> None:
    proposal_id = returned(writer)
    asked = writer.composed("correction_request", proposal_id, added="窓口でもご説明します。")
    moved = writer.composed("receipt_notice", proposal_id)
    sent_elsewhere = writer.composed("receipt_notice", proposal_id)
    writer.does("readdress_letter", letter_id=sent_elsewhere, addressee=["長谷川 様"], email="other@yuki.example.jp")
    contact = {"name": "長谷川 美咲", "email": "new@yuki.example.jp"}
    writer.does("change_contact", proposal_id=proposal_id, contact=contact, reason="お申出")
    decided = {"approver": "室長", "approval_reference": "企連決第9号"}

    for letter_id, number in ((asked, "21"), (moved, "22")):
        approval = {"letter_id": letter_id, "document_number": f"企連第{number}号", **decided}
        assert writer.may_not("approve_letter", **approval) == "letter_overtaken"
    writer.does("approve_letter", letter_id=sent_elsewhere, document_number="企連第23号", **decided)
    anew = writer.composed("correction_request", proposal_id, code_days=60, added="窓口でもご説明します。")
    writer.does("approve_letter", letter_id=anew, document_number="企連第24号", **decided)


def test_an_inquiry_is_answered_by_a_letter_in_the_words_of_the_answer(writer: Writer) -> None:
    contact = {"name": "成田 一郎", "email": "narita@example.jp"}
    inquiry = {**INQUIRY, "municipality": "112089", "contact": contact, "subject": "雪の日の相談"}
    inquiry_id = writer.does("receive_inquiry", submission=inquiry, channel="counter")["inquiry_id"]
    stated = {"template": "inquiry_answer", "about": f"inquiry-{inquiry_id}", "means": "mail"}
    assert writer.may_not("compose_letter", **stated) == "letter_not_due"
    writer.does("answer_inquiry", inquiry_id=inquiry_id, means="mail", answer="道路課でお受けできます。")

    letter_id = writer.does("compose_letter", **stated)["letter_id"]

    text = writer.text(letter_id)
    assert "道路課でお受けできます。" in text
    assert "雪の日の相談" in text
    writer.does("approve_letter", letter_id=letter_id, document_number="企連第31号", **DECISION)


@pytest.mark.row("B24")
def test_a_split_is_told_with_its_parts_and_a_merger_without_whose_the_other_is(writer: Writer) -> None:
    split, merged, into = writer.screened(), writer.screened(), writer.screened()
    parts = [writer.form | {"title": title} for title in ("時刻の札", "雪の日の便")]
    numbers = writer.does("split_proposal", proposal_id=split, parts=parts, reason="別の話のため")["parts"]
    writer.does("merge_proposal", proposal_id=merged, into=into, reason="同じ話のため")

    told = writer.text(writer.composed("lineage_notice", split))
    assert all(one["receipt_number"] in told for one in numbers)
    assert "時刻の札" in told
    told = writer.text(writer.composed("lineage_notice", merged))
    assert "あわせて" in told
    assert writer.refused("lineage_notice", into) == "letter_not_due"


def test_a_letter_once_composed_is_told_again_whatever_was_decided_since(writer: Writer) -> None:
    proposal_id = writer.received()
    stated = {
        "command_id": str(uuid4()), "template": "receipt_notice", "about": f"proposal-{proposal_id}", "means": "mail",
    }  # fmt: skip
    told = writer.does("compose_letter", **stated)
    approval = {"command_id": str(uuid4()), "letter_id": told["letter_id"], "document_number": "企連第2号", **DECISION}
    approved = writer.does("approve_letter", **approval)

    writer.does("withdraw_proposal", proposal_id=proposal_id, reason="電話でお申出")

    assert writer.does("compose_letter", **stated) == told
    assert writer.does("approve_letter", **approval) == approved


@pytest.mark.row("S16")
def test_one_decision_lets_several_letters_go_and_says_which_not(writer: Writer) -> None:
    proposal_id = writer.received()
    letters = [writer.composed("receipt_notice", proposal_id) for _ in range(3)]
    writer.does("cancel_letter", letter_id=letters[1])
    named = [
        {"letter_id": letter_id, "document_number": f"企連第{n}号"}
        for n, letter_id in enumerate([*letters, str(uuid4())], start=10)
    ]
    stated = {"command_id": str(uuid4()), "letters": named, **DECISION}

    told = writer.does("approve_letters", **stated)

    assert [one["letter_id"] for one in told["approved"]] == [letters[0], letters[2]]
    assert [one["code"] for one in told["refused"]] == ["letter_not_to_approve", "not_found"]
    assert writer.does("approve_letters", **stated) == told
    third = writer.tool.result("intake.get_letter_file", writer.token, letter_id=letters[2])
    assert third["file_name"] == "企連第12号.pdf"


def test_no_letter_and_no_document_number_is_named_twice(writer: Writer) -> None:
    one, other = str(uuid4()), str(uuid4())
    for letters in (
        [],
        [{"letter_id": one, "document_number": "1"}, {"letter_id": one, "document_number": "2"}],
        [{"letter_id": one, "document_number": "1"}, {"letter_id": other, "document_number": "1"}],
        [{"letter_id": str(uuid4()), "document_number": str(n)} for n in range(201)],
    ):
        assert writer.may_not("approve_letters", letters=letters, **DECISION) == "invalid_message"
