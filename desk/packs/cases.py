"""What a city says of its cases (案件): the phases of its own procedure, and how they are accompanied."""

from dataclasses import dataclass
from typing import Annotated

from desk.packs.codes import CaseStatus
from desk.packs.sections import Count, Distinct, Sourced, Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase(Sourced):
    """A phase of the city's procedure (進め方), and the states of cases in it; none where no case is open."""

    name: str
    states: Annotated[tuple[CaseStatus, ...], Distinct]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accompaniment:
    """How a case is accompanied (伴走).

    silent_after_days: without contact, after which somebody is reminded. tells_progress: whether proposers who ask are
    told that a department is sought and found, and when, without its name; they are not unless it is stated.
    """

    silent_after_days: Stated[Count]
    tells_progress: Stated[bool] | None = None
