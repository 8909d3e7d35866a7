"""Who may propose, and which proposers and projects are shut out: the tables of a pack that say so."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.packs.codes import MeasureKind
from desk.packs.problems import Unfit
from desk.packs.sections import Code, Count, Sourced, Stated


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposerRefusal(Sourced):
    """The stable code and the sentence with which a kind of proposer is sent on to the right window."""

    code: Code
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposerRule(Sourced):
    """Whether a kind of proposer may propose; `refusal` is there exactly where it may not."""

    name: str
    accepted: bool
    refusal: ProposerRefusal | None = None

    def __post_init__(self) -> None:
        if self.accepted == (self.refusal is not None):
            raise Unfit("accepted = false のときだけ refusal（お断りの文）を書き、true のときは書かないでください。")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExclusionClause(Sourced):
    """One ground within an exclusion rule; `at_most_years` limits the period for which it may bar.

    measure: whether it is about measures that were taken or about parties deemed to fall under it, where it says so.
    asked_of_police: whether only the police can say if it applies, where its rule does not say so for all of them.
    """

    text: str
    at_most_years: Count | None = None
    measure: MeasureKind | None = None
    asked_of_police: Stated[bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Sourced):
    """A rule that shuts out a proposer or a project; a discretionary one needs reason, decider and approval.

    asked_of_police: whether only the police can say if it applies (警察への照会). What they are asked is kept apart.
    """

    text: str
    law: Stated[str] | None = None
    discretionary: bool
    asked_of_police: Stated[bool] | None = None
    clauses: Mapping[Code, ExclusionClause] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.asked_of_police and any(clause.asked_of_police for clause in self.clauses.values()):
            raise Unfit("asked_of_police は、要件と号のどちらか一方にだけ書いてください。")
