"""A calendar of single days that a city adopts: closed though they would be open, or open though they would be closed.

format = 1
municipality = "022012"
version = "2026-12"
effective_from = 2026-12-01
source = "…" and status = "seed", as in a pack
[[closed]]
day = 2026-12-28
reason = "庁舎の設備点検"
[[open]]
…
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256

from desk.packs.problems import FileInvalid, PackProblem
from desk.packs.reading import structured
from desk.packs.sections import EditionMark, Format, MunicipalityCode, Sourced


class CalendarInvalid(FileInvalid):
    """A calendar that cannot be used; its problems are listed, every one that was found."""

    code = "calendar_invalid"

    def __init__(self, problems: tuple[PackProblem, ...]) -> None:
        super().__init__(f"閉庁日の暦に{len(problems)}件の誤りがあります。", problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleDay:
    """A day, and why it is closed or open, in the city's words."""

    day: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSections(Sourced):
    """What stands in the file."""

    format: Format
    municipality: MunicipalityCode
    version: EditionMark
    effective_from: date
    closed: tuple[SingleDay, ...] = ()
    open: tuple[SingleDay, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar(CalendarSections):
    """A valid calendar, which counts for days from `effective_from` on. `digest`: SHA-256 (hex) of the file's bytes."""

    digest: str

    def why_closed(self, day: date) -> str | None:
        """Why the city closes on a day; None where the calendar does not close it."""
        return next((closed.reason for closed in self.closed if closed.day == day), None)

    def opens(self, day: date) -> bool:
        """Whether the city opens on a day that would be closed."""
        return any(opened.day == day for opened in self.open)


def read_calendar(content: bytes, *, origin: str) -> Calendar:
    """The calendar in these bytes (TOML in UTF-8); `origin` names the file in what is refused.

    Refused with `CalendarInvalid`, which lists every problem: what is not of the form, days named twice, and days
    before the one from which the calendar counts.
    """
    sections = structured(content, origin, CalendarSections, CalendarInvalid)
    found = tuple(PackProblem(origin=origin, key=key, reason=reason) for key, reason in _unfit_days(sections))
    if found:
        raise CalendarInvalid(found)
    section_by_name = {section.name: getattr(sections, section.name) for section in fields(sections)}
    return Calendar(digest=sha256(content).hexdigest(), **section_by_name)


def _unfit_days(sections: CalendarSections) -> Iterator[tuple[str, str]]:
    times_named = Counter(single.day for single in (*sections.closed, *sections.open))
    for name, days in (("closed", sections.closed), ("open", sections.open)):
        for number, single in enumerate(days):
            if times_named[single.day] > 1:
                yield f"{name}[{number}].day", f"{single.day} が重複しています。"
            if single.day < sections.effective_from:
                yield f"{name}[{number}].day", f"{single.day} は、この暦の適用日（effective_from）より前です。"
