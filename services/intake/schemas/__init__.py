"""From messages to content: strict about strangers, all errors at once, each with field, code and sentence."""

from services.intake.schemas.entry import (
    ConversionEntry,
    ConversionEntrySchema,
    CorrectionEntry,
    CorrectionEntrySchema,
    Entry,
    EntrySchema,
)
from services.intake.schemas.inquiry import InquirySchema
from services.intake.schemas.problems import SENTENCES, Problem
from services.intake.schemas.proposal import ProposalSchema

__all__ = [
    "SENTENCES",
    "ConversionEntry",
    "ConversionEntrySchema",
    "CorrectionEntry",
    "CorrectionEntrySchema",
    "Entry",
    "EntrySchema",
    "InquirySchema",
    "Problem",
    "ProposalSchema",
]
