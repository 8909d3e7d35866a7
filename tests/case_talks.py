"""What may happen to a case, each step beside its card: what both sides say, and what is decided."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID, uuid5

from hypothesis import strategies as st
from hypothesis.stateful import rule

from services.matching.domain.case.feasibility import AnswerProposer, NoteKeptDue, Outcome, ResumeCase
from tests import cases
from tests.case_card import Sheet
from tests.case_steps import AGO, ONE_DAY, PERSON, CaseSteps
from tests.cases import DAY, LETTER
from tests.feasibility import decision
from tests.lives import ANY

YEN: Final = st.sampled_from([0, 0, 500])


class CaseTalks(CaseSteps):
    """The same case, as city and proposer talk about it and somebody decides."""

    @rule(ago=AGO)
    def they_meet(self, ago: int) -> None:
        session_id, day = uuid5(self.proposal_id, str(len(self.events))), self.today - ago * ONE_DAY
        too_early = "before_it_began" if day < DAY else None
        if self.does(cases.hold(session_id, day), self.card.refuses("hold") or too_early, "SessionHeld"):
            self.card.sessions[session_id] = Sheet()
            self.card.contacted(day)

    def minutes_are_written(self, which: int) -> None:
        session_id = self.session_id(which)
        sheet, refused = self.card.sessions.get(session_id), self.card.refuses("minutes")
        if not refused and (sheet is None or sheet.is_settled):
            refused = "minutes_settled" if sheet else "session_unknown"
        if self.does(cases.draft(session_id), refused, "MinutesDrafted") and sheet:
            sheet.edition += 1

    def the_city_confirms(self, which: int) -> None:
        session_id = self.session_id(which)
        sheet, refused = self.card.sessions.get(session_id), self.card.refuses("minutes")
        if not refused and (sheet is None or not sheet.edition):
            refused = "minutes_absent" if sheet else "session_unknown"
        followed = ["MinutesConfirmedByCity"] * (sheet is not None and sheet.by_city != sheet.edition)
        if self.does(cases.confirm(session_id, sheet.edition if sheet else 1), refused, *followed) and sheet:
            sheet.by_city = sheet.edition

    def the_city_confirms_what_it_did_not_read(self, which: int) -> None:
        session_id = self.session_id(which)
        sheet = self.card.sessions.get(session_id)
        if sheet and sheet.edition:
            refused = self.card.refuses("minutes") or "minutes_outdated"
            self.does(cases.confirm(session_id, sheet.edition - 1), refused)

    def the_proposer_answers(self, which: int, objects: bool) -> None:
        """Of the newest edition; the city may not stand by it."""
        session_id = self.session_id(which)
        sheet, refused = self.card.sessions.get(session_id), self.card.refuses("minutes")
        followed = ["MinutesObjected" if objects else "MinutesConfirmedByProposer"]
        if not refused and (sheet is None or not sheet.edition):
            refused = "minutes_absent" if sheet else "session_unknown"
        elif not refused and sheet and sheet.is_settled:
            refused, followed = ("minutes_settled", []) if objects else (None, [])
        elif not refused and sheet and sheet.by_city != sheet.edition:
            refused = "minutes_outdated"
        edition, objection = sheet.edition if sheet else 1, "時刻が違う" if objects else None
        if self.does(cases.answer(session_id, edition, objection, self.today), refused, *followed) and sheet:
            sheet.by_proposer = sheet.by_proposer if objects else edition
            self.card.contacted(self.today)

    @rule(which=ANY)
    def goals_are_agreed(self, which: int) -> None:
        session_id = self.session_id(which)
        sheet, refused = self.card.sessions.get(session_id), self.card.refuses("agree")
        if not refused and (sheet is None or not sheet.is_settled):
            refused = "minutes_unconfirmed" if sheet else "session_unknown"
        if self.does(replace(cases.agree(session_id), agreed_on=self.today), refused, "GoalsAgreed"):
            self.card.goals += 1

    @rule(which=ANY, person=PERSON)
    def a_department_speaks(self, which: int, person: UUID) -> None:
        offer_id = self.offer_id(which)
        offer, refused = self.card.offers.get(offer_id), self.card.refuses("opine")
        if not refused and (offer is None or offer.stands != "taken"):
            refused = "department_not_in_charge" if offer else "offer_unknown"
        if self.does(cases.opine(offer_id, person), refused, "OpinionGiven") and offer:
            offer.opinion_on = self.card.goals
            self.card.voices |= {person} if offer.is_lead else set()

    @rule(
        outcome=st.sampled_from(Outcome),
        person=PERSON,
        yen=YEN,
        reference=st.sampled_from([None, "第3号"]),
    )
    def it_is_decided(self, outcome: Outcome, person: UUID, yen: int, reference: str | None) -> None:
        until = self.today + 5 * ONE_DAY if outcome is Outcome.KEPT else None
        about: dict[str, Any] = {
            "today": self.today,
            "city_cost_yen": yen,
            "procurement_reference": reference,
            "kept_until": until,
        }
        command = decision(outcome, decided_on=self.today, decided_by=person, **about)
        if self.does(command, self.card.in_the_way(outcome, person, yen, reference), "FeasibilityDecided"):
            self.card.decisions += 1
            self.card.decision, self.card.kept_until, self.card.told, self.card.due = outcome, until, False, False

    def the_proposer_is_told(self, is_older: bool) -> None:
        """By a letter that tells the decision that stands, or one before it."""
        followed = ["ProposerAnswered"] * (self.card.status == "decided" and not is_older)
        told = self.card.decisions - is_older
        if self.does(AnswerProposer(decision=told, letter_id=LETTER, answered_on=self.today), None, *followed):
            self.card.told = True
            self.card.contacted(self.today)

    def the_day_comes_until_which_it_is_kept(self, is_early: bool) -> None:
        until = self.card.kept_until
        if until and not is_early:
            self.today = max(self.today, until)
        is_due = self.card.status == "kept" and not self.card.due and until is not None and self.today >= until
        if self.does(NoteKeptDue(today=self.today), None, *["KeptCaseDue"] * is_due):
            self.card.due = True

    def it_is_resumed(self) -> None:
        if self.does(ResumeCase(resumed_on=self.today), self.card.refuses("resume"), "CaseResumed"):
            self.card.decision = self.card.kept_until = None
            self.card.told = False
