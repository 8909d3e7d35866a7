"""Inquiries after they were received: every state and every command, and what leads on from where."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import pytest

from desk.packs.codes import Channel
from eventstore.errors import NotFound
from eventstore.protection import Sealed
from eventstore.testing import given
from services.intake.domain.inquiry import (
    INQUIRY,
    AnswerInquiry,
    CloseInquiry,
    ConvertInquiry,
    InquiryAnswered,
    InquiryClosed,
    InquiryConverted,
    InquiryIsClosed,
    InquiryIsConverted,
    InquiryNotAnswered,
    InquiryReceived,
)
from tests.samples import sample
from tests.strategies import EVENT_TYPES

DAY: Final = date(2026, 11, 22)
PROPOSAL_ID: Final = UUID(int=7)
RECEIVED: Final[Any] = next(sample(declared) for declared in EVENT_TYPES if declared.cls is InquiryReceived)
ANSWER: Final = AnswerInquiry(answered_on=DAY, means=Channel.PHONE, answer="窓口でご説明します。")
CONVERT: Final = ConvertInquiry(converted_on=DAY, proposal_id=PROPOSAL_ID)
CLOSE: Final = CloseInquiry(closed_on=DAY)
ANSWERED: Final = InquiryAnswered(
    answered_on=DAY, means=Channel.PHONE, contact_id=RECEIVED.contact_id, answer=Sealed("窓口でご説明します。")
)
CONVERTED: Final = InquiryConverted(converted_on=DAY, proposal_id=PROPOSAL_ID)
CLOSED: Final = InquiryClosed(closed_on=DAY)


@pytest.mark.parametrize("before", [(RECEIVED,), (RECEIVED, ANSWERED)], ids=["received", "answered"])
def test_an_open_inquiry_is_answered_and_becomes_a_proposal(before: tuple[Any, ...]) -> None:
    given(INQUIRY, *before).when(ANSWER).then(ANSWERED)
    given(INQUIRY, *before).when(CONVERT).then(CONVERTED)


def test_an_inquiry_is_closed_once_it_is_answered() -> None:
    given(INQUIRY, RECEIVED).when(CLOSE).refused(InquiryNotAnswered)
    given(INQUIRY, RECEIVED, ANSWERED).when(CLOSE).then(CLOSED)
    given(INQUIRY, RECEIVED, ANSWERED, CLOSED).when(CLOSE).nothing()


@pytest.mark.parametrize("command", [ANSWER, CONVERT, CLOSE], ids=["answer", "convert", "close"])
def test_what_became_a_proposal_goes_on_there(command: Any) -> None:
    given(INQUIRY, RECEIVED, CONVERTED).when(command).refused(InquiryIsConverted)


@pytest.mark.parametrize("command", [ANSWER, CONVERT], ids=["answer", "convert"])
def test_nothing_leads_on_from_a_closed_inquiry(command: Any) -> None:
    given(INQUIRY, RECEIVED, ANSWERED, CLOSED).when(command).refused(InquiryIsClosed)


@pytest.mark.parametrize("command", [ANSWER, CONVERT, CLOSE], ids=["answer", "convert", "close"])
def test_an_inquiry_that_never_came_is_not_found(command: Any) -> None:
    with pytest.raises(NotFound):
        given(INQUIRY).when(command)
