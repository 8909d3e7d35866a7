"""Whom the desk writes to about a matter, by what its record says today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Final
from uuid import UUID

from desk.letters.commands import Recipient
from desk.letters.composing import addressee
from desk.letters.events import Means
from desk.letters.refusals import LetterAddressMissing, LetterErased
from desk.letters.texts import Value
from eventstore.errors import NotFound
from eventstore.protection import Sealed
from eventstore.records import Recorded

TOLD_LATEST: Final = frozenset(
    {
        "receipt_number", "title", "subject", "received_on", "proposer_name", "proposer_address", "contact_id",
        "contact_affiliation", "contact_name", "contact_email",
    }
)  # fmt: skip
"""What letters take from a record, by the name that every event has for it: what was told last is true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """Whom the desk writes to about a matter. values: what the matter is called, by the names of letters' places."""

    contact_id: UUID
    lines: tuple[str, ...] = field(repr=False)
    addresses: Mapping[Means, str | None] = field(repr=False)
    values: Mapping[str, Value] = field(repr=False)

    def recipient(self, means: Means) -> Recipient:
        """The recipient by these means. Refused with `LetterAddressMissing` where no such address is known."""
        address = self.addresses[means]
        if not address:
            raise LetterAddressMissing("宛先（メールアドレスまたは住所）が分からないため、文書を作成できません。")
        return Recipient(id=self.contact_id, lines=self.lines, means=means, address=address)


def correspondent(events: Sequence[Recorded]) -> Correspondent:
    """Whom to write to about a proposal or inquiry.

    Raises `NotFound` without any event, `LetterErased` where the contact's key is gone.
    """
    if not events:
        raise NotFound
    told = _latest(events)
    if "contact_name" not in told:
        raise LetterErased("連絡先の情報が消去されているため、文書を作成できません。")
    return Correspondent(
        contact_id=told["contact_id"],
        lines=addressee(told.get("proposer_name"), told.get("contact_affiliation"), told["contact_name"]),
        addresses={Means.MAIL: told.get("contact_email"), Means.POST: told.get("proposer_address")},
        values=_values(told),
    )


def _latest(events: Sequence[Recorded]) -> dict[str, Any]:
    """The last value of each name; what cannot be opened any more is not told."""
    told: dict[str, Any] = {}
    for recorded in events:
        for one in fields(recorded.event):
            if one.name in TOLD_LATEST:
                value = getattr(recorded.event, one.name)
                told.pop(one.name, None)
                if not isinstance(value, Sealed):
                    told[one.name] = value
                elif value.is_open:
                    told[one.name] = value.reveal()
    return told


def _values(told: Mapping[str, Any]) -> dict[str, Value]:
    values: dict[str, Value] = {
        name: told[name]
        for name in ("receipt_number", "title", "received_on")
        if isinstance(told.get(name), str | date)
    }
    if "subject" in told:
        values["title"] = told["subject"]
    if "title" in values and "receipt_number" in values:
        values["matter"] = f"「{values['title']}」（受付番号 {values['receipt_number']}）"
    return values
