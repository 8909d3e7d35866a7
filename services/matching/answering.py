"""Answers the portals' messages that matching has parked, where a person retries them."""

from desk.office import Office
from desk.parking import AnswerAgain
from desk.portal.answering import answering_again
from services.matching.reactions.portal import portal_reactions


def answers(office: Office) -> AnswerAgain:
    """Answers a parked message as the service does."""
    return answering_again(office, portal_reactions(office))
