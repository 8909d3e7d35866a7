"""A case against a card, from its opening to the answer: whatever people, events and days do to it in any order."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Final
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from services.matching.domain.case import Case
from services.matching.domain.case.feasibility import Outcome
from services.matching.domain.case.opening import OpenCase
from tests.case_steps import AGO, ONE_DAY, PEOPLE, PERSON
from tests.case_talks import CaseTalks
from tests.cases import DAY
from tests.lives import ANY

ENTRY: Final = st.sampled_from([UUID(int=61), UUID(int=62)])
BEGINNINGS: Final = (
    "", "T", "TM", "TMC", "TMCB", "TMCBG", "TMCBGO", "TMCBGOW", "TMCBGOWPA", "TK", "TKDK", "TKADRKA", "TMCBGOWKA",
)  # fmt: skip
"""Taken; Minutes; Confirmed by the city, by Both; Goals; Opinion; nobody else asked (W); Partnership or Kept; Answered;
Days go by; Resumed."""


class CaseMachine(CaseTalks):
    """Any of it in any order, from one of these beginnings on."""

    beginnings: ClassVar[Sequence[str]] = BEGINNINGS

    @initialize(which=ANY)
    def is_opened(self, which: int) -> None:
        """And has come some way, up to one of its beginnings."""
        self.does(OpenCase(proposal_id=self.proposal_id, opened_on=DAY), None, "CaseOpened")
        begins: Mapping[str, Sequence[Callable[[], None]]] = {
            "T": (self._is_offered, lambda: self.a_department_takes_it(0, PEOPLE[0])),
            "M": (lambda: self.they_meet(0), lambda: self.minutes_are_written(0)),
            "C": (lambda: self.the_city_confirms(0),),
            "B": (lambda: self.the_proposer_answers(0, False),),
            "G": (lambda: self.goals_are_agreed(0),),
            "O": (lambda: self.a_department_speaks(0, PEOPLE[0]),),
            "W": (lambda: self.a_department_is_asked_no_more(1),),
            "P": (lambda: self.it_is_decided(Outcome.PARTNERSHIP, PEOPLE[1], 0, None),),
            "K": (lambda: self.it_is_decided(Outcome.KEPT, PEOPLE[1], 0, None),),
            "A": (lambda: self.the_proposer_is_told(False),),
            "D": (lambda: self.days_go_by(9),),
            "R": (self.it_is_resumed,),
        }
        for step in self.beginnings[which % len(self.beginnings)]:
            for happens in begins[step]:
                happens()

    def _is_offered(self) -> None:
        self.departments_are_asked("tourism", "roads", True, False)

    @rule(days=st.integers(1, 20))
    def days_go_by(self, days: int) -> None:
        self.today += days * ONE_DAY

    @rule(entry=ENTRY, begins=st.booleans())
    def a_measure_begins_or_ends(self, entry: UUID, begins: bool) -> None:
        (self.a_measure_begins if begins else self.a_measure_ends)(entry)

    @rule(which=ANY, officer=PERSON, how=st.integers(0, 3))
    def a_department_answers(self, which: int, officer: UUID, how: int) -> None:
        match how:
            case 0:
                self.a_department_declines(which)
            case 1:
                self.a_department_is_asked_no_more(which)
            case _:
                self.a_department_takes_it(which, officer)

    @rule(which=ANY, person=PERSON, other=PERSON, how=st.integers(0, 4))
    def people_change(self, which: int, person: UUID, other: UUID, how: int) -> None:
        match how:
            case 0:
                self.somebody_accompanies_it(person)
            case 1:
                self.somebody_stands_in(person)
            case 2:
                self.somebody_stands_in_no_more(person)
            case 3:
                self.another_officer_is_named(which, person)
            case _:
                self.it_is_handed_over(person, other)

    @rule(ago=AGO, how=st.integers(0, 2))
    def somebody_writes(self, ago: int, how: int) -> None:
        """A note, that they were in touch, or that nobody was."""
        match how:
            case 0:
                self.a_note_is_written()
            case 1:
                self.they_are_in_touch(ago)
            case _:
                self.nobody_was_in_touch(ago > 2)

    @rule(which=ANY, how=st.integers(0, 4))
    def minutes_go_on(self, which: int, how: int) -> None:
        match how:
            case 0:
                self.minutes_are_written(which)
            case 1:
                self.the_city_confirms(which)
            case 2:
                self.the_city_confirms_what_it_did_not_read(which)
            case _:
                self.the_proposer_answers(which, how > 3)

    @precondition(lambda self: self.card.decisions)
    @rule(how=st.integers(0, 5))
    def the_decision_goes_on(self, how: int) -> None:
        """The proposer is told, by this letter or an older one; its day comes, or not yet; it is resumed."""
        match how:
            case 0 | 1:
                self.the_proposer_is_told(bool(how))
            case 2 | 3:
                self.the_day_comes_until_which_it_is_kept(how > 2)
            case _:
                self.it_is_resumed()

    @invariant()
    def it_stands_as_on_the_card(self) -> None:
        if not self.events:
            return
        case: Case = self.state
        assert (str(case.status), sorted(case.people), case.flags, case.goals_edition, case.decisions) == (
            self.card.status, sorted(self.card.people), self.card.flags, self.card.goals, self.card.decisions,
        )  # fmt: skip
        assert (case.last_contact_on, case.silent_since is not None) == (self.card.last_contact, self.card.is_silent)

    @invariant()
    def nothing_is_realised_that_both_sides_have_not_agreed_on(self) -> None:
        names = [type(event).__name__ for event in self.events]
        for n, event in enumerate(self.events):
            if getattr(event, "outcome", None) in ("partnership", "demonstration", "individual_implementation"):
                assert "GoalsAgreed" in names[:n]
                assert "MinutesConfirmedByProposer" in names[:n]
                assert "OpinionGiven" in names[:n]
