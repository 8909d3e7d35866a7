"""Which place the next letter that answers a proposer takes, if one is due."""

from collections.abc import Sequence
from itertools import count
from typing import Final
from uuid import UUID

from desk.letters.overtaking import require_still_approvable
from desk.letters.refusals import LetterNotDue
from desk.letters.state import Status
from desk.office import Office
from eventstore.errors import NotFound, Refusal
from eventstore.records import Recorded, StreamId
from services.matching.domain.case import CASE
from services.matching.domain.case.feasibility import FeasibilityDecided
from services.matching.queries.answer_places import ANSWERED, OUT, letters_of, place, standing
from services.matching.queries.letters import require_approvable
from services.matching.queries.letters_answers import standing_decision

WAITING: Final = "この決定を伝える文書が、すでに作成されています。作り直すときは、先にその文書を取り消してください。"


def place_of_answer(office: Office, case_id: UUID, command_id: UUID) -> UUID:
    """The id of the letter that a command composes to tell the decision which stands in a case.

    The same command has the place that it took before, whatever has been decided since. Raises `LetterNotDue` where
    nothing is decided, and where another letter tells the decision already, or is about to.
    """
    events = office.store.load_closed(StreamId(CASE.category, case_id))
    taken = _taken_by(office, case_id, events, command_id)
    if taken is not None:
        return taken
    decided: FeasibilityDecided = standing_decision(events).event
    for number in count(1):
        letter = place(case_id, decided.decision, number)
        composed = office.store.load_closed(letter)
        if not composed:
            return letter.id
        _require_out_of_play(office, composed)
    raise AssertionError("there is always a next place")


def _taken_by(office: Office, case_id: UUID, events: Sequence[Recorded], command_id: UUID) -> UUID | None:
    decisions = [one.event.decision for one in events if isinstance(one.event, FeasibilityDecided)]
    composed = (letter[0] for decision in decisions for letter in letters_of(office.store, case_id, decision))
    return next((first.stream.id for first in composed if first.command_id == command_id), None)


def _require_out_of_play(office: Office, letter: tuple[Recorded, ...]) -> None:
    """Raises `LetterNotDue` unless the letter neither is out nor, as it stands, may go out."""
    status = standing(letter)
    if status in OUT:
        raise LetterNotDue(ANSWERED)
    if status in (Status.COMPOSED, Status.APPROVED) and _holds(office, letter[0].stream, status):
        raise LetterNotDue(WAITING)


def _holds(office: Office, letter: StreamId, status: Status) -> bool:
    events = office.store.load(letter).events
    try:
        if status is Status.APPROVED:
            require_still_approvable(office, events, require_approvable)
        else:
            require_approvable(office, events, office.pack())
    except (Refusal, NotFound):
        return False
    return True
