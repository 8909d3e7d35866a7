"""A portal's message as it stands before its form is read: from whom, about which id, and whether it can be answered.

A message can be answered where the broker vouches for an admitted portal and the message names an id to answer to.
Nothing is decoded but JSON.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from desk.forms import Problem
from desk.portal.words import WORDS
from desk.rules import RuleBook
from eventstore.errors import FieldError, InvalidMessage
from eventstore.parked import Delivery

COMMAND_IDS: Final = UUID("0f6a3c52-0f2e-4f0a-8c0d-3a6f6e2d9b41")
"""Namespace of the command ids of portal submissions: uuid5(portal / submission id)."""
MAX_BYTES: Final = 256 * 1024
MAX_ID: Final = 255  # bytes: an AMQP short string, in which the answer names it
CONTENT_TYPES: Final = ("application/json", "application/cloudevents+json")


class Unanswerable(InvalidMessage):
    """A message that nobody can be answered for: it is parked with this code."""

    code = "unanswerable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that can be answered: from which admitted portal, about which id, and its JSON object."""

    delivery: Delivery
    portal: str
    portal_id: UUID
    id: str
    content: dict[str, Any]


def answerable(delivery: Delivery, rules: RuleBook) -> Message:
    """The message of a delivery. Raises `Unanswerable` where nobody can be answered."""
    portal_id = rules.portal(delivery.user_id)
    if delivery.user_id is None or portal_id is None:
        raise Unanswerable("the broker vouches for no admitted portal", code="unknown_portal")
    if delivery.content_type not in CONTENT_TYPES:
        raise Unanswerable("only JSON is ever decoded", code="content_type")
    try:
        content = orjson.loads(delivery.body)
    except orjson.JSONDecodeError:
        raise Unanswerable("this is not JSON", code="not_json") from None
    named = content.get("id") if isinstance(content, dict) else None
    if not isinstance(named, str) or not 0 < len(named.encode()) <= MAX_ID:
        raise Unanswerable("there is no id to answer to", code="no_id")
    return Message(delivery=delivery, portal=delivery.user_id, portal_id=portal_id, id=named, content=content)


def misdirected(message: Message, taken: Collection[str]) -> list[FieldError]:
    """What in the envelope does not fit the way by which the message came. taken: the types that are taken."""
    told = []
    kind, source = message.content.get("type"), message.content.get("source")
    if isinstance(source, str) and source != f"/portals/{message.portal}":
        told.append(Problem("portal_mismatch").at("source", WORDS))
    if isinstance(kind, str) and kind not in taken:
        told.append(Problem("unknown_type").at("type", WORDS))
    elif isinstance(kind, str) and kind != message.delivery.routing_key:
        told.append(Problem("type_mismatch").at("type", WORDS))
    return told


def misaddressed(data: object, municipality: str) -> Iterator[FieldError]:
    """What `data` has against the city that it reached. municipality: that city's code."""
    named = data.get("municipality") if isinstance(data, dict) else None
    if isinstance(named, str) and named.strip() not in ("", municipality):
        yield Problem("other_municipality").at("municipality", WORDS)


def submission_command_id(portal: str, submission: str) -> UUID:
    """The command id of a submission: one per portal and submission id."""
    return uuid5(COMMAND_IDS, f"{portal}/{submission}")


def submission_id(command_id: UUID) -> UUID:
    """The id of what a submission brings: new streams take their id from the command's."""
    return uuid5(command_id, "submission")
