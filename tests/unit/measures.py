"""Measures for unit tests: what is entered in a register, corrected and lifted, and what is recorded of it."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from desk.packs import load_pack
from desk.packs.codes import MeasureKind
from eventstore.testing import given
from services.intake.domain.register_entry import (
    REGISTER_ENTRY,
    CandidateConfirmed,
    CandidateDismissed,
    CandidateFound,
    ConfirmCandidate,
    CorrectMeasure,
    DismissCandidate,
    EnterMeasure,
    LiftMeasure,
    Measure,
    MeasureEntered,
    MeasureLifted,
    NoteCandidate,
)
from tests.cities import AOMORI, TOKOROZAWA


def _exclusions(pack_file: Path) -> Any:
    return load_pack(pack_file.read_bytes(), origin=pack_file.name).proposer_exclusions


RULES, NO_RULES = _exclusions(TOKOROZAWA), _exclusions(AOMORI)
ENTRY_ID, PROPOSAL_ID = UUID(int=1), UUID(int=2)
FROM, LAST, TODAY = date(2026, 4, 1), date(2029, 3, 31), date(2026, 11, 22)
SUSPENSION = Measure(
    kind=MeasureKind.SUSPENDED,
    rule="local_autonomy_order",
    clause="p2_1",
    law="地方自治法施行令第167条の4第2項第1号（令和8年4月1日現在）",
    from_day=FROM,
    until_day=LAST,
    party_name="株式会社ゆきみち",
    corporate_number="4011001098993",
    address="東京都架空区一丁目1-1",
    source="契約課からの通知",
    decided_by=None,
    approval=None,
)


def enter(measure: Measure = SUSPENSION, rules: Any = RULES, *, has_reason: bool = False) -> EnterMeasure:
    """Somebody enters a measure."""
    return EnterMeasure(entry_id=ENTRY_ID, measure=measure, exclusions=rules, has_reason=has_reason, today=TODAY)


def correct(measure: Measure, today: date = TODAY) -> CorrectMeasure:
    """Somebody corrects it."""
    return CorrectMeasure(entry_id=ENTRY_ID, measure=measure, exclusions=RULES, has_reason=True, today=today)


def entered(measure: Measure = SUSPENSION) -> MeasureEntered:
    """What is recorded then."""
    event: MeasureEntered = given(REGISTER_ENTRY).when(enter(measure, has_reason=True)).event()
    return event


ENTERED = entered()
LIFTED = MeasureLifted(lifted_on=TODAY)
LIFT = LiftMeasure(lifted_on=TODAY, today=TODAY)
FOUND, CONFIRMED, DISMISSED = (
    event(proposal_id=PROPOSAL_ID) for event in (CandidateFound, CandidateConfirmed, CandidateDismissed)
)
NOTE, CONFIRM, DISMISS = (
    command(proposal_id=PROPOSAL_ID) for command in (NoteCandidate, ConfirmCandidate, DismissCandidate)
)
UNFIT = replace(SUSPENSION, rule="unfit_by_mayor", clause=None, decided_by="市長", approval="企連第9号")
DEEMED = replace(
    SUSPENSION,
    kind=MeasureKind.DEEMED,
    rule="bid_suspension",
    clause="deemed",
    decided_by="企画部長",
    approval="企連第10号",
)
