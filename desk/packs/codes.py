"""The closed vocabularies that policy packs, services and messages share; what a city calls them stands in its pack."""

from enum import StrEnum, unique


@unique
class Status(StrEnum):
    """How far a value of a pack can be trusted; `assumed` shows 要確認 in the office."""

    SEED = "seed"
    """Stands in that city's own guideline."""
    SECONDARY = "secondary"
    """Read in another source, such as a law or an ordinance, that `source` names."""
    ASSUMED = "assumed"
    """Chosen by us until the city says."""


@unique
class Purpose(StrEnum):
    """What a partnership serves, as `purposes` in `wire.md`."""

    CITIZEN_SERVICE = "citizen_service"
    REGIONAL_ISSUE = "regional_issue"
    REGIONAL_VITALITY = "regional_vitality"


@unique
class Channel(StrEnum):
    """The way by which a proposal or inquiry reaches the office."""

    PORTAL = "portal"
    COUNTER = "counter"
    PHONE = "phone"
    MAIL = "mail"
    POST = "post"


@unique
class ProposalKind(StrEnum):
    """Whether a proposal came of itself (自由提案) or answers a call (課題提案)."""

    FREE = "free"
    CALL = "call"


@unique
class ProposerKind(StrEnum):
    """Who proposes, as `proposer.kind` in `wire.md`."""

    CORPORATION = "corporation"
    UNIVERSITY = "university"
    ORGANISATION = "organisation"
    SOLE_PROPRIETOR = "sole_proprietor"
    INDIVIDUAL = "individual"


@unique
class MeasureKind(StrEnum):
    """A measure that was taken (措置を受けている), or a party deemed to fall under its rule (該当すると認められる)."""

    SUSPENDED = "suspended"
    DEEMED = "deemed"


@unique
class PledgeCode(StrEnum):
    """What a proposer declares with a submission, as `pledges` in `wire.md`."""

    NOT_EXCLUDED = "not_excluded"
    TERMS = "terms"
    TRUE_AND_CORRECT = "true_and_correct"


@unique
class AgreementKind(StrEnum):
    """What a partnership may end in; `none` is an implementation without an agreement."""

    PROJECT = "project"
    COMPREHENSIVE = "comprehensive"
    NONE = "none"
    OUTSOURCING = "outsourcing"


@unique
class CaseStatus(StrEnum):
    """Where a case (案件) stands in matching; a city's phases say which of these they cover."""

    ABSENT = "absent"
    UNASSIGNED = "unassigned"
    OFFERED = "offered"
    TAKEN = "taken"
    IN_DIALOGUE = "in_dialogue"
    AGREED = "agreed"
    DECIDED = "decided"
    ANSWERED = "answered"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


@unique
class DeadlineCode(StrEnum):
    """Every period that the services count."""

    FIRST_CONTACT = "first_contact"
    DEPARTMENT_ANSWER = "department_answer"
    ANSWER_WITH_REASON = "answer_with_reason"
    DEMONSTRATION_REPORT = "demonstration_report"
    DISCLOSURE_DECISION = "disclosure_decision"
    DISCLOSURE_EXTENSION = "disclosure_extension"
    DISCLOSURE_MASS_VOLUME = "disclosure_mass_volume"
    OPINION_DUE = "opinion_due"
    WAIT_AFTER_OBJECTION = "wait_after_objection"
    WAIT_AFTER_REJECTED_APPEAL = "wait_after_rejected_appeal"
    APPEAL_FROM_KNOWING = "appeal_from_knowing"
    APPEAL_FROM_ACT = "appeal_from_act"
    HOLD_AFTER_DECISION = "hold_after_decision"


@unique
class DeadlineUnit(StrEnum):
    """What a deadline counts; `open_days` leaves out the days on which the office is closed (閉庁日)."""

    OPEN_DAYS = "open_days"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


@unique
class Counting(StrEnum):
    """Which day is the first: 「起算して15日」 and 「15日以内」 end on different days (民法140条)."""

    INCLUSIVE = "inclusive"
    """「起算して」: the day of the event is day one."""
    EXCLUSIVE = "exclusive"
    """「以内」: the day of the event does not count, and the period ends with its last day."""
    NEXT_DAY = "next_day"
    """「翌日から起算して」: as many days after the event as `exclusive`, but written so in the rule."""
    CLEAR = "clear"
    """「間に…置く」: so many whole days lie between the two acts."""


@unique
class Rolling(StrEnum):
    """Whether a last day on which the office is closed moves to the next open day."""

    NONE = "none"
    NEXT_OPEN_DAY = "next_open_day"
    """For acts toward the city only (地方自治法4条の2第4項)."""


@unique
class DeadlineNature(StrEnum):
    """Whether a rule sets the deadline or the office sets it for itself."""

    RULE = "rule"
    TARGET = "target"
    """Shown as a target, never as a right."""


@unique
class HearingPolicy(StrEnum):
    """When a third party is heard before a document about it is disclosed (第三者意見照会)."""

    ALWAYS = "always"
    BY_LAW = "by_law"
    """Only where the ordinance demands it; otherwise an officer decides."""
