"""Whatever a form takes can be read back from its record: an event that cannot would be lost to everybody for ever."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given as generated
from hypothesis import strategies as st

from desk.forms import Form, load
from desk.portal.receipts import ContentReceipt
from eventstore.events import Event, as_json
from eventstore.protection import Sealed
from eventstore.testing import given
from services.intake.domain.event_types import EVENTS
from services.intake.domain.inquiry import INQUIRY, ReceiveInquiry
from services.intake.domain.proposal import PROPOSAL, ReceiveProposal
from services.intake.schemas import InquirySchema, ProposalSchema
from tests.portals import FULL, changed
from tests.portals import INQUIRY as FULL_INQUIRY
from tests.strategies import json_values

RECEIPT: Mapping[str, Any] = {
    "document": b"{}",
    "received_on": date(2026, 11, 22),
    "submitted_at": datetime(2026, 11, 22, tzinfo=UTC),
    "receipt_number": "0123-4567-89AB",
    "content_receipt": ContentReceipt(nonce="00" * 32, sha256="11" * 32),
}


def paths(value: Any, prefix: str = "") -> list[str]:
    """Every dotted path into a JSON value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, part in parts for path in (f"{prefix}{key}", *paths(part, f"{prefix}{key}."))]


def read_back(event: Event) -> Event:
    """The event as it would be read from its record, with every key at hand."""
    declared = EVENTS.of(event)
    values = {
        field.name: Sealed(as_json(getattr(event, field.name).reveal()))
        if field.seal
        else as_json(getattr(event, field.name))
        for field in declared.fields
    }
    return EVENTS.decode(declared.name, declared.version, values)


def event_of(form: Form, data: Any) -> Event | None:
    """The event that a submission leads to, None where the form refuses it."""
    content, errors = load(form, data)
    if errors:
        return None
    if isinstance(form, ProposalSchema):
        command = ReceiveProposal(proposal_id=UUID(int=1), content=content, pledges_pending=False, **RECEIPT)
        return given(PROPOSAL).when(command).event()
    return given(INQUIRY).when(ReceiveInquiry(inquiry_id=UUID(int=2), content=content, **RECEIPT)).event()


ODD = json_values() | st.sampled_from(["", " ", [""], [" "], [None], [[]], {}, [{}], "　", 0, -1])


@pytest.mark.parametrize(("form", "full"), [(ProposalSchema(), FULL), (InquirySchema(), FULL_INQUIRY)])
@generated(st.data())
def test_whatever_the_form_takes_is_read_back_from_its_record(form: Form, full: Any, data: st.DataObject) -> None:
    given_form = dict(full)
    for path in data.draw(st.lists(st.sampled_from(paths(full)), max_size=3)):
        try:
            given_form = changed(given_form, path, data.draw(ODD))
        except (KeyError, IndexError, TypeError, ValueError):
            continue
    event = event_of(form, given_form)
    if event is not None:
        assert read_back(event) == event


@pytest.mark.parametrize("path", paths(FULL))
@pytest.mark.parametrize("odd", ["", [""], [None], [{}], {}], ids=repr)
def test_nothing_empty_in_any_field_is_taken_and_lost(path: str, odd: Any) -> None:
    event = event_of(ProposalSchema(), changed(dict(FULL), path, odd))
    if event is not None:
        assert read_back(event) == event
