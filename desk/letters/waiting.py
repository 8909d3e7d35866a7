"""What a letter waits for: told with every list, so that none is forgotten for want of a person or a server."""

from enum import StrEnum, unique

from desk.letters.events import Means
from desk.letters.state import Status


@unique
class WaitsFor(StrEnum):
    """Who or what has to act next."""

    APPROVAL = "approval"
    MAIL_SERVER = "mail_server"
    """It goes out with the next round, as soon as the city has a mail server that takes it."""
    RETRY = "retry"
    """The mail server did not take it; it is sent again at the instant that the list tells."""
    MENDING = "mending"
    """Something of ours was in its way, as `code` says; it is tried again by itself at `again_at`."""
    POSTING = "posting"
    DECISION = "decision"
    """It did not arrive, so that a person gives another address or cancels it; or it does not tell any more what the
    record says, as the code `letter_overtaken` says, so that a person cancels it and composes another."""


def waits_for(
    status: Status, means: Means, *, is_tried: bool, is_put_off: bool = False, is_overtaken: bool = False
) -> WaitsFor | None:
    """What a letter that stands so waits for, None where it is out or cancelled.

    is_tried: since its approval. is_put_off: the round that sends could not do with it. is_overtaken:
    because the record says something else by now.
    """
    match status:
        case Status.COMPOSED:
            return WaitsFor.APPROVAL
        case Status.APPROVED if is_overtaken:
            return WaitsFor.DECISION
        case Status.APPROVED if means is Means.POST:
            return WaitsFor.POSTING
        case Status.APPROVED if is_put_off:
            return WaitsFor.MENDING
        case Status.APPROVED:
            return WaitsFor.RETRY if is_tried else WaitsFor.MAIL_SERVER
        case Status.FAILED | Status.BOUNCED | Status.RETURNED:
            return WaitsFor.DECISION
        case _:
            return None
