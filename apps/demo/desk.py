"""The desk at work in the demo: accepts what portals handed in, and sees the cases that open by themselves."""

import time
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from typing import Any, Final
from uuid import uuid4

from rich.table import Table

from apps.demo.staff import StaffTool
from apps.provisioning.staff import issue_token, register_staff
from desk.office import Office
from desk.wareki import wareki
from eventstore.city import City
from services.administration.declaration import ADMINISTRATION

CHIEF: Final = ("desk_chief",)
CASES_WITHIN: Final = 30.0  # seconds
STATUSES: Final = {"received": "受付済", "accepted": "受理", "unassigned": "担当課を探しています"}


def work_through(city: City, proposal_ids: Sequence[str]) -> Table:
    """Accepts proposals, and gives what intake's and matching's lists say once each has its case.

    Raises `CallFailed`, or TimeoutError where a case does not open.
    """
    with closing(Office(ADMINISTRATION, city)) as office:
        department = next(iter(office.pack().departments))
    chief = register_staff(city, "窓口 責任者", department, CHIEF)
    table = Table("受付日", "提案", "提案の状態", "案件の状態", title=f"{city.name}: 受理した提案と、登録した案件")
    with closing(StaffTool(city.brokers["staff"], issue_token(city, chief))) as tool:
        at_least = [_accept(tool, proposal_id) for proposal_id in proposal_ids][-1]
        for item in tool.call("intake.list_proposals", status="accepted", at_least=at_least)["items"]:
            case = _case_of(tool, item["proposal_id"])
            received_on = wareki(date.fromisoformat(item["received_on"]))
            table.add_row(received_on, item["proposal_id"], STATUSES[item["status"]], STATUSES[case["status"]])
    return table


def _accept(tool: StaffTool, proposal_id: str) -> dict[str, Any]:
    """The acceptance, as a list is asked to show it."""
    done = tool.call("intake.accept_proposal", command_id=str(uuid4()), proposal_id=proposal_id)
    (event,) = done["events"]
    return {"stream": event["stream"], "version": event["version"]}


def _case_of(tool: StaffTool, proposal_id: str) -> dict[str, Any]:
    ends = time.monotonic() + CASES_WITHIN
    while time.monotonic() < ends:
        found: list[dict[str, Any]] = tool.call("matching.list_cases", proposal_id=proposal_id)["items"]
        if found:
            return found[0]
        time.sleep(0.1)
    raise TimeoutError(f"no case opened for {proposal_id}")
