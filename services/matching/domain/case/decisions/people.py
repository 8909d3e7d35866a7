"""What follows where people look after a case, and keep in touch."""

from collections.abc import Sequence

from eventstore.protection import Sealed
from services.matching.domain.case.assignment import OfferUnknown
from services.matching.domain.case.days import require_begun
from services.matching.domain.case.people import (
    AccompanimentAssigned,
    AddNote,
    AssignAccompaniment,
    CaseFellSilent,
    CaseHandedOver,
    DeputyNamed,
    DeputyReleased,
    HandOverCase,
    NameDeputy,
    NameOfficer,
    NoteAdded,
    NoteSilence,
    NotInCharge,
    OfficerNamed,
    ProposerContacted,
    RecordContact,
    ReleaseDeputy,
)
from services.matching.domain.case.state import Case, Standing


def assign_accompaniment(command: AssignAccompaniment, case: Case) -> Sequence[AccompanimentAssigned]:
    """One person at a time."""
    if case.accompanied_by == command.staff_id:
        return []
    return [AccompanimentAssigned(staff_id=command.staff_id, assigned_on=command.assigned_on)]


def name_deputy(command: NameDeputy, case: Case) -> Sequence[DeputyNamed]:
    """Any number stand in."""
    if command.staff_id in case.deputies:
        return []
    return [DeputyNamed(staff_id=command.staff_id, named_on=command.named_on)]


def release_deputy(command: ReleaseDeputy, case: Case) -> Sequence[DeputyReleased]:
    """Nothing follows where the person does not stand in."""
    if command.staff_id not in case.deputies:
        return []
    return [DeputyReleased(staff_id=command.staff_id, released_on=command.released_on)]


def name_officer(command: NameOfficer, case: Case) -> Sequence[OfficerNamed]:
    """In a department that has the case."""
    offer = case.offers.get(command.offer_id)
    if offer is None:
        raise OfferUnknown
    if offer.standing is not Standing.TAKEN:
        raise NotInCharge
    if offer.officer_id == command.officer_id:
        return []
    return [OfficerNamed(offer_id=command.offer_id, officer_id=command.officer_id, named_on=command.named_on)]


def hand_over(command: HandOverCase, case: Case) -> Sequence[CaseHandedOver]:
    """Nothing follows where the person has nothing to do with the case."""
    if command.from_id == command.to_id or command.from_id not in case.people:
        return []
    return [CaseHandedOver(from_id=command.from_id, to_id=command.to_id, handed_over_on=command.handed_over_on)]


def record_contact(command: RecordContact, case: Case) -> Sequence[ProposerContacted]:
    """As often as they are in touch; also before the proposal was accepted."""
    require_begun(command.contacted_on, command.proposed_on, case.opened_on)
    return [ProposerContacted(contacted_on=command.contacted_on, means=command.means, note=Sealed(command.note))]


def note_silence(command: NoteSilence, case: Case) -> Sequence[CaseFellSilent]:
    """Noted once for each silence; nothing follows where somebody has been in touch since."""
    if case.last_contact_on != command.last_contact_on or case.silent_since is not None:
        return []
    return [CaseFellSilent(last_contact_on=command.last_contact_on, noted_on=command.today)]


def add_note(command: AddNote, _: Case) -> Sequence[NoteAdded]:
    """Whatever staff have to say to each other."""
    return [NoteAdded(note_id=command.note_id, noted_on=command.noted_on, text=Sealed(command.text))]
