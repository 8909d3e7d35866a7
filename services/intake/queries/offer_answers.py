"""What a company is told of its offer: which departments answered, and what each says; their notes are the desk's."""

from collections.abc import Mapping
from typing import Final

from desk.letters.composing import Draft
from desk.letters.refusals import LetterAddressMissing, LetterErased, LetterNotDue
from desk.office import Office
from desk.packs import Pack
from desk.packs.letters import LetterCode
from desk.packs.sections import Code
from eventstore.errors import NotFound
from eventstore.protection import Closed
from eventstore.records import StreamId
from services.intake.domain.offer import OFFER
from services.intake.domain.offer.events import DepartmentAnswer, OfferAnswered, OfferPosted
from services.intake.domain.offer.state import Standing
from services.intake.queries.recipients import offeror_of

TOLD: Final[Mapping[DepartmentAnswer, str]] = {
    DepartmentAnswer.INTERESTED: "関心があります。",
    DepartmentAnswer.TALK: "お話を伺いたいと考えています。",
    DepartmentAnswer.NOT_NOW: "今回は見送ります。",
}


def answer_letter(office: Office, stream: StreamId, pack: Pack, *, added: str | None) -> Draft:
    """The letter about an offer, of the departments' last answers.

    pack: by which departments are called. added: one more paragraph. Raises `NotFound` where there is no offer,
    `LetterNotDue` where nobody has answered or the company took it back, `LetterAddressMissing` where nobody can be
    reached, `LetterErased` where it cannot be opened any more.
    """
    events = office.store.load(stream).events
    if not events:
        raise NotFound
    offer = OFFER.fold(events)
    if not offer.answers or offer.recorded is Standing.WITHDRAWN:
        raise LetterNotDue("どの部署もまだ回答していないか、取り下げられているため、回答の文書は作成できません。")
    posted: OfferPosted = events[0].event
    recipient = offeror_of(office.store, posted)
    if recipient is None:
        raise LetterAddressMissing("宛名か宛先（メールアドレスまたは住所）が分からないため、文書を作成できません。")
    try:
        values = {"title": posted.title.reveal(), "answers": in_words(pack, offer.answers)}
    except Closed:
        raise LetterErased("記録が消去されているため、文書を作成できません。") from None
    return Draft(template=LetterCode.OFFER_ANSWER, about=stream, recipient=recipient, values=values, added=added)


def in_words(pack: Pack, answers: Mapping[str, OfferAnswered]) -> str:
    """Each department by its name, in the order of the pack; one that the pack has no more is named by its code."""
    order = [*pack.departments, *(code for code in answers if code not in pack.departments)]
    return "\n".join(f"・{_name(pack, one)}：{TOLD[answers[one].answer]}" for one in order if one in answers)


def _name(pack: Pack, department: str) -> str:
    known = pack.departments.get(Code(department))
    return known.name if known else department
