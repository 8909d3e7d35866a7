"""Intake's edge: what portals publish and staff tools call; loads with the schema, executes, answers."""

from services.intake.declaration import INTAKE
from services.intake.service.inquiries import InquiryWindow
from services.intake.service.portals import PortalWindow
from services.intake.service.proposals import ProposalWindow
from services.intake.service.reception import ReceptionWindow
from services.intake.service.window import IntakeDesk

__all__ = ["IntakeDesk", "IntakeService"]


class IntakeService(PortalWindow, ReceptionWindow, ProposalWindow, InquiryWindow):
    """The nameko service: one window for each kind of matter."""

    name = INTAKE.name
