"""Days that people state: nothing is answered, agreed or decided before what it is about had begun."""

from datetime import date

from eventstore.errors import Refusal


class BeforeItBegan(Refusal):
    """The day lies before that of the offer, the session, the decision or the case that it has to do with."""

    code = "before_it_began"
    sentence = "その手続が始まった日より前の日は指定できません。日付を確かめてください。"


def require_begun(day: date, *began_on: date | None) -> None:
    """Raises `BeforeItBegan` for a day before the first of these that is known."""
    known = next((began for began in began_on if began is not None), None)
    if known is not None and day < known:
        raise BeforeItBegan
