"""The register of exclusions and suspensions (登録簿): measures entered, corrected and lifted, and whom they concern.

An entry rejects nobody. While its period runs it flags the proposals of its party, and names those that may be its
party's to a person who confirms or dismisses them (candidates).
"""

from services.intake.domain.register_entry.commands import (
    BeginMeasure,
    ConfirmCandidate,
    CorrectMeasure,
    DismissCandidate,
    EndMeasure,
    EnterMeasure,
    LiftMeasure,
    NoteCandidate,
)
from services.intake.domain.register_entry.decider import (
    REGISTER_ENTRY,
    CandidateUnknown,
    LiftedInTheFuture,
    MeasureAlreadyEntered,
    MeasureNoLongerStands,
)
from services.intake.domain.register_entry.events import (
    CandidateConfirmed,
    CandidateDismissed,
    CandidateFound,
    MeasureBegun,
    MeasureCorrected,
    MeasureEnded,
    MeasureEntered,
    MeasureLifted,
    RegisterEntryEvent,
)
from services.intake.domain.register_entry.measure import (
    ClauseRequired,
    DiscretionUnexplained,
    FindingUnexplained,
    KindContradictsClause,
    Measure,
    NoExclusionRules,
    RuleUnknown,
    Standing,
)
from services.intake.domain.register_entry.state import Candidacy, Concern, RegisterEntry, concern

__all__ = [
    "REGISTER_ENTRY",
    "BeginMeasure",
    "Candidacy",
    "CandidateConfirmed",
    "CandidateDismissed",
    "CandidateFound",
    "CandidateUnknown",
    "ClauseRequired",
    "Concern",
    "ConfirmCandidate",
    "CorrectMeasure",
    "DiscretionUnexplained",
    "DismissCandidate",
    "EndMeasure",
    "EnterMeasure",
    "FindingUnexplained",
    "KindContradictsClause",
    "LiftMeasure",
    "LiftedInTheFuture",
    "Measure",
    "MeasureAlreadyEntered",
    "MeasureBegun",
    "MeasureCorrected",
    "MeasureEnded",
    "MeasureEntered",
    "MeasureLifted",
    "MeasureNoLongerStands",
    "NoExclusionRules",
    "NoteCandidate",
    "RegisterEntry",
    "RegisterEntryEvent",
    "RuleUnknown",
    "Standing",
    "concern",
]
