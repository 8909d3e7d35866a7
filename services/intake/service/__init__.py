"""Intake's edge: what portals publish and staff tools call; loads with the schema, executes, answers."""

from services.intake.declaration import INTAKE
from services.intake.service.call_questions import CallQuestionWindow
from services.intake.service.calls import CallWindow
from services.intake.service.companies import CompanyWindow
from services.intake.service.deadlines import DeadlineWindow
from services.intake.service.ideas import IdeaWindow
from services.intake.service.inquiries import InquiryWindow
from services.intake.service.letters import LetterWindow
from services.intake.service.lineage import LineageWindow
from services.intake.service.offer_answers import OfferAnswerWindow
from services.intake.service.offers import OfferWindow
from services.intake.service.police import PoliceWindow
from services.intake.service.portals import PortalWindow
from services.intake.service.proposals import ProposalWindow
from services.intake.service.reception import ReceptionWindow
from services.intake.service.registers import RegisterWindow
from services.intake.service.slips import SlipWindow
from services.intake.service.statistics import StatisticsWindow
from services.intake.service.window import IntakeDesk

__all__ = ["IntakeDesk", "IntakeService"]


class IntakeService(
    PortalWindow,
    ReceptionWindow,
    ProposalWindow,
    LineageWindow,
    InquiryWindow,
    LetterWindow,
    CallWindow,
    CallQuestionWindow,
    IdeaWindow,
    DeadlineWindow,
    SlipWindow,
    StatisticsWindow,
    RegisterWindow,
    PoliceWindow,
    CompanyWindow,
    OfferWindow,
    OfferAnswerWindow,
):
    """The nameko service: one window for each kind of matter."""

    name = INTAKE.name
