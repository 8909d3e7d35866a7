"""Opens a record for somebody: the opening is on record first, and only then is anything given out."""

import unicodedata
from contextlib import suppress
from typing import Final
from uuid import uuid4

from desk.access import RecordOpened, access_rules, access_stream
from desk.office import Office
from eventstore.errors import FieldError, InvalidMessage, StreamConflict, Unavailable
from eventstore.execution import execute
from eventstore.records import Actor, Context

PURPOSE_LIMIT: Final = 400
"""Characters."""
PURPOSE_PROBLEMS: Final = {
    "wrong_type": "閲覧の目的の形式が正しくありません。",
    "required": "閲覧の目的を入力してください。",
    "too_long": f"閲覧の目的が長すぎます（{PURPOSE_LIMIT}文字まで）。",
    "control_character": "閲覧の目的に使えない文字が含まれています。",
}
ROUNDS: Final = 10
"""How often readers of one record may come before one another; of those that meet, one is through each time."""


class OpeningNotRecorded(Unavailable):
    """So many opened the record at once that this opening found no place in its stream."""

    code = "opening_not_recorded"


def record_opening(office: Office, service: str, opened: RecordOpened, actor: Actor) -> None:
    """Records that a service is about to show the actor a record. Raises `Unavailable`: then nothing may be shown."""
    command_id = uuid4()
    context = Context(command_id=command_id, correlation_id=command_id, actor=actor, policy=office.pack().digest)
    for _ in range(ROUNDS):
        with suppress(StreamConflict):
            execute(office.store, access_rules(service), access_stream(service, opened.record_id), opened, context)
            return
    raise OpeningNotRecorded("閲覧の記録が混み合っています。もう一度お試しください。")


def stated_purpose(given: object) -> str | None:
    """A purpose as it was stated, None where none was. Raises `InvalidMessage` for what is no line of text."""
    if given is None:
        return None
    problem = _problem(given)
    if problem:
        error = FieldError(field="purpose", code=problem, message=PURPOSE_PROBLEMS[problem])
        raise InvalidMessage("入力内容に誤りがあります。", errors=(error,))
    return str(given)


def _problem(given: object) -> str | None:
    if not isinstance(given, str):
        return "wrong_type"
    if not given.strip():
        return "required"
    if len(given) > PURPOSE_LIMIT:
        return "too_long"
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in given):
        return "control_character"
    return None
