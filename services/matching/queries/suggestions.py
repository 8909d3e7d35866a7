"""What a suggestion of departments is made of: the proposal's texts, the departments' duties, who led earlier cases."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from desk.access import RecordOpened
from desk.office import Office
from desk.openings import record_opening
from desk.packs import Pack
from desk.packs.sections import Code
from eventstore.errors import Refusal
from eventstore.events import as_json
from eventstore.protection import Sealed
from eventstore.records import Actor, Recorded, StreamId
from services.matching.domain.case.assignment import DepartmentsSuggested
from services.matching.projections.terms import ALL_CASES, CATEGORY, texts_of
from services.matching.suggesting.ranking import Duties, EarlierCases
from services.matching.suggesting.words import Word, words_of

PACKS_KEPT: Final = 64


class ProposalErased(Refusal):
    """Nothing of the proposal can be read any more."""

    code = "proposal_erased"
    sentence = "提案の内容が消去されているため、担当課の候補を示せません。"


def opened_texts(office: Office, proposal_id: UUID, actor: Actor, purpose: str | None) -> tuple[str, ...]:
    """What a proposal says that it is about, after it was recorded that the actor opens it.

    Raises `ProposalErased`: then nothing is recorded, because nothing is given out.
    """
    read = office.store.load_foreign(StreamId(CATEGORY, proposal_id))
    texts = texts_of(read.events)
    if not texts:
        raise ProposalErased
    opening = RecordOpened(category=CATEGORY, record_id=proposal_id, version=read.version, purpose=Sealed(purpose))
    record_opening(office, office.service, opening, actor)
    return texts


def duties_of(pack: Pack) -> Duties:
    """The departments of a pack by the words of their names and duties; made once for each.

    Work for the processor: off the hub where others wait.
    """
    return _duties(tuple((code, one.name, one.duties) for code, one in pack.departments.items()))


@lru_cache(maxsize=PACKS_KEPT)
def _duties(departments: tuple[tuple[str, str, str], ...]) -> Duties:
    return Duties({code: words_of((name, duties)) for code, name, duties in departments})


def earlier_cases(office: Office, pack: Pack, words: Iterable[Word]) -> EarlierCases:
    """Who led earlier cases with these words; what a department led that is no more counts for its successor."""
    asked = sorted({ALL_CASES, *(word.form for word in words)})
    with office.database.connection() as connection:
        rows = connection.execute(
            "SELECT term, department, cases FROM matching_term_counts WHERE term = ANY (%s)", (asked,), prepare=True
        ).fetchall()
    led: dict[str, Counter[str]] = {}
    for term, department, cases in rows:
        if (now := pack.department_now(department)) is not None:
            led.setdefault(term, Counter())[now] += cases
    return EarlierCases(led=led, in_all=led.pop(ALL_CASES, Counter()))


def told_suggestion(office: Office, recorded: Recorded) -> dict[str, Any]:
    """A suggestion as it was recorded, with the departments' names by the pack that it was made under."""
    suggested: DepartmentsSuggested = recorded.event
    pack = office.pack() if recorded.policy is None else office.rules.of_digest(recorded.policy)
    return {
        "suggestion_id": str(suggested.suggestion_id),
        "suggested_on": as_json(suggested.suggested_on),
        "departments": [
            {
                "department": one.department,
                "name": pack.departments[Code(one.department)].name,
                "score": one.score,
                "terms": as_json(terms),
            }
            for one, terms in zip(suggested.ranking, suggested.terms.reveal(), strict=True)
        ],
    }
