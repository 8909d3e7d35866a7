"""What a portal is answered: that something was received or accepted, or refused with all that is wrong."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, TypeAlias
from uuid import UUID, uuid5

import orjson

from desk.portal.later import Taken
from desk.portal.messages import COMMAND_IDS, Message
from eventstore.errors import FieldError, Refusal
from eventstore.events import as_json
from eventstore.records import Recorded

ACCEPTED, REFUSED = "SubmissionAccepted", "SubmissionRefused"
ForCompanies: TypeAlias = Mapping[type[Refusal], tuple[str, str]]
"""Refusal → the code and the sentence by which companies are told of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One CloudEvent for a portal, about the submission that `correlation_id` names."""

    portal: str
    correlation_id: str
    event: dict[str, Any]

    def written(self) -> bytes:
        """The answer in structured JSON."""
        return orjson.dumps(self.event)


def source_of(service: str) -> str:
    """The `source` of a service's answers."""
    return f"/services/{service}"


def told(service: str, message: Message, kind: str, recorded: Recorded, content: dict[str, Any]) -> Answer:
    """That a message of a portal is on record: the same at every repetition, since it is that record's."""
    return _answer(service, message, kind, recorded.id, content, time=recorded.recorded_at.isoformat())


def accepted(service: str, message: Message, taken: Taken) -> Answer:
    """That a later message was taken: the same at every repetition, whatever became of the matter since."""
    return told(service, message, ACCEPTED, taken.recorded, as_json(taken.acceptance))


def refused(service: str, message: Message, errors: tuple[FieldError, ...]) -> Answer:
    """The same for the same message, however often it comes: so it names no time."""
    digest = sha256(message.delivery.body).hexdigest()
    answer_id = uuid5(COMMAND_IDS, f"{message.portal}/{message.id}/refused/{digest}")
    return _answer(service, message, REFUSED, answer_id, {"errors": [asdict(error) for error in errors]})


def refusal(refused: Refusal, for_companies: ForCompanies) -> FieldError:
    """What a company is told of a refusal: in words for it where there are some, else as anybody is told it."""
    code, sentence = for_companies.get(type(refused), (refused.stable_code, refused.message))
    return FieldError(field="id", code=code, message=sentence)


def _answer(service: str, message: Message, kind: str, answer_id: UUID, content: dict[str, Any], **time: str) -> Answer:
    event = {
        "specversion": "1.0",
        "id": str(answer_id),
        "source": source_of(service),
        "type": kind,
        **time,
        "datacontenttype": "application/json",
        "correlationid": message.id,
        "data": content,
    }
    return Answer(message.portal, message.id, event)
