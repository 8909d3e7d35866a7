"""An inquiry (相談・問合せ): a lighter record than a proposal; it is answered, and closed or turned into a proposal."""

from services.intake.domain.inquiry.decider import (
    INQUIRY,
    AnswerInquiry,
    CloseInquiry,
    ConvertInquiry,
    Inquiry,
    InquiryAlreadyReceived,
    InquiryCommand,
    InquiryIsClosed,
    InquiryIsConverted,
    InquiryNotAnswered,
    ReceiveInquiry,
)
from services.intake.domain.inquiry.events import (
    InquiryAnswered,
    InquiryClosed,
    InquiryConverted,
    InquiryEvent,
    InquiryReceived,
    InquiryStatus,
)

__all__ = [
    "INQUIRY",
    "AnswerInquiry",
    "CloseInquiry",
    "ConvertInquiry",
    "Inquiry",
    "InquiryAlreadyReceived",
    "InquiryAnswered",
    "InquiryClosed",
    "InquiryCommand",
    "InquiryConverted",
    "InquiryEvent",
    "InquiryIsClosed",
    "InquiryIsConverted",
    "InquiryNotAnswered",
    "InquiryReceived",
    "InquiryStatus",
    "ReceiveInquiry",
]
