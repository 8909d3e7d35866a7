"""A wish to have sealed values opened in a replay: recorded first, and only then given the keys that open them."""

from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

import orjson

from apps.provisioning.city import COMMAND_LINE
from apps.records.selection import Selection
from desk.access import RecordsRevealed, access_stream
from desk.office import Office
from desk.openings import stated_purpose
from desk.permissions import Permission
from eventstore.city import City
from eventstore.decider import noting
from eventstore.errors import Refusal
from eventstore.execution import execute
from eventstore.protection import Protection, Sealed
from eventstore.records import Context
from eventstore.sealing.keys import MasterKeys
from services.administration.declaration import ADMINISTRATION

REVEALABLE: Final = (Protection.INTERNAL, Protection.PERSONAL, Protection.BUSINESS, Protection.DELIBERATION)
"""`safety` opens in intake and disclosure alone, where the inquiry to the police is dealt with."""


class ClassNotRevealable(Refusal):
    """A class that no replay opens."""

    code = "class_not_revealable"


class PurposeRequired(Refusal):
    """Nothing is opened without saying what for."""

    code = "purpose_required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """A wish to have sealed values opened: which classes, what for, and the actor token of who asks.

    Raises `ClassNotRevealable` for `safety` and `public`, `PurposeRequired` without a purpose.
    """

    classes: frozenset[Protection]
    purpose: str | None = field(repr=False)
    token: str | None = field(repr=False)

    def __post_init__(self) -> None:
        for one in sorted(self.classes - set(REVEALABLE)):
            raise ClassNotRevealable(f"a replay does not open {one}")
        if stated_purpose(self.purpose) is None:
            raise PurposeRequired("閲覧の目的を入力してください。")


def record_reveal(city: City, reveal: Reveal, selection: Selection, size: int, command_id: UUID) -> MasterKeys:
    """Records who opens what and what for, and only then gives the keys that open it.

    The same command again is recorded once. Raises `TokenRefused`, `NotPermitted`, `CommandIdReused` where the command
    was another person's or for another purpose, `Unavailable`.
    """
    masters = city.master_keys({one.group for one in reveal.classes})
    with closing(Office(ADMINISTRATION, city)) as office:
        actor = replace(office.acting(reveal.token, Permission.RECORDS_REVEAL), app=COMMAND_LINE)
        revealed = RecordsRevealed(
            classes=tuple(sorted(reveal.classes)),
            size=size,
            as_of=selection.as_of,
            recorded_from=selection.recorded_from,
            recorded_to=selection.recorded_to,
            types=tuple(sorted(selection.types)),
            streams=tuple(sorted(map(str, selection.streams))),
            purpose=Sealed(reveal.purpose or ""),
        )
        content = [str(actor.id), reveal.purpose, sorted(reveal.classes), size, selection.stated()]
        context = Context(
            command_id=command_id,
            correlation_id=command_id,
            actor=actor,
            policy=office.pack().digest,
            digest=office.digest(orjson.dumps(content)),
        )
        stream = access_stream(ADMINISTRATION.name, command_id)
        execute(office.store, noting(stream.category), stream, revealed, context)
    return masters
