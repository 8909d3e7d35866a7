"""History: one plain sentence for each event of matching, made of open fields alone."""

from collections.abc import Mapping
from typing import Final

from desk import access, discards
from desk.deadlines import streams_events
from desk.history import Sentence
from desk.letters import history as letter_history
from desk.portal import history as portal_history
from services.matching.projections import case_sentences, obligation_sentences

SENTENCES: Final[Mapping[str, Sentence]] = {
    **case_sentences.SENTENCES,
    **obligation_sentences.SENTENCES,
    **access.SENTENCES,
    **streams_events.SENTENCES,
    **discards.SENTENCES,
    **letter_history.SENTENCES,
    **portal_history.SENTENCES,
}
"""Event type → its sentence from open fields and channel. Sealed fields are not opened for a timeline."""
