"""The register of companies: who is taken, what a change leaves alone, and who is told of a call."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from desk.packs.codes import ProposerKind
from eventstore.errors import NotFound, Refusal
from eventstore.protection import Sealed
from eventstore.testing import Given, given
from services.intake.domain.company import COMPANY, Company, Standing
from services.intake.domain.company.commands import EndNotices, NoteCallNotice, RemoveCompany, WantNotices
from services.intake.domain.company.decider import (
    CompanyAlreadyRegistered,
    CompanyNotInRegister,
    NoticeAddressMissing,
)
from services.intake.domain.company.events import (
    CallNoticed,
    CompanyProfileChanged,
    CompanyRegistered,
    CompanyRemoved,
    NoticesEnded,
    NoticesWanted,
)
from services.intake.domain.party_rules import KindNotTaken, SubjectUnknown
from tests.companies import (
    CALL_ID,
    COMPANY_ID,
    CONTACT_ID,
    DAY,
    HASEGAWA,
    LETTER_ID,
    PROFILE,
    REPRESENTATIVE_ID,
    SENT_ON,
    YUKIMICHI,
    change,
    register,
)
from tests.strategies import EVENT_TYPES, events_of

LATER: Final = date(2026, 12, 1)
REGISTERED: Final[CompanyRegistered] = given(COMPANY).when(register()).event()
QUIET: Final = replace(REGISTERED, wants_notices=False)
WANT, END, REMOVE = WantNotices(wanted_on=LATER), EndNotices(ended_on=LATER), RemoveCompany(removed_on=LATER)
NOTE: Final = NoteCallNotice(call_id=CALL_ID, letter_id=LETTER_ID)
NOTICED, REMOVED = CallNoticed(call_id=CALL_ID, letter_id=LETTER_ID), CompanyRemoved(removed_on=LATER)
WANTED, ENDED = NoticesWanted(wanted_on=LATER), NoticesEnded(ended_on=LATER)
UNREACHABLE: Final = replace(PROFILE, proposer=replace(YUKIMICHI, address=None), contact=replace(HASEGAWA, email=None))
MOVED: Final = replace(PROFILE, proposer=replace(YUKIMICHI, address="弘前市"))


def company(*events: Any) -> Given[Any, Company]:
    return given(COMPANY, *events)


class TestRegistration:
    @pytest.mark.row("B18")
    def test_what_is_stated_is_sealed_by_the_company_its_contact_and_its_representative(self) -> None:
        assert (
            CompanyRegistered(
                registered_on=DAY,
                kind=ProposerKind.CORPORATION,
                subjects=("snow", "tourism"),
                wants_notices=True,
                company_id=COMPANY_ID,
                representative_id=REPRESENTATIVE_ID,
                contact_id=CONTACT_ID,
                company_name=Sealed("株式会社ゆきみち"),
                corporate_number=Sealed("4011001098993"),
                corporate_number_absent_reason=Sealed(None),
                address=Sealed("青森市架空一丁目"),
                representative=Sealed("工藤 一"),
                contact_affiliation=Sealed("営業部"),
                contact_name=Sealed("長谷川 美咲"),
                contact_phone=Sealed("017-700-7777"),
                contact_email=Sealed("h@yuki.example.jp"),
                profile=Sealed("除雪の見える化が得意です。"),
            )
            == REGISTERED
        )

    @pytest.mark.parametrize(
        ("profile", "refusal"),
        [
            (replace(PROFILE, proposer=replace(YUKIMICHI, kind=ProposerKind.INDIVIDUAL)), KindNotTaken),
            (replace(PROFILE, subjects=("snow", "harbour")), SubjectUnknown),
            (UNREACHABLE, NoticeAddressMissing),
        ],
    )
    def test_what_the_rules_do_not_take_is_refused_at_entry_and_at_change(
        self, profile: Any, refusal: type[Refusal]
    ) -> None:
        company().when(register(profile)).refused(refusal)
        company(REGISTERED).when(change(profile)).refused(refusal)

    def test_whoever_is_sent_on_reads_the_packs_own_words(self) -> None:
        individual = replace(PROFILE, proposer=replace(YUKIMICHI, kind=ProposerKind.INDIVIDUAL))
        assert company().when(register(individual)).refused(KindNotTaken).message.endswith(SENT_ON)

    def test_who_wants_no_notices_needs_no_address(self) -> None:
        registered = company().when(register(UNREACHABLE, wants_notices=False)).event()
        company(registered).when(WANT).refused(NoticeAddressMissing)

    def test_a_number_that_another_company_has_is_refused(self) -> None:
        company().when(register(number_taken=True)).refused(CompanyAlreadyRegistered)
        company(REGISTERED).when(change(MOVED, number_taken=True)).refused(CompanyAlreadyRegistered)


class TestChange:
    def test_it_keeps_the_ids_of_whoever_is_the_same_person(self) -> None:
        changed = company(REGISTERED).when(change(MOVED)).event()
        assert (changed.contact_id, changed.representative_id) == (CONTACT_ID, REPRESENTATIVE_ID)
        assert changed.address == Sealed("弘前市")

    def test_another_contact_has_a_key_of_its_own(self) -> None:
        other = change(replace(PROFILE, contact=replace(HASEGAWA, name="成田 一郎")))
        changed = company(REGISTERED).when(other).event()
        assert (changed.contact_id, changed.representative_id) == (other.contact_id, REPRESENTATIVE_ID)

    def test_another_representative_has_a_key_of_its_own(self) -> None:
        other = change(replace(PROFILE, proposer=replace(YUKIMICHI, representative="工藤 二")))
        changed = company(REGISTERED).when(other).event()
        assert (changed.contact_id, changed.representative_id) == (CONTACT_ID, other.representative_id)

    def test_the_same_profile_again_changes_nothing(self) -> None:
        company(REGISTERED).when(change()).nothing()

    def test_it_leaves_alone_whether_notices_are_wanted(self) -> None:
        changed = company(REGISTERED, ENDED).when(change(MOVED)).event()
        assert not company(REGISTERED, ENDED, changed).state.wants_notices


class TestNotices:
    @pytest.mark.row("S16")
    @pytest.mark.parametrize(
        ("subjects", "told"), [(("snow",), True), (("digital", "tourism"), True), ((), True), (("digital",), False)]
    )
    def test_a_call_interests_who_shares_a_subject_or_everybody_where_it_names_none(
        self, subjects: Sequence[str], told: bool
    ) -> None:
        assert company(REGISTERED).state.is_to_be_told(CALL_ID, subjects) is told

    @pytest.mark.parametrize(
        "events", [(QUIET,), (REGISTERED, ENDED), (REGISTERED, REMOVED), (REGISTERED, NOTICED), ()]
    )
    def test_who_wants_none_is_gone_or_was_told_is_not_told(self, events: Sequence[Any]) -> None:
        assert not company(*events).state.is_to_be_told(CALL_ID, ())

    def test_another_call_is_told_again(self) -> None:
        assert company(REGISTERED, NOTICED).state.is_to_be_told(UUID(int=9), ())

    def test_they_begin_and_end_once(self) -> None:
        company(QUIET).when(WANT).then(WANTED)
        company(QUIET, WANTED).when(WANT).nothing()
        company(REGISTERED).when(END).then(ENDED)
        company(REGISTERED, ENDED).when(END).nothing()

    def test_one_call_is_noted_once_and_not_for_who_wants_none(self) -> None:
        company(REGISTERED).when(NOTE).then(NOTICED)
        company(REGISTERED, NOTICED).when(NOTE).nothing()
        company(REGISTERED, ENDED).when(NOTE).nothing()


HISTORIES: Final[dict[Standing, tuple[Any, ...]]] = {
    Standing.ABSENT: (),
    Standing.REGISTERED: (REGISTERED,),
    Standing.REMOVED: (REGISTERED, REMOVED),
}
COMMANDS: Final = {
    "register": register(), "change": change(MOVED), "want": WANT, "end": END, "note": NOTE, "remove": REMOVE,
}  # fmt: skip
FOLLOWS: Final[dict[tuple[Standing, str], Any]] = {
    (Standing.ABSENT, "register"): CompanyRegistered,
    (Standing.REGISTERED, "register"): CompanyAlreadyRegistered,
    (Standing.REMOVED, "register"): CompanyAlreadyRegistered,
    (Standing.REGISTERED, "change"): CompanyProfileChanged,
    (Standing.REMOVED, "change"): CompanyNotInRegister,
    (Standing.REGISTERED, "want"): None,
    (Standing.REMOVED, "want"): CompanyNotInRegister,
    (Standing.REGISTERED, "end"): NoticesEnded,
    (Standing.REMOVED, "end"): None,
    (Standing.REGISTERED, "note"): CallNoticed,
    (Standing.REMOVED, "note"): None,
    (Standing.REGISTERED, "remove"): CompanyRemoved,
    (Standing.REMOVED, "remove"): None,
}


@pytest.mark.parametrize("name", list(COMMANDS))
@pytest.mark.parametrize("standing", list(Standing))
def test_every_command_at_every_standing_leads_to_its_event_its_refusal_or_nothing(
    standing: Standing, name: str
) -> None:
    before, expected = company(*HISTORIES[standing]), FOLLOWS.get((standing, name), NotFound)
    if expected is None:
        before.when(COMMANDS[name]).nothing()
    elif expected is NotFound:
        with pytest.raises(NotFound):
            before.when(COMMANDS[name])
    elif issubclass(expected, Refusal):
        before.when(COMMANDS[name]).refused(expected)
    else:
        assert type(before.when(COMMANDS[name]).event()) is expected


@generated(st.lists(st.one_of([events_of(one) for one in EVENT_TYPES if one.category == "company"]), max_size=6))
def test_any_events_make_a_company(events: list[Any]) -> None:
    state = company(*events).state
    assert (state.stated is not None) == any(hasattr(event, "company_name") for event in events)
