"""Whether a decision has been told: by its letter, and not before that has left the office.

What becomes of an accepted proposal is told by matching's letters, as far as the statistics follow.
"""

from typing import Final

from psycopg.sql import SQL, Identifier

from desk.letters.state import Status
from desk.office import Office
from desk.packs.letters import LetterCode
from eventstore.records import StreamId
from services.intake.projections.letters import LETTERS
from services.intake.projections.statistics import STATISTICS

OUT: Final = (Status.DISPATCHED, Status.POSTED)
"""What has gone out and has not come back."""


def letter_went_out(office: Office, about: StreamId, template: LetterCode) -> bool:
    """Whether a letter of this template about a matter has gone out by mail or post, as far as the list follows."""
    query = SQL(
        "SELECT 1 FROM {} WHERE subject_category = %s AND subject_id = %s AND template = %s AND status = ANY(%s)"
    ).format(Identifier(*LETTERS.tables))
    with office.database.connection() as connection:
        found = connection.execute(query, (about.category, about.id, template, list(OUT))).fetchone()
    return found is not None


def has_answer(office: Office, proposal: StreamId) -> bool:
    """Whether the letter has gone out by which matching tells what becomes of an accepted proposal."""
    query = SQL("SELECT 1 FROM {} WHERE matter_id = %s AND outcome IS NOT NULL")
    with office.database.connection() as connection:
        found = connection.execute(query.format(Identifier(*STATISTICS.tables)), (proposal.id,)).fetchone()
    return found is not None
