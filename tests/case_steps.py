"""What may happen to a case, each step beside its card: to its departments and its people."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid4, uuid5

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from desk.packs.codes import Channel
from services.matching.domain.case import CASE
from services.matching.domain.case.assignment import DeclineOffer, Part, SuggestDepartments, WithdrawOffer
from services.matching.domain.case.opening import ClearCaseFlag, FlagCase, WithdrawCase
from services.matching.domain.case.people import (
    AddNote,
    AssignAccompaniment,
    HandOverCase,
    NameDeputy,
    NameOfficer,
    NoteSilence,
    RecordContact,
    ReleaseDeputy,
)
from tests import cases
from tests.case_card import Asked, Card
from tests.cases import DAY, NOTE
from tests.lives import LifeMachine

DEPARTMENT: Final = st.sampled_from(["tourism", "roads", "parks"])
ONE_DAY: Final = timedelta(days=1)
PEOPLE: Final = tuple(UUID(int=n) for n in range(51, 55))
PERSON, AGO = st.sampled_from(PEOPLE), st.integers(0, 3)


class CaseSteps(LifeMachine):
    """One case, its card, and what happens to those who look after it."""

    decider = CASE

    def __init__(self) -> None:
        super().__init__()
        self.proposal_id = uuid4()
        self.today = DAY
        self.card = Card(last_contact=DAY)

    def does(self, command: Any, refused: str | None, *types: str) -> bool:
        """Whether something followed: exactly these types, where the card has nothing against it."""
        told = self.carry_out(command)
        found = told if isinstance(told, str) else [type(event).__name__ for event in told]
        assert found == (refused or list(types)), f"{command} from {self.card.status}"
        return bool(types) and refused is None

    def offer_id(self, which: int) -> UUID:
        """One of those that were asked; somebody else now and then."""
        asked = [*self.card.offers, UUID(int=99)]
        return asked[which % len(asked)]

    def session_id(self, which: int) -> UUID:
        """One of those that were held; another one now and then."""
        held = [*self.card.sessions, UUID(int=99)]
        return held[which % len(held)]

    @precondition(lambda self: len(self.events) > 25 or self.card.is_withdrawn)
    @rule()
    def the_proposal_is_withdrawn(self) -> None:
        is_new = not self.card.is_withdrawn
        if self.does(WithdrawCase(withdrawn_on=self.today), None, *["CaseWithdrawn"] * is_new):
            self.card.is_withdrawn = True

    @rule()
    def departments_are_suggested(self) -> None:
        suggestion_id = uuid5(self.proposal_id, str(len(self.events)))
        command = SuggestDepartments(suggestion_id=suggestion_id, suggested_on=self.today, ranking=(), terms=())
        if self.does(command, self.card.refuses("suggest"), "DepartmentsSuggested"):
            self.card.suggestions.add(suggestion_id)

    @rule(first=DEPARTMENT, second=DEPARTMENT, leads=st.booleans(), suggested=st.booleans())
    def departments_are_asked(self, first: str, second: str, leads: bool, suggested: bool) -> None:
        """Two at once, the first to lead or not; by a suggestion that was made, or one that was not."""
        parts = (Part.LEAD if leads else Part.SUPPORTING, Part.SUPPORTING)
        asked = [
            (uuid5(self.proposal_id, f"{len(self.events)} {n}"), department, part)
            for n, (department, part) in enumerate(zip((first, second), parts, strict=True))
        ]
        suggestion_id = next(iter(self.card.suggestions), UUID(int=99)) if suggested else None
        refused = self.card.refuses("offer")
        if not refused and suggested and not self.card.suggestions:
            refused = "suggestion_unknown"
        elif not refused and (first == second or {first, second} & set(self.card.departments)):
            refused = "department_asked"
        elif not refused and leads and self.card.lead:
            refused = "lead_asked"
        command = cases.offer(*asked, suggestion_id=suggestion_id)
        if self.does(command, refused, "CaseOffered", "CaseOffered"):
            self.card.offers |= {id_: Asked(name, is_lead=part is Part.LEAD) for id_, name, part in asked}

    def a_measure_begins(self, entry: UUID) -> None:
        is_new = not self.card.is_withdrawn and entry not in self.card.flags
        if self.does(FlagCase(entry_id=entry, flagged_on=self.today), None, *["CaseFlagged"] * is_new):
            self.card.flags.add(entry)

    def a_measure_ends(self, entry: UUID) -> None:
        stands = entry in self.card.flags
        if self.does(ClearCaseFlag(entry_id=entry, cleared_on=self.today), None, *["CaseFlagCleared"] * stands):
            self.card.flags.remove(entry)

    def a_department_takes_it(self, which: int, officer: UUID) -> None:
        offer_id = self.offer_id(which)
        offer, refused, followed = self.card.offers.get(offer_id), self.card.refuses("answer_offer"), ["OfferTaken"]
        if not refused and offer is None:
            refused = "offer_unknown"
        elif not refused and offer and (offer.stands, offer.officer) == ("taken", officer):
            followed = []
        elif not refused and offer and offer.stands != "offered":
            refused = "offer_not_open"
        if self.does(replace(cases.take(offer_id, officer), taken_on=self.today), refused, *followed) and offer:
            offer.stands, offer.officer = "taken", officer

    def a_department_declines(self, which: int) -> None:
        offer_id = self.offer_id(which)
        offer, refused = self.card.offers.get(offer_id), self.card.refuses("answer_offer")
        if not refused and (offer is None or offer.stands != "offered"):
            refused = "offer_not_open" if offer else "offer_unknown"
        command = DeclineOffer(offer_id=offer_id, declined_on=self.today, grounds="担当外")
        if self.does(command, refused, "OfferDeclined") and offer:
            offer.stands = "declined"

    def a_department_is_asked_no_more(self, which: int) -> None:
        offer_id = self.offer_id(which)
        offer, refused, followed = self.card.offers.get(offer_id), self.card.refuses("ask_no_more"), ["OfferWithdrawn"]
        if not refused and (offer is None or offer.stands == "declined"):
            refused = "offer_not_open" if offer else "offer_unknown"
        elif offer and offer.stands == "withdrawn":
            followed = []
        if self.does(WithdrawOffer(offer_id=offer_id, withdrawn_on=self.today), refused, *followed) and offer:
            offer.stands = "withdrawn"

    def somebody_accompanies_it(self, person: UUID) -> None:
        followed = ["AccompanimentAssigned"] * (person != self.card.companion)
        command = AssignAccompaniment(staff_id=person, assigned_on=self.today)
        if self.does(command, self.card.refuses("look_after"), *followed):
            self.card.companion = person

    def somebody_stands_in(self, person: UUID) -> None:
        followed = ["DeputyNamed"] * (person not in self.card.deputies)
        if self.does(NameDeputy(staff_id=person, named_on=self.today), self.card.refuses("look_after"), *followed):
            self.card.deputies.add(person)

    def somebody_stands_in_no_more(self, person: UUID) -> None:
        followed = ["DeputyReleased"] * (person in self.card.deputies)
        command = ReleaseDeputy(staff_id=person, released_on=self.today)
        if self.does(command, self.card.refuses("look_after"), *followed):
            self.card.deputies.remove(person)

    def another_officer_is_named(self, which: int, officer: UUID) -> None:
        offer_id = self.offer_id(which)
        offer, refused = self.card.offers.get(offer_id), self.card.refuses("look_after")
        if not refused and (offer is None or offer.stands != "taken"):
            refused = "department_not_in_charge" if offer else "offer_unknown"
        followed = ["OfficerNamed"] * (offer is not None and offer.officer != officer)
        command = NameOfficer(offer_id=offer_id, officer_id=officer, named_on=self.today)
        if self.does(command, refused, *followed) and offer:
            offer.officer = officer

    def it_is_handed_over(self, before: UUID, after: UUID) -> None:
        followed = ["CaseHandedOver"] * (before != after and before in self.card.people)
        command = HandOverCase(from_id=before, to_id=after, handed_over_on=self.today)
        if self.does(command, None, *followed):
            self.card.handed_over(before, after)

    def they_are_in_touch(self, ago: int) -> None:
        day = self.today - ago * ONE_DAY
        command = RecordContact(contacted_on=day, means=Channel.PHONE, note="鍵について")
        too_early = "before_it_began" if day < DAY else None
        if self.does(command, self.card.refuses("look_after") or too_early, "ProposerContacted"):
            self.card.contacted(day)

    def nobody_was_in_touch(self, is_stale: bool) -> None:
        """A timer of the last contact, or one of another contact, goes off."""
        since = self.card.last_contact - is_stale * ONE_DAY
        waits = self.card.status in {"unassigned", "offered", "taken", "in_dialogue", "agreed", "decided"}
        followed = ["CaseFellSilent"] * (waits and not is_stale and not self.card.is_silent)
        if self.does(NoteSilence(last_contact_on=since, today=self.today), None, *followed):
            self.card.is_silent = True

    def a_note_is_written(self) -> None:
        self.does(AddNote(note_id=NOTE, noted_on=self.today, text="鍵は二階"), None, "NoteAdded")
