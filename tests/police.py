"""Inquiries to the police for tests: what is asked and answered, and who may not know of it."""

from typing import Final
from uuid import uuid4

from eventstore.city import City
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.police_inquiry import PROPOSAL_INDEX
from tests.cities import Cities
from tests.ledgers import connected
from tests.portals import MINIMAL, StaffTool

SECRETS: Final = ("北川 修", "キタガワ", "1970-01-02", "埼玉県警察本部", "照会第77号", "組対第88号", "答えの根拠")
UNKNOWING: Final = ("desk_officer", "department_officer", "records_officer", "administrator", "auditor")
QUESTION: Final = {
    "asked_on": "2026-04-02",
    "party": "朝ごはんの会",
    "persons": [{"name": "北川 修", "kana": "キタガワ オサム", "birth_date": "1970-01-02", "position": "代表"}],
    "authority": "埼玉県警察本部",
    "reference": "照会第77号",
}


def asked(tool: StaffTool, token: str, proposal_id: str) -> str:
    """The police are asked about a proposal and answer; the id of the inquiry."""
    given = {"command_id": str(uuid4()), "proposal_id": proposal_id, "reason": "答えの根拠", **QUESTION}
    told = tool.result("intake.inquire_police", token, **given)
    assert tool.result("intake.inquire_police", token, **given) == told
    answer = {"answered_on": "2026-04-03", "result": "clear", "reference": "組対第88号"}
    tool.result("intake.record_police_answer", token, command_id=str(uuid4()), inquiry_id=told["inquiry_id"], **answer)
    return str(told["inquiry_id"])


def received(tool: StaffTool, token: str) -> str:
    """A proposal comes to the counter; its id."""
    submission = {**MINIMAL, "municipality": "112089", "pledges": ["not_excluded", "terms", "true_and_correct"]}
    given = {"command_id": str(uuid4()), "submission": submission, "channel": "counter"}
    return str(tool.result("intake.receive_proposal", token, **given)["proposal_id"])


def inquiries(city: City, cities: Cities, proposal_id: str) -> list[StreamId]:
    """The inquiries about a proposal."""
    return cities.office(INTAKE, city).store.find(PROPOSAL_INDEX, proposal_id)


def openings(city: City) -> int:
    """How many openings are on record."""
    with connected(city.databases["records"]) as connection:
        ((count,),) = connection.execute("SELECT count(*) FROM events WHERE type = 'RecordOpened'").fetchall()
    return int(count)
