"""Look-ups in a form: what is recorded stays as it is, what is looked up need only agree in the form."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid4

import pytest

from eventstore.events import EventTypes, Undeclarable
from eventstore.protection import ClassGroup, IndexForm, Sealed, personal
from eventstore.sealing.keys import MasterKey, MasterKeys
from eventstore.sealing.values import Sealing, StreamKeys
from services.intake.domain.event_types import EVENTS
from services.intake.domain.parties import NAME_INDEX, party_name


def _named(types: EventTypes, name: str, form: IndexForm) -> type:
    """Declares an event whose field is looked up in a form."""
    seal = personal(of="of", blind_index="who", index_form=form)

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        of: UUID
        who: Annotated[Sealed[str], seal]

    Named.__name__ = name
    types.event(category="named", version=1)(Named)
    return Named


def test_a_value_is_looked_up_in_its_form_and_recorded_as_it_is() -> None:
    types = EventTypes("toy")
    named = _named(types, "Named", str.lower)
    masters = MasterKeys({ClassGroup.PERSONAL: [MasterKey(b"k" * 32)]})
    sealing = Sealing(uuid4(), StreamKeys(stream="named-1", masters=masters))
    event = named(of=uuid4(), who=Sealed("AbC"))

    part = sealing.data(types.of(event), event)["who"]

    assert [(entry.name, entry.value) for entry in sealing.indexed] == [("who", "abc")]
    assert part["class"] == "personal"
    assert event.who == Sealed("AbC")


def test_a_look_up_has_its_values_in_one_form() -> None:
    types = EventTypes("toy")
    _named(types, "First", str.lower)
    with pytest.raises(Undeclarable, match="another form"):
        _named(types, "Second", str)


def test_a_look_up_that_nobody_declares_takes_values_as_they_are() -> None:
    assert EventTypes("toy").index_form("who")("AbC") == "AbC"


def test_every_party_of_intake_is_found_by_name_in_one_form() -> None:
    assert EVENTS.index_form(NAME_INDEX) is party_name
    named = {
        declared.name
        for declared in EVENTS
        for field in declared.fields
        if field.seal and field.seal.blind_index == NAME_INDEX
    }
    assert named >= {"ProposalReceived", "InquiryReceived", "ProposerRenamed", "ProposerSucceeded", "MeasureEntered"}
