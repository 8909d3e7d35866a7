"""History: one plain sentence for each event of a proposal or inquiry, made of open fields alone."""

from collections.abc import Mapping
from typing import Final

from desk import access, discards
from desk.deadlines import streams_events
from desk.history import Sentence
from desk.letters import history as letter_history
from services.intake.projections import (
    call_sentences,
    companies,
    inquiries,
    later_sentences,
    offers,
    proposal_sentences,
    register_sentences,
)

SENTENCES: Final[Mapping[str, Sentence]] = {
    **proposal_sentences.SENTENCES,
    **inquiries.SENTENCES,
    **later_sentences.SENTENCES,
    **call_sentences.SENTENCES,
    **register_sentences.SENTENCES,
    **companies.SENTENCES,
    **offers.SENTENCES,
    **access.SENTENCES,
    **streams_events.SENTENCES,
    **discards.SENTENCES,
    **letter_history.SENTENCES,
}
"""Event type → its sentence from open fields and channel. Sealed fields are not opened for a timeline."""
