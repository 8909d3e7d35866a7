"""What one table of a policy pack holds: a class for each, with the same names as in `municipalities/<name>.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Generic, NewType, TypeVar
from zoneinfo import ZoneInfo

from desk.packs.codes import (
    Counting,
    DeadlineNature,
    DeadlineUnit,
    HearingPolicy,
    Rolling,
    Status,
)
from desk.packs.problems import Unfit
from desk.permissions import Permission

T = TypeVar("T")

Code = NewType("Code", str)
"""A name for programs: lower-case ASCII letters, digits and `_`, beginning with a letter."""
EditionMark = NewType("EditionMark", str)
"""A version that sorts by time: year and month, `2026-04`, with `.2` and so on for a later one of that month."""
Month = NewType("Month", str)
"""Year and month, `2026-04`."""
Format = NewType("Format", int)
"""The form of the file itself: 1. A pack in the log is read for ever, so a later form needs another number."""
MunicipalityCode = NewType("MunicipalityCode", str)
"""Six digits with check digit (JIS X 0402)."""
Count = NewType("Count", int)
"""A whole number from 1."""
Percent = NewType("Percent", int)
"""A whole number from 1 to 100."""

AT_MOST: Final = {
    DeadlineUnit.OPEN_DAYS: 1_000,
    DeadlineUnit.DAYS: 3_650,
    DeadlineUnit.MONTHS: 120,
    DeadlineUnit.YEARS: 30,
}
"""What a deadline may count to: a longer one is a slip of the pen."""


class Complete:
    """Marks a section that must have a table for every code of its vocabulary, so that no silence is an oversight."""


class Distinct:
    """Marks a section or list in which nothing may be named twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """What every value of a pack carries: where it stands, with a quote or an article, and how far to trust it."""

    source: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated(Sourced, Generic[T]):
    """One value that is stated by its source."""

    value: T


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition(Sourced):
    """Which version of the pack this is, from when it applies (a day in the city), and the guideline it follows."""

    format: Format
    version: EditionMark
    effective_from: date
    guideline: str
    guideline_month: Month

    def __post_init__(self) -> None:
        if f"{self.effective_from:%Y-%m}" < self.guideline_month:
            raise Unfit("施行日（effective_from）が、もとになるガイドラインの策定より前になっています。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Municipality:
    """The city itself."""

    code: Stated[MunicipalityCode]
    name: Stated[str]
    name_en: Stated[str]
    time_zone: Stated[ZoneInfo]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk(Sourced):
    """The window for partnerships; `mail` is None where the guideline gives none."""

    name: str
    office: str
    address: str
    phone: str
    mail: str | None = None
    opening: Stated[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(Sourced):
    """A field of work (分野) that a call is about and that companies take an interest in."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRule(Sourced):
    """Whether proposals are taken by this way, and what the office calls it."""

    name: str
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRule(Sourced):
    """What the city calls something, and in a sentence what it is."""

    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge(Sourced):
    """A declaration shown at submission; `text` is there wherever it is required."""

    required: bool
    text: str | None = None

    def __post_init__(self) -> None:
        if self.required and self.text is None:
            raise Unfit("required = true の誓約には text（画面に示す文）が必要です。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause(Sourced):
    """One sentence to acknowledge, exactly as in the city's guideline."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms(Sourced):
    """What a proposer acknowledges; a changed clause is a new version."""

    version: EditionMark
    clauses: Mapping[Code, Clause]


@dataclass(frozen=True, slots=True, kw_only=True)
class Department(Sourced):
    """A section of the city and its duties in the words of its office (事務分掌).

    formerly: the codes under which earlier packs had it, or what has come together in it (組織改正).
    """

    name: str
    duties: str
    formerly: Annotated[tuple[Code, ...], Distinct] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Role(Sourced):
    """What whoever holds this role may do."""

    name: str
    permissions: Annotated[tuple[Permission, ...], Distinct]


@dataclass(frozen=True, slots=True, kw_only=True)
class Portals(Sourced):
    """Names of the portals whose store is the city's own file, so that what they hold has reached the city (到達)."""

    city_run: Annotated[tuple[str, ...], Distinct]


@dataclass(frozen=True, slots=True, kw_only=True)
class Method(Sourced):
    """Another way of working together (その他連携手法); `relief_at_most` in percent of the donation."""

    name: str
    description: str
    legal_basis: Stated[str]
    relief_at_most: Percent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementType(Sourced):
    """What the city calls an agreement or outcome, and how many fields it must span at least."""

    name: str
    description: Stated[str]
    fields_at_least: Stated[Count] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Sourced):
    """A period of `value` units, from what it runs, how it is counted and whether its end moves."""

    value: Count
    unit: DeadlineUnit
    counting: Counting
    rolling: Rolling
    nature: DeadlineNature
    starts: str

    def __post_init__(self) -> None:
        if self.value > AT_MOST[self.unit]:
            raise Unfit(f"期間が長すぎます。{self.unit} は {AT_MOST[self.unit]} までにしてください。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing(Sourced):
    """When the proposer is asked before a disclosure."""

    policy: HearingPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class NonDisclosureClass(Sourced):
    """A ground for not disclosing (不開示情報); `lapses_once_decided` where it ends with the decision it protects."""

    number: Count
    name: str
    description: str
    lapses_once_decided: bool = False
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionClass(Sourced):
    """How many years records are kept from April 1 after completion, and which records these are."""

    years: Count
    records: str
