"""Screening by staff tools on a running intake: Tokorozawa's rules, editions compared, conflicts, what stays hidden."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from desk.office import Office
from eventstore.city import City
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from tests.cities import TOKOROZAWA, Cities
from tests.ledgers import numbered
from tests.parking import followed, rows
from tests.portals import FULL, StaffTool, changed
from tests.serving import Served, serving
from tests.tokens import token_of


@pytest.fixture(scope="module")
def tokorozawa(cities: Cities) -> City:
    return cities.new("tokorozawa", TOKOROZAWA)


@pytest.fixture(scope="module")
def intake(tokorozawa: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving("intake", tokorozawa, folder=tmp_path_factory.mktemp("logs")) as served:
        yield served


@pytest.fixture(scope="module")
def office(cities: Cities, tokorozawa: City) -> Office:
    return cities.office(INTAKE, tokorozawa)


class Desk:
    """A desk chief at work on one proposal after another."""

    def __init__(self, tool: StaffTool, token: str, office: Office) -> None:
        self.tool, self.token = tool, token
        self.form = changed(dict(FULL), "municipality", "112089") | {"terms_version": office.pack().terms.version}

    def received(self, **changes: Any) -> str:
        """The id of a proposal that was just entered."""
        told = self.tool.result("intake.receive_proposal", self.token, **self.entry(**changes))
        return str(told["proposal_id"])

    def entry(self, **changes: Any) -> dict[str, Any]:
        return {"command_id": str(uuid4()), "submission": {**self.form, **changes}, "channel": "counter"}

    def does(self, method: str, proposal_id: str, **stated: Any) -> dict[str, Any]:
        given = {"command_id": str(uuid4()), "proposal_id": proposal_id, **stated}
        done: dict[str, Any] = self.tool.result(f"intake.{method}", self.token, **given)
        return done

    def may_not(self, method: str, proposal_id: str, **stated: Any) -> tuple[str, str]:
        given = {"command_id": str(uuid4()), "proposal_id": proposal_id, **stated}
        error = self.tool.error(f"intake.{method}", self.token, **given)
        return error["exc_type"], error["exc_args"][0]

    def reads(self, method: str, proposal_id: str, **stated: Any) -> dict[str, Any]:
        read: dict[str, Any] = self.tool.result(f"intake.{method}", self.token, proposal_id=proposal_id, **stated)
        return read

    def screened(self, **changes: Any) -> str:
        proposal_id = self.received(**changes)
        self.does("begin_screening", proposal_id)
        return proposal_id

    def clear(self, proposal_id: str) -> list[dict[str, Any]]:
        """A clear check for everything that is still to be checked."""
        asked = self.reads("get_screening", proposal_id)["checks"]
        return [
            {**{name: one[name] for name in ("about", "rule", "clause")}, "basis": "register", "result": "clear"}
            for one in asked
            if one["check"] is None
        ]


@pytest.fixture(scope="module")
def desk(intake: Served, tokorozawa: City, office: Office) -> Iterator[Desk]:
    with StaffTool(tokorozawa.brokers["staff"]) as tool:
        yield Desk(tool, token_of(tokorozawa, "desk_chief"), office)


@pytest.mark.row("S23", "S24", "S25", "S26", "S27", "S28", "S29", "S30", "S31", "S32")
def test_a_proposal_is_accepted_once_every_rule_of_the_pack_was_checked(desk: Desk, office: Office) -> None:
    proposal_id = desk.screened()
    assert desk.may_not("accept_proposal", proposal_id) == ("Refusal", "checks_missing")

    clear = desk.clear(proposal_id)
    done = desk.does("record_checks", proposal_id, checks=clear)
    assert len(done["events"]) == len(clear) > 20
    assert desk.clear(proposal_id) == []
    desk.does("accept_proposal", proposal_id)

    events = office.store.load(StreamId("proposal", UUID(proposal_id))).events
    checked = [one for one in events if one.type == "ExclusionChecked"]
    assert {one.policy for one in checked} == {office.pack().digest}
    assert {one.actor.role for one in checked} == {"desk_chief"}


@pytest.mark.row("S23")
def test_a_check_that_the_pack_does_not_allow_is_refused_and_nothing_of_it_recorded(desk: Desk) -> None:
    proposal_id = desk.screened()
    hit = {
        "about": "proposer", "rule": "local_autonomy_order", "clause": "p2_1", "basis": "register", "result": "hit",
        "barred_from": "2026-04-01", "barred_until": "2029-04-01",
    }  # fmt: skip
    police = {**hit, "rule": "organised_crime", "clause": "suspended", "basis": "inquiry"}

    assert desk.may_not("record_checks", proposal_id, checks=[hit]) == ("Refusal", "period_too_long")
    assert desk.may_not("record_checks", proposal_id, checks=[police]) == ("Refusal", "inquiry_kept_apart")
    assert desk.may_not("record_checks", proposal_id, checks=[]) == ("InvalidMessage", "invalid_message")
    assert desk.reads("get_proposal", proposal_id)["version"] == 2


@pytest.mark.row("S24", "S26")
def test_an_ineligible_proposal_names_rule_and_clause(desk: Desk) -> None:
    proposal_id = desk.screened()
    ground = {"about": "proposer", "rule": "bid_suspension", "clause": "suspended"}
    decision = {**ground, "grounds": "指名停止中のため", "decider": "部長", "approval_reference": "企連第7号"}
    assert desk.may_not("find_ineligible", proposal_id, **decision) == ("Refusal", "no_such_hit")

    desk.does("record_checks", proposal_id, checks=[{**ground, "basis": "register", "result": "hit"}])
    desk.does("find_ineligible", proposal_id, **decision)

    screening = desk.reads("get_screening", proposal_id)
    assert screening["status"] == "ineligible"
    last = screening["steps"][-1]
    assert (last["type"], last["rule"], last["clause"], last["grounds"]) == (
        "ProposalFoundIneligible", "bid_suspension", "suspended", "指名停止中のため",
    )  # fmt: skip


@pytest.mark.row("B05", "B08")
def test_a_correction_is_a_new_edition_and_the_two_are_compared(desk: Desk, office: Office) -> None:
    proposal_id = desk.screened(summary="除雪車の位置を知らせる。費用は当社が負担する。")
    desk.does("return_proposal", proposal_id, points="費用の負担を詳しく。")
    correction = desk.entry(summary="除雪車の位置を知らせる。費用は折半する。", title="新しい件名")
    given = {**correction, "proposal_id": proposal_id}
    told = desk.tool.result("intake.resubmit_proposal", desk.token, **given)
    assert desk.tool.result("intake.resubmit_proposal", desk.token, **given) == told
    assert told["edition"] == 2

    read = desk.reads("get_proposal", proposal_id)
    assert (read["title"], read["edition"], read["status"]) == ("新しい件名", 2, "screening")
    opened = rows(office.city, "intake", "SELECT count(*) FROM events_intake WHERE type = 'RecordOpened'")
    diff = desk.reads("compare_proposal", proposal_id, edition_from=1, edition_to=2)
    changes = {one["field"]: one for one in diff["changes"]}
    assert set(changes) == {"title", "summary"}
    assert (changes["summary"]["removed"], changes["summary"]["added"]) == (
        ["費用は当社が負担する。"], ["費用は折半する。"],
    )  # fmt: skip
    again = rows(office.city, "intake", "SELECT count(*) FROM events_intake WHERE type = 'RecordOpened'")
    assert again[0][0] == opened[0][0] + 1


@pytest.mark.row("B07")
def test_a_hold_needs_a_reason_and_the_company_hears_that_it_is_being_screened(desk: Desk, tokorozawa: City) -> None:
    told = desk.tool.result("intake.receive_proposal", desk.token, **desk.entry())
    desk.does("begin_screening", told["proposal_id"])
    assert desk.may_not("hold_proposal", told["proposal_id"]) == ("InvalidMessage", "invalid_message")
    desk.does("hold_proposal", told["proposal_id"], reason="庁内で調整中のため", review_on="2999-01-01")

    status = desk.tool.result(
        "intake.submission_status",
        token_of(tokorozawa, "portal_status"),
        receipt_number=told["receipt_number"],
        access_code=told["access_code"],
    )
    assert (status["status"], status["progress"]) == ("screening", None)
    assert desk.reads("get_proposal", told["proposal_id"])["status"] == "on_hold"
    assert desk.may_not("accept_proposal", told["proposal_id"]) == ("Refusal", "proposal_on_hold")
    desk.does("resume_proposal", told["proposal_id"])


def test_a_renewed_access_code_is_handed_out_and_the_same_at_every_repetition(desk: Desk, tokorozawa: City) -> None:
    told = desk.tool.result("intake.receive_proposal", desk.token, **desk.entry())
    given = {"command_id": str(uuid4()), "proposal_id": told["proposal_id"]}
    error = desk.tool.error("intake.renew_access_code", desk.token, **given)
    assert error["exc_args"][2][0]["field"] == "reason"

    renewed = desk.tool.result("intake.renew_access_code", desk.token, **given, reason="紛失の届出")
    again = desk.does("renew_access_code", told["proposal_id"], reason="紛失の届出")
    assert desk.tool.result("intake.renew_access_code", desk.token, **given, reason="紛失の届出") == renewed

    assert len({one["access_code"] for one in (told, renewed, again)}) == 3
    status, portal = "intake.submission_status", token_of(tokorozawa, "portal_status")
    number = told["receipt_number"]
    for old in (told, renewed):
        refused = desk.tool.error(status, portal, receipt_number=number, access_code=old["access_code"])
        assert refused["exc_type"] == "NotFound"
    now = desk.tool.result(status, portal, receipt_number=number, access_code=again["access_code"])
    assert now["status"] == "received"


@pytest.mark.row("B05")
def test_a_correction_that_is_not_asked_for_any_more_is_not_taken(desk: Desk) -> None:
    proposal_id = desk.screened()
    desk.does("return_proposal", proposal_id, points="費用を詳しく。", answer_by="2999-01-01")

    desk.does("resume_proposal", proposal_id, reason="提案者から、変更はないと電話があったため")

    assert desk.reads("get_proposal", proposal_id)["status"] == "screening"
    correction = {"submission": desk.form, "channel": "counter"}
    assert desk.may_not("resubmit_proposal", proposal_id, **correction) == ("Refusal", "proposal_being_screened")


@pytest.mark.row("B03")
def test_a_proposal_is_withdrawn_on_request_with_a_reason_and_goes_no_further(desk: Desk) -> None:
    proposal_id = desk.received()
    assert desk.may_not("withdraw_proposal", proposal_id) == ("InvalidMessage", "invalid_message")
    desk.does("withdraw_proposal", proposal_id, reason="提案者から電話で申出があったため")
    assert desk.may_not("begin_screening", proposal_id) == ("Refusal", "proposal_withdrawn")


@pytest.mark.row("N4")
def test_claims_are_shown_with_their_dates_and_the_city_s_provisional_answer(desk: Desk) -> None:
    claim = {"field": "summary", "reason": "ノウハウのため", "on_condition_of_non_publication": True}
    later = {"field": "cost", "reason": "見積のため", "on_condition_of_non_publication": False}
    proposal_id = desk.screened(confidential=[claim])
    desk.does("return_proposal", proposal_id, points="費用を詳しく。")
    correction = {**desk.entry(confidential=[claim, later]), "proposal_id": proposal_id}
    desk.tool.result("intake.resubmit_proposal", desk.token, **correction)
    answer = {"field": "summary", "answer": "likely", "explanation": "企業秘密にあたる見込み"}
    desk.does("answer_claims", proposal_id, answers=[answer])

    first, second = desk.reads("get_proposal", proposal_id)["claims"]
    assert (first["field"], first["later"], first["answer"]["answer"]) == ("summary", False, "likely")
    assert (second["field"], second["later"], second["answer"]) == ("cost", True, None)


def test_contact_name_and_successor_are_changed_and_shown(desk: Desk) -> None:
    proposal_id = desk.screened()
    desk.does("change_contact", proposal_id, contact={"name": "所沢 次郎", "phone": "04-2998-0000"})
    desk.does("rename_proposer", proposal_id, name="株式会社あたらしい名", address="所沢市", representative="代表 一郎")
    read = desk.reads("get_proposal", proposal_id)
    assert (read["contact_name"], read["contact_affiliation"]) == ("所沢 次郎", None)
    assert (read["proposer_name"], read["representative"]) == ("株式会社あたらしい名", "代表 一郎")

    successor = {"kind": "corporation", "name": "承継株式会社", "corporate_number": "7123456789012"}
    desk.does("succeed_proposer", proposal_id, ground="merger", proposer=successor, evidence="登記事項証明書")
    read = desk.reads("get_proposal", proposal_id)
    assert (read["proposer_name"], read["corporate_number"]) == ("承継株式会社", "7123456789012")


@pytest.mark.row("B08")
def test_two_officers_on_one_version_and_the_second_hears_what_changed(desk: Desk) -> None:
    proposal_id = desk.screened()
    desk.does("hold_proposal", proposal_id, reason="調整中", expected_version=2)
    given = {"command_id": str(uuid4()), "proposal_id": proposal_id, "points": "補正", "expected_version": 2}

    error = desk.tool.error("intake.return_proposal", desk.token, **given)
    assert (error["exc_type"], error["exc_args"][0]) == ("StreamConflict", "stream_conflict")
    assert error["exc_args"][2] == ["ProposalHeld v3"]


@pytest.mark.row("N3")
def test_who_may_not_read_learns_from_no_method_whether_a_proposal_exists(desk: Desk, tokorozawa: City) -> None:
    there, absent = desk.screened(), str(uuid4())
    nobody = token_of(tokorozawa, "department_officer")
    command = {"command_id": str(uuid4())}
    calls: dict[str, dict[str, Any]] = {
        "get_proposal": {}, "get_screening": {}, "compare_proposal": {"edition_from": 1, "edition_to": 1},
        "begin_screening": command, "accept_proposal": command, "return_proposal": {**command, "points": "補正"},
        "hold_proposal": {**command, "reason": "保留"}, "withdraw_proposal": {**command, "reason": "申出"},
        "resubmit_proposal": desk.entry(),
    }  # fmt: skip

    for method, stated in calls.items():
        told = [desk.tool.error(f"intake.{method}", nobody, proposal_id=one, **stated) for one in (there, absent)]
        assert json.dumps(told[0]) == json.dumps(told[1]), method
        if method.startswith(("get", "compare")):
            missing = desk.tool.error(f"intake.{method}", desk.token, proposal_id=absent, **stated)
            assert json.dumps(missing) == json.dumps(told[0]), method


def test_the_list_follows_every_step_and_is_rebuilt_the_same(desk: Desk, office: Office) -> None:
    proposal_id = desk.screened()
    desk.does("return_proposal", proposal_id, points="費用を詳しく。", answer_by="2999-01-01")
    numbered(office.city)
    followed(office, "proposals")
    shown = (
        f"SELECT status, version, edition, answer_by::text FROM intake_proposals WHERE proposal_id = '{proposal_id}'"
    )
    assert rows(office.city, "intake", shown) == [("returned", 3, 1, "2999-01-01")]

    every = "SELECT t::text FROM intake_proposals t ORDER BY 1"
    live = rows(office.city, "intake", every)
    (follower,) = (one for one in office.followers if one.subscription.name == "proposals")
    follower.rebuild()
    followed(office, "proposals")
    assert rows(office.city, "intake", every) == live
