"""Whether a letter of intake may be approved: only where today's record would still have it written, and sent there."""

from collections.abc import Sequence
from dataclasses import replace

from desk.letters.events import LetterComposed
from desk.letters.occasions import require_as_today
from desk.letters.overtaking import redirected, require_current
from desk.letters.refusals import LetterAddressMissing, LetterOvertaken
from desk.office import Office
from desk.packs import Pack
from eventstore.records import Recorded, StreamId
from services.intake.domain.call import CALL
from services.intake.domain.call.state import Standing as CallStanding
from services.intake.domain.company import COMPANY, Standing
from services.intake.domain.company.events import CallNoticed
from services.intake.domain.offer import OFFER
from services.intake.queries.letters.contents import MATTERS
from services.intake.queries.letters.drafting import drafted
from services.intake.queries.offer_answers import answer_letter
from services.intake.queries.recipients import recipient_of


def require_approvable(office: Office, events: Sequence[Recorded], pack: Pack) -> None:
    """Compares a letter, by its events, with the record of what it is about.

    pack: whose words the letter has. Raises `LetterNotDue` where the matter does not stand as the letter says,
    `LetterOvertaken` where the letter would read otherwise or go elsewhere, or where a company does not want it any
    more, `LetterErased` where nobody can tell.
    """
    composed: LetterComposed = events[0].event
    about = StreamId(composed.subject_category, composed.subject_id)
    try:
        if about.category in MATTERS:
            require_as_today(office, events, drafted, pack)
        elif about.category == OFFER.category:
            _require_answered(office, events, about, pack)
        elif about.category == COMPANY.category:
            _require_wanted(office, events, about)
    except LetterAddressMissing:
        raise LetterOvertaken from None


def _require_answered(office: Office, events: Sequence[Recorded], about: StreamId, pack: Pack) -> None:
    today = answer_letter(office, about, pack, added=None)
    elsewhere = redirected(events)
    require_current(events, replace(today, recipient=elsewhere) if elsewhere else today, pack)


def _require_wanted(office: Office, events: Sequence[Recorded], about: StreamId) -> None:
    """What a notice tells of its call all may read; who has had enough of them, or has moved, is not written to."""
    of_company = office.store.load(about).events
    company = COMPANY.fold(of_company)
    if company.standing is not Standing.REGISTERED or not company.wants_notices or company.stated is None:
        raise LetterOvertaken
    composed: LetterComposed = events[0].event
    recipient = recipient_of(company.stated)
    goes = (composed.means, composed.addressee.reveal(), composed.address.reveal())
    if redirected(events) is None and goes != (recipient and (recipient.means, recipient.lines, recipient.address)):
        raise LetterOvertaken
    for noticed in (one.event for one in of_company if isinstance(one.event, CallNoticed)):
        if noticed.letter_id == events[0].stream.id:
            call = CALL.fold(office.store.load(StreamId(CALL.category, noticed.call_id)).events)
            if call.standing(office.clock()) is not CallStanding.OPEN:
                raise LetterOvertaken
