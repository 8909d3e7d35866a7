"""The occasion on which a letter about a matter is written, and what it tells on it: when composed, when approved.

A service says what each of its letters tells (`Tells`), and drafts by them (`Drafted`). What was composed is drafted
once more when it is approved: a letter that would read otherwise by then does not go out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Protocol, TypeAlias, TypeVar

from desk.letters.commands import CodeItem, Recipient
from desk.letters.composing import CodeWanted, Draft, end_of
from desk.letters.correspondents import Correspondent
from desk.letters.events import CodePurpose, LetterComposed, Means
from desk.letters.overtaking import redirected, require_current
from desk.letters.refusals import LetterErased, LetterNotDue, LetterValuesUnfit
from desk.letters.state import code_item
from desk.letters.texts import Value
from desk.office import Office
from desk.packs import Pack
from desk.packs.letters import PLACES, LetterCode
from eventstore.protection import Closed
from eventstore.records import Recorded, StreamId

E = TypeVar("E")
NOT_DUE: Final = "この件は、この文書を送る段階にありません。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a letter is written on.

    matter, events: the record that it is about. last_day: until which a code may be used where the decision names no
    day. code_purpose: of a one-time link. item: the one thing that the letter asks about, where its matter does not say
    that, such as one use of an idea or one edition of minutes.
    """

    office: Office
    matter: StreamId
    events: tuple[Recorded, ...]
    last_day: date
    code_purpose: CodePurpose | None = None
    item: CodeItem | None = None

    def last(self, kind: type[E]) -> tuple[Recorded, E]:
        """The last event of a type. Raises `LetterNotDue` where there is none."""
        for recorded in reversed(self.events):
            if isinstance(recorded.event, kind):
                return recorded, recorded.event
        raise LetterNotDue(NOT_DUE)

    def pack_of(self, decided: Recorded) -> Pack:
        """The pack under which it was decided: its words are those of the decision."""
        return self.office.rules.of_digest(decided.policy) if decided.policy else self.office.pack()

    def until(self, day: date) -> datetime:
        """The end of a day, by which a code has to be used."""
        return end_of(day, self.office.pack().zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a letter tells beside what its matter is called, and the code that it carries."""

    values: Mapping[str, Value] = field(default_factory=dict, repr=False)
    code: CodeWanted | None = None


Tells: TypeAlias = Mapping[LetterCode, Callable[[Occasion], Contents]]
"""Letter → what it tells on an occasion."""


class Drafted(Protocol):
    """How a service drafts a letter about a matter. to: by which means, or to whom instead of whom the record names."""

    def __call__(self, template: LetterCode, occasion: Occasion, to: Means | Recipient) -> Draft: ...


def require_purpose(template: LetterCode, occasion: Occasion) -> None:
    """Raises `LetterValuesUnfit` for a one-time link without purpose, and for a purpose of any other letter's code."""
    if (occasion.code_purpose is not None) != (template is LetterCode.ONE_TIME_LINK):
        raise LetterValuesUnfit("番号の用途（code_purpose）は、手続用の番号のお知らせにだけ、必ず指定してください。")


def contents_by(tells: Tells, template: LetterCode, occasion: Occasion) -> Contents:
    """What a letter tells on its occasion.

    Raises `LetterNotDue` where the service has no such letter, `LetterErased` where what it would tell cannot be opened
    any more.
    """
    if template not in tells:
        raise LetterNotDue(NOT_DUE)
    try:
        return tells[template](occasion)
    except Closed:
        raise LetterErased("記録が消去されているため、文書を作成できません。") from None


def draft_of(
    template: LetterCode,
    occasion: Occasion,
    matter: Correspondent,
    tells: Contents,
    to: Means | Recipient,
    *,
    added: str | None = None,
) -> Draft:
    """The letter of a template on an occasion.

    matter: whom to write to, and what the matter is called. to: as of `Drafted`. added: one more paragraph. Raises
    `LetterAddressMissing` where the record knows no address by these means.
    """
    values = {**matter.values, **tells.values}
    return Draft(
        template=template,
        about=occasion.matter,
        recipient=to if isinstance(to, Recipient) else matter.recipient(to),
        values={name: value for name, value in values.items() if name in PLACES[template]},
        added=added,
        code=tells.code,
    )


def require_as_today(office: Office, events: Sequence[Recorded], drafted: Drafted, pack: Pack) -> None:
    """Compares a letter about a matter with what it would be today.

    events: the letter's, at least the first. pack: whose words it has. Raises `LetterOvertaken` where it would read
    otherwise or go elsewhere, and what `drafted` raises where it would not be written at all.
    """
    composed: LetterComposed = events[0].event
    template = LetterCode(composed.template)
    about = StreamId(composed.subject_category, composed.subject_id)
    occasion = Occasion(
        office=office,
        matter=about,
        events=office.store.load(about).events,
        last_day=_last_day(office, composed),
        code_purpose=composed.code_purpose if template is LetterCode.ONE_TIME_LINK else None,
        item=code_item(composed),
    )
    today = drafted(template, occasion, redirected(events) or composed.means)
    require_current(events, today, pack)


def _last_day(office: Office, composed: LetterComposed) -> date:
    """The last day of the letter's code: what it tells of that day is its own."""
    until = composed.code_valid_until
    return office.today() if until is None else office.day_of(until) - timedelta(days=1)
