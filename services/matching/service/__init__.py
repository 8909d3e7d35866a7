"""Matching's edge: what staff tools call; its cases open by themselves when a proposal is accepted."""

from services.matching.declaration import MATCHING
from services.matching.service.assignment import AssignmentWindow
from services.matching.service.deadlines import DeadlineWindow
from services.matching.service.dialogue import DialogueWindow
from services.matching.service.feasibility import FeasibilityWindow
from services.matching.service.goals import GoalsWindow
from services.matching.service.handover import HandOverWindow
from services.matching.service.letters import LetterWindow
from services.matching.service.obligations import ObligationWindow
from services.matching.service.people import PeopleWindow
from services.matching.service.portals import PortalWindow
from services.matching.service.queue import QueueWindow
from services.matching.service.reading import ReadingWindow
from services.matching.service.statistics import StatisticsWindow
from services.matching.service.suggestions import SuggestionWindow
from services.matching.service.window import MatchingDesk

__all__ = ["MatchingDesk", "MatchingService"]


class MatchingService(
    PortalWindow,
    ReadingWindow,
    SuggestionWindow,
    AssignmentWindow,
    PeopleWindow,
    HandOverWindow,
    QueueWindow,
    LetterWindow,
    DeadlineWindow,
    ObligationWindow,
    DialogueWindow,
    GoalsWindow,
    FeasibilityWindow,
    StatisticsWindow,
):
    """The nameko service: one window for each kind of matter."""

    name = MATCHING.name
