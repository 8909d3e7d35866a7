"""Whom the desk writes to about a matter, by what its record says today: what was told last is true."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from desk.letters.commands import Recipient
from desk.letters.composing import addressee
from desk.letters.events import Means
from desk.letters.refusals import LetterAddressMissing, LetterErased
from desk.letters.texts import Value
from eventstore.protection import Sealed

TOLD: Final = frozenset(
    {
        "receipt_number", "title", "subject", "received_on", "proposer_name", "proposer_address", "contact_id",
        "contact_affiliation", "contact_name", "contact_email",
    }
)  # fmt: skip
"""What letters take from a record, by the name that every event has for it."""


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


SUCCESSION: Final = "succeeded_on"
"""The field by which an event tells that another stands in the proposer's place (承継)."""


def told_last(events: Iterable[Mapping[str, Any]], names: Iterable[str]) -> dict[str, Any]:
    """The last value of each name, opened; what cannot be opened any more is not told.

    events: their fields by name, first to last. Whoever succeeds has no contact until one is told: whom the one before
    had named is not to hear of it.
    """
    told: dict[str, Any] = {}
    for event in events:
        if SUCCESSION in event:
            told |= {name: None for name in told if name.startswith("contact_")}
        for name in names:
            if name in event:
                value = event[name]
                told.pop(name, None)
                if not isinstance(value, Sealed):
                    told[name] = value
                elif value.is_open:
                    told[name] = value.reveal()
    return told


def correspondent_of(told: Mapping[str, Any]) -> Correspondent:
    """Whom to write to about a matter. told: of `TOLD`, what is known; absent or None is what is not.

    Raises `LetterErased` where the contact's key is gone, `LetterAddressMissing` where a successor has told none yet.
    """
    if "contact_id" in told and told["contact_id"] is None:
        raise LetterAddressMissing(
            "提案者が代わった後の連絡先が記録されていません。連絡先を変更してから作成してください。"
        )
    if told.get("contact_name") is None:
        raise LetterErased("連絡先の情報が消去されているため、文書を作成できません。")
    return Correspondent(
        contact_id=told["contact_id"],
        lines=addressee(told.get("proposer_name"), told.get("contact_affiliation"), told["contact_name"]),
        addresses={Means.MAIL: told.get("contact_email"), Means.POST: told.get("proposer_address")},
        values=_values(told),
    )


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
