"""The two channels of portals: what they send, and what they are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from marshmallow import Schema

from apps.provisioning.broker import ANSWERS, EVENTS
from apps.reference import docstrings, shapes
from apps.reference.events import BINDING, reference, topic
from apps.reference.shapes import Shape
from desk.portal import submissions
from desk.portal.answers import ACCEPTED, REFUSED, source_of
from desk.portal.envelope import EnvelopeSchema
from desk.portal.messages import CONTENT_TYPES, MAX_BYTES
from eventstore.declaration import Service
from eventstore.errors import FieldError
from services.intake.domain.inquiry import InquiryReceived
from services.intake.domain.later import Matter
from services.intake.domain.proposal import ProposalReceived
from services.intake.domain.receipts import Receipt
from services.intake.schemas import InquirySchema, ProposalSchema
from services.intake.schemas.later import (
    WORDS,
    CallQuestionSchema,
    ConsentSchema,
    CorrectionSchema,
    LaterClaimsSchema,
    NoticesEndSchema,
    WithdrawalSchema,
)
from services.intake.schemas.offers import SubmittedOfferForm
from services.matching.schemas.minutes_by_portal import MinutesAnswerForm

SUBMISSION, ANSWER = "Submission", "Answer"
UUID: Final = {"type": "string", "format": "uuid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A type that portals send: the form of its `data`, the type of the answer, and what a new record is told as.

    identified: the name of its id, None where the message names a matter that is known already.
    """

    form: type[Schema]
    answer: str = ACCEPTED
    identified: str | None = None


SUBMISSIONS: Final = {
    "CallQuestionSubmitted": Submission(form=CallQuestionSchema),
    "ClaimSubmitted": Submission(form=LaterClaimsSchema),
    "ConsentGiven": Submission(form=ConsentSchema),
    "CorrectionSubmitted": Submission(form=CorrectionSchema),
    "InquirySubmitted": Submission(form=InquirySchema, answer=InquiryReceived.__name__, identified="inquiry_id"),
    "NoticesEndSubmitted": Submission(form=NoticesEndSchema),
    "OfferSubmitted": Submission(form=SubmittedOfferForm),
    "MinutesConfirmed": Submission(form=MinutesAnswerForm),
    "ProposalSubmitted": Submission(form=ProposalSchema, answer=ProposalReceived.__name__, identified="proposal_id"),
    "WithdrawalSubmitted": Submission(form=WithdrawalSchema),
}
SENT: Final = f"""\
What portals hand in; the routing key is the type. Each message is persistent, of {MAX_BYTES // 1024} KiB at most, and
has the property `user_id`, the portal's broker user. Content types: {", ".join(f"`{one}`" for one in CONTENT_TYPES)}.
A portal keeps a submission until it is answered, and sends it again with the same id until then.

Beyond what a schema says: a contact has a phone number or a mail address; a corporation has a number or says why not;
`call_id` stands where `kind` is `call`; and the city's pack asks for pledges, and the newest version of its terms.

What is sent later has `proof`: number and code of the proposal's receipt, or the one-time code of a letter, and not
both. Any admitted portal may bring it. A correction is a whole proposal of the same kind, for the same call; a question
has a contact where it has no proof; consent with conditions names them; the call and the use of an idea it names where
it is proven by number and code, while the code of a letter says them by itself. Minutes are confirmed, or objected to,
by the code of the letter that carried them alone. Whatever is wrong with a proof, the answer is the same,
`proof_not_accepted`; it is looked at once everything else is in order."""
ANSWERED: Final = f"""\
What portals are answered; the routing key is the portal's name, and `{ANSWERS}.<name>` the queue where its answers
wait. The AMQP property `correlation_id` and the attribute `correlationid` are the submission's id."""
PORTAL: Final = "The portal's name: its broker user, and the end of `source` in what it sends."


def channels(services: Sequence[Service]) -> dict[str, Any]:
    """The exchange that portals write, and the one that they are answered by."""
    kinds = taken(services)
    return {
        EVENTS: {
            "address": "{type}",
            "description": SENT,
            "parameters": {"type": {"description": "The message's type.", "enum": kinds}},
            "bindings": {"amqp": topic(EVENTS)},
            "messages": {kind: _submission(kind) for kind in kinds},
        },
        ANSWERS: {
            "address": "{portal}",
            "description": ANSWERED,
            "parameters": {"portal": {"description": PORTAL}},
            "bindings": {"amqp": topic(ANSWERS, "direct")},
            "messages": {_answer_to(kind): _told(kind, services) for kind in kinds} | {REFUSED: _refusal(services)},
        },
    }


def operations(services: Sequence[Service]) -> dict[str, Any]:
    """That a service takes each type, and what it answers."""
    return {f"{service.name}.take.{kind}": _taking(kind) for service in services for kind in sorted(service.takes)}


def taken(services: Sequence[Service]) -> list[str]:
    """The types that any of the services takes from portals."""
    return sorted(kind for service in services for kind in service.takes)


def submission_envelope() -> Shape:
    """What every message of a portal has around its `data`."""
    shape = shapes.of_form(EnvelopeSchema())
    shape["properties"]["id"] |= {"description": "The submission's id: the same again is the same submission."}
    shape["properties"]["source"] |= {"description": "`/portals/<name>`."}
    return shape


def answer_envelope() -> Shape:
    """What every answer has around its `data`."""
    properties = {
        "specversion": {"const": "1.0"},
        "id": UUID | {"description": "The same at every repetition."},
        "source": {"type": "string"},
        "type": {"type": "string"},
        "time": {"type": "string", "format": "date-time", "description": "When it was recorded; a refusal has none."},
        "datacontenttype": {"const": "application/json"},
        "correlationid": {"type": "string", "description": "The id of the submission."},
        "data": {"type": "object"},
    }
    return shapes.an_object(properties, [name for name in properties if name != "time"])


def _answer_to(kind: str) -> str:
    return SUBMISSIONS[kind].answer


def _taking(kind: str) -> dict[str, Any]:
    answers = (_answer_to(kind), REFUSED)
    return {
        "action": "receive",
        "channel": reference("channels", EVENTS),
        "summary": f"Takes `{kind}` and answers it, once the answer's cause is recorded.",
        "messages": [reference("channels", EVENTS, "messages", kind)],
        "reply": {
            "channel": reference("channels", ANSWERS),
            "messages": [reference("channels", ANSWERS, "messages", answer) for answer in answers],
        },
        "bindings": {"amqp": {"deliveryMode": 2, "ack": True, "bindingVersion": BINDING}},
    }


def _submission(kind: str) -> dict[str, Any]:
    form = SUBMISSIONS[kind].form
    return {
        "name": kind,
        "summary": docstrings.read(form.__doc__, ()).summary,
        "correlationId": {"location": "$message.payload#/id"},
        "payload": _around(SUBMISSION, {"type": {"const": kind}, "data": shapes.of_form(form())}),
    }


def _told(kind: str, services: Sequence[Service]) -> dict[str, Any]:
    submission = SUBMISSIONS[kind]
    source = _source(services, submission.answer)
    if submission.identified is None:
        summary = "What was sent about a matter that is known was taken, once; its id is that of the event in the log."
        return _answer(ACCEPTED, summary, _acceptance(), source)
    data = shapes.of_dataclass(Receipt)
    data["properties"][submission.identified] = UUID
    data["required"].append(submission.identified)
    summary = f"`{kind}` was received, with what the sender is handed; its id is that of the event in the log."
    return _answer(_answer_to(kind), summary, data, source)


def _acceptance() -> Shape:
    shape = shapes.of_dataclass(submissions.Acceptance)
    shape["properties"]["matter"]["enum"] = [str(matter) for matter in (*Matter, *submissions.Matter)]
    return shape


def _source(services: Sequence[Service], answer: str) -> Shape:
    """Which of the services gives an answer."""
    giving = {
        service.name for service in services if any(answer in (_answer_to(kind), REFUSED) for kind in service.takes)
    }
    sources = [source_of(name) for name in sorted(giving)]
    return {"const": sources[0]} if len(sources) == 1 else {"enum": sources}


def _refusal(services: Sequence[Service]) -> dict[str, Any]:
    error = shapes.of_dataclass(FieldError)
    error["properties"]["field"]["description"] = "Dotted path, from `data` on or in the envelope."
    error["properties"]["code"] |= {
        "description": "For programs. The city's pack and the rules of a service may add codes of their own.",
        "examples": sorted(WORDS.sentences),
    }
    error["properties"]["message"]["description"] = "For people, in plain Japanese."
    data = shapes.an_object({"errors": {"type": "array", "minItems": 1, "items": error}})
    return _answer(
        REFUSED,
        "Nothing was filed: everything that is wrong, at once. The id may be used again.",
        data,
        _source(services, REFUSED),
    )


def _answer(name: str, summary: str, data: Shape, source: Shape) -> dict[str, Any]:
    return {
        "name": name,
        "summary": summary,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": _around(ANSWER, {"source": source, "type": {"const": name}, "data": data}),
    }


def _around(envelope: str, properties: dict[str, Shape]) -> Shape:
    return {
        "allOf": [reference("components", "schemas", envelope), {"type": "object", "properties": properties}],
    }
