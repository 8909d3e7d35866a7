"""Minutes (議事録) as they are shown: set as a sheet that both sides confirm, compared, and given out as a file.

The sheet shows who took part by side and position. Names stand in the record of the session alone: their key may end
without the minutes ending with it.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final, TypeVar
from uuid import UUID

from desk.comparing import changed_sentences
from desk.letters.composing import enquiries
from desk.packs import Pack
from desk.wareki import wareki
from eventstore.errors import Refusal
from eventstore.records import Recorded
from eventstore.store import EventStore, Stream
from services.matching.domain.case.dialogue import (
    MinutesAbsent,
    MinutesConfirmedByCity,
    MinutesDrafted,
    SessionHeld,
    SessionUnknown,
    Side,
)
from services.matching.domain.minutes import MINUTES, MinutesKept, minutes_stream
from services.matching.projections.case_sentences import SETTINGS
from services.matching.queries.proposals import ProposalAsTold

E = TypeVar("E", SessionHeld, MinutesDrafted, MinutesConfirmedByCity)

SIDES: Final[Mapping[Side, str]] = {Side.CITY: "出席者（市）", Side.PROPOSER: "出席者（提案者）"}
ERASED: Final = "（消去済み）"
ASKED: Final = "提案者には、この版のとおりで相違がないことの確認をお願いします。修正のお申出があれば、版を改めます。"


class MinutesErased(Refusal):
    """What the minutes say has been erased."""

    code = "minutes_erased"
    sentence = "この議事録は消去されているため、開けません。"


class MinutesFileAbsent(Refusal):
    """The city stands by no such edition: there is no file of it."""

    code = "minutes_file_absent"
    sentence = "市が確認していない議事録には、ファイルがありません。"


class MinutesFileAltered(Refusal):
    """The file that is kept, if there is one, is not the one that the city confirmed: somebody has to look into it."""

    code = "minutes_file_altered"
    sentence = "保管されている議事録のファイルが、市の確認したものと一致しません。システムの管理者に連絡してください。"


class EditionUnknown(Refusal):
    """The minutes have no such edition."""

    code = "edition_unknown"
    sentence = "この版の議事録はありません。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Documented:
    """A session with all editions of its minutes. confirmed: those that the city stood by, the oldest first."""

    held: SessionHeld
    drafts: tuple[MinutesDrafted, ...]
    confirmed: tuple[MinutesConfirmedByCity, ...]

    def text(self, edition: int) -> str:
        """What an edition says. Raises `MinutesAbsent`, `EditionUnknown`, and `MinutesErased` where it is closed."""
        if not self.drafts:
            raise MinutesAbsent
        if not 0 < edition <= len(self.drafts):
            raise EditionUnknown
        text = self.drafts[edition - 1].text
        if not text.is_open:
            raise MinutesErased
        return text.reveal()


def documented(events: Sequence[Recorded], session_id: UUID) -> Documented:
    """What a case's events say of one session. Raises `SessionUnknown`."""
    held = _of(events, SessionHeld, session_id)
    if not held:
        raise SessionUnknown
    return Documented(
        held=held[0],
        drafts=_of(events, MinutesDrafted, session_id),
        confirmed=_of(events, MinutesConfirmedByCity, session_id),
    )


def _of(events: Sequence[Recorded], kind: type[E], session_id: UUID) -> tuple[E, ...]:
    return tuple(one.event for one in events if isinstance(one.event, kind) and one.event.session_id == session_id)


def sheet(session: Documented, edition: int, told: ProposalAsTold, pack: Pack, confirmed_on: date) -> dict[str, Any]:
    """The values of the paper's template `minutes`, as the city confirms an edition.

    Raises as `Documented.text` does.
    """
    held = session.held
    text = session.text(edition)
    about = [("提案の件名", told.title)] if told.title else []
    return {
        "title": "対話の議事録",
        "edition": f"第{edition}版",
        "facts": [
            *about,
            ("対話をした日", wareki(held.held_on)),
            ("方法", SETTINGS[held.setting]),
            *((label, _present(held, side)) for side, label in SIDES.items()),
            ("議題", held.subject.reveal() if held.subject.is_open else ERASED),
        ],
        "text": text.split("\n\n"),
        "statement": [
            f"{pack.municipality.name.value}は、{wareki(confirmed_on)}に、この版の内容を確認しました。",
            ASKED,
        ],
        "office": enquiries(pack),
    }


def _present(held: SessionHeld, side: Side) -> str:
    """Their positions, and how many had none."""
    if not held.participants.is_open:
        return ERASED
    present = [one.position for one in held.participants.reveal() if one.side is side]
    positions = [position for position in present if position]
    others = len(present) - len(positions)
    counted = [f"ほか{others}名" if positions else f"{others}名"] if others else []
    return "\n".join(positions + counted)


def compared(read: Stream, session_id: UUID, edition_from: int, edition_to: int) -> dict[str, Any]:
    """What changed from one edition to another. read: the case. Raises `SessionUnknown`, and as `Documented.text`."""
    session = documented(read.events, session_id)
    old, new = session.text(edition_from), session.text(edition_to)
    return {
        "case_id": str(read.id.id),
        "session_id": str(session_id),
        "version": read.version,
        "edition_from": edition_from,
        "edition_to": edition_to,
        "old": old,
        "new": new,
        **changed_sentences(old, new),
    }


def file_of(store: EventStore, read: Stream, session_id: UUID, edition: int | None) -> dict[str, Any]:
    """The file of an edition, None for the newest that has one. store: where files are kept. read: the case.

    Raises `SessionUnknown`, `MinutesFileAbsent`, `MinutesErased` and `MinutesFileAltered`.
    """
    confirmed = documented(read.events, session_id).confirmed
    wanted = [one for one in confirmed if edition in (None, one.edition)]
    if not wanted:
        raise MinutesFileAbsent
    latest = wanted[-1]
    file = _kept(store, latest)
    return {
        "edition": latest.edition,
        "file_name": f"議事録_{latest.confirmed_on.isoformat()}_第{latest.edition}版.pdf",
        "media_type": "application/pdf",
        "content": b64encode(file).decode(),
    }


def _kept(store: EventStore, confirmed: MinutesConfirmedByCity) -> bytes:
    kept: MinutesKept | None = MINUTES.fold(store.load(minutes_stream(confirmed.session_id, confirmed.edition)).events)
    if not confirmed.file_sha256.is_open or (kept is not None and not kept.file.is_open):
        raise MinutesErased
    if kept is None or sha256(kept.file.reveal()).digest() != confirmed.file_sha256.reveal():
        raise MinutesFileAltered
    return kept.file.reveal()
