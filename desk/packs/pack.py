"""A policy pack: everything that a city decides for itself, as data, each value with its source and its status.

A third city is a new file: no code asks which city it serves. A section that only some guidelines know is optional;
where it is absent, that city has no such rule.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated
from zoneinfo import ZoneInfo

from desk.packs.cases import Accompaniment, Phase
from desk.packs.closed_days import LAW, ClosedDays
from desk.packs.codes import (
    AgreementKind,
    CaseStatus,
    Channel,
    DeadlineCode,
    PledgeCode,
    ProposalKind,
    ProposerKind,
    Purpose,
)
from desk.packs.letters import LetterRules
from desk.packs.proposers import Exclusion, ProposerRefusal, ProposerRule
from desk.packs.sections import (
    AgreementType,
    ChannelRule,
    Code,
    Complete,
    Deadline,
    Department,
    Desk,
    Distinct,
    Edition,
    Hearing,
    Method,
    Municipality,
    MunicipalityCode,
    NamedRule,
    NonDisclosureClass,
    Pledge,
    Portals,
    RetentionClass,
    Role,
    Stated,
    Subject,
    Terms,
)
from desk.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class PackSections:
    """The sections of a pack as they stand in the file, in the file's order."""

    edition: Edition
    municipality: Municipality
    desk: Desk
    purposes: Annotated[Mapping[Purpose, Stated[str]], Complete]
    subjects: Annotated[Mapping[Code, Subject], Distinct] = field(default_factory=dict)
    channels: Annotated[Mapping[Channel, ChannelRule], Complete]
    kinds: Annotated[Mapping[ProposalKind, NamedRule], Complete]
    proposers: Annotated[Mapping[ProposerKind, ProposerRule], Complete]
    pledges: Annotated[Mapping[PledgeCode, Pledge], Complete]
    terms: Terms
    proposer_exclusions: Mapping[Code, Exclusion] = field(default_factory=dict)
    project_exclusions: Mapping[Code, Exclusion] = field(default_factory=dict)
    departments: Annotated[Mapping[Code, Department], Distinct]
    phases: Annotated[Mapping[Code, Phase], Distinct] = field(default_factory=dict)
    accompaniment: Accompaniment | None = None
    roles: Annotated[Mapping[Code, Role], Distinct]
    portals: Portals
    methods: Annotated[Mapping[Code, Method], Distinct] = field(default_factory=dict)
    agreements: Annotated[Mapping[AgreementKind, AgreementType], Distinct]
    closed_days: ClosedDays = LAW
    deadlines: Annotated[Mapping[DeadlineCode, Deadline], Complete]
    hearing: Hearing
    non_disclosure: Annotated[Mapping[Code, NonDisclosureClass], Distinct] = field(default_factory=dict)
    retention: Annotated[Mapping[Code, RetentionClass], Distinct]
    letters: LetterRules | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack(PackSections):
    """A valid pack, and the questions that services ask of it.

    `digest` is the SHA-256 of the file's bytes in lower-case hex; decisions name it.
    """

    digest: str

    @property
    def version(self) -> str:
        """The version by which people call this pack, such as `2026-04`."""
        return self.edition.version

    @property
    def municipality_code(self) -> MunicipalityCode:
        """Six digits, as `municipality` in `wire.md`."""
        return self.municipality.code.value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which this city's legal days begin and end."""
        return self.municipality.time_zone.value

    @property
    def required_pledges(self) -> frozenset[PledgeCode]:
        """The pledges without which this city takes no submission."""
        return frozenset(code for code, pledge in self.pledges.items() if pledge.required)

    def refusal_of(self, kind: ProposerKind) -> ProposerRefusal | None:
        """Code and sentence with which this kind of proposer is sent on; None where it may propose."""
        return self.proposers[kind].refusal

    def accepts_channel(self, channel: Channel) -> bool:
        """Whether proposals are taken by this way."""
        return self.channels[channel].accepted

    def is_city_run(self, portal: str) -> bool:
        """Whether what this portal (by name) stores is thereby in the city's hands, so that its `time` counts."""
        return portal in self.portals.city_run

    @property
    def asks_police(self) -> bool:
        """Whether there is anything that only the police can say (警察への照会)."""
        rules = (*self.proposer_exclusions.values(), *self.project_exclusions.values())
        clauses = (clause.asked_of_police for rule in rules for clause in rule.clauses.values())
        return any(asked.value for asked in (*clauses, *(rule.asked_of_police for rule in rules)) if asked)

    @property
    def roles_accepting_unknowing(self) -> tuple[Code, ...]:
        """The roles that accept proposals and may not know what the police said of them, where these are asked."""
        accept, knows = Permission.PROPOSAL_ACCEPT, Permission.POLICE_INQUIRE
        return tuple(
            code
            for code, role in self.roles.items()
            if self.asks_police and accept in role.permissions and knows not in role.permissions
        )

    def department_codes(self, department: str) -> frozenset[str]:
        """All codes under which a department is on record: its own, and those that came together in it by this pack.

        department: any of them. A code that this pack does not know stands for itself alone.
        """
        now = self.department_now(department)
        return frozenset({department}) if now is None else frozenset({now, *self.departments[now].formerly})

    def department_name(self, department: str) -> str:
        """What a department is called that was called so at some time; the code itself where it has gone."""
        now = self.department_now(department)
        return department if now is None else self.departments[now].name

    def department_now(self, department: str) -> Code | None:
        """The code by which this pack has a department that was called so; None where it has gone without successor."""
        code = Code(department)
        if code in self.departments:
            return code
        return next((now for now, one in self.departments.items() if code in one.formerly), None)

    def phase_of(self, status: CaseStatus) -> Phase | None:
        """The phase in which a case stands; None where this pack names none for it."""
        return next((phase for phase in self.phases.values() if status in phase.states), None)

    def role_name(self, role: str) -> str:
        """What people call a role; its code where this pack does not know it."""
        known = self.roles.get(Code(role))
        return known.name if known else role

    def permissions_of(self, roles: Iterable[str]) -> frozenset[Permission]:
        """All that these roles together may do; a role that the pack does not know may do nothing."""
        known = (self.roles[Code(role)] for role in roles if role in self.roles)
        return frozenset(permission for role in known for permission in role.permissions)
