"""What a company offers of itself (逆提案, B26): posted until a day, answered by departments, closed or withdrawn."""

from services.intake.domain.offer.decider import OFFER

__all__ = ["OFFER"]
