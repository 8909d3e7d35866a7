"""The first contact that intake promised is made by whoever in matching speaks with the proposer first (B02)."""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID, uuid4

import pytest

from desk.deadlines.streams import Period, Status, deadline_rules, deadline_stream
from desk.packs.codes import Channel, DeadlineCode
from eventstore.city import City
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from services.matching.domain.case import CASE
from services.matching.domain.case.dialogue import HoldSession, Participant, Setting, Side
from services.matching.domain.case.feasibility import Outcome, ProposerAnswered
from services.matching.domain.case.people import RecordContact
from tests.cities import Cities
from tests.ledgers import numbered
from tests.work import DAY, Work

Speaks: TypeAlias = Callable[[Work, UUID], None]
TOMORROW: Final = date(2026, 11, 23)


@pytest.fixture(scope="module")
def work(cities: Cities, city: City) -> Work:
    return Work.of(cities, city)


def taken(work: Work) -> UUID:
    """A case that a department has taken, and spoken with nobody about."""
    case = work.opened()
    work.taken(case, "planning")
    return case


def promised(work: Work, case: UUID) -> Period:
    """Intake's deadline of the first contact, once everybody has followed the log."""
    followers = [*work.office.followers, *work.intake.office.followers]
    while numbered(work.city) + sum(follower.step() for follower in followers):
        continue
    about = StreamId("proposal", work.proposal_of(case))
    stream = deadline_stream(INTAKE.name, about, DeadlineCode.FIRST_CONTACT)
    period: Period | None = deadline_rules(INTAKE.name).fold(work.intake.office.store.load(stream).events)
    assert period is not None
    return period


def called(work: Work, case: UUID) -> None:
    work.does(case, RecordContact(contacted_on=DAY, means=Channel.PHONE, note=None))


def met(work: Work, case: UUID) -> None:
    holding = HoldSession(
        session_id=uuid4(),
        held_on=DAY,
        setting=Setting.ONLINE,
        participants_id=uuid4(),
        participants=(Participant(side=Side.PROPOSER, name="長谷川 美咲", position=None),),
        subject="教室の鍵",
    )
    work.does(case, holding)


def answered(work: Work, case: UUID) -> None:
    proposal_id, no = work.proposal_of(case), Outcome.NO
    event = ProposerAnswered(proposal_id=proposal_id, decision=1, outcome=no, letter_id=uuid4(), answered_on=TOMORROW)
    work.happens(StreamId(CASE.category, case), event)


@pytest.mark.row("B02")
@pytest.mark.parametrize(("speaks", "on"), [(called, DAY), (met, DAY), (answered, TOMORROW)])
def test_whoever_speaks_with_the_proposer_of_a_case_makes_the_first_contact(
    work: Work, speaks: Speaks, on: date
) -> None:
    case = taken(work)
    assert promised(work, case).status is Status.RUNNING

    speaks(work, case)

    assert (promised(work, case).status, promised(work, case).met_on) == (Status.MET, on)


def test_only_the_first_contact_counts_and_only_for_its_own_proposal(work: Work) -> None:
    case, other = taken(work), taken(work)
    met(work, case)
    assert promised(work, case).met_on == DAY

    answered(work, case)

    assert promised(work, case).met_on == DAY
    assert promised(work, other).status is Status.RUNNING
