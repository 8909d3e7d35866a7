"""Answers the portals' messages that intake has parked, where a person retries them."""

from desk.office import Office
from desk.parking import AnswerAgain
from desk.portal.answering import answering_again
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception


def answers(office: Office) -> AnswerAgain:
    """Answers a parked message as the service does."""
    return answering_again(office, portal_reactions(office, Reception(office)))
