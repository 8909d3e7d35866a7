"""The list of what companies offer, and its history; what is offered and by whom is not among it."""

from collections.abc import Mapping
from typing import Any, Final

from psycopg.sql import SQL, Composable

from desk.history import Sentence, always, wareki_of
from desk.turns import Turn
from eventstore.following.subscriptions import On, Subscription
from eventstore.records import Recorded
from services.intake.domain.offer.events import OfferAnswered, OfferPosted
from services.intake.domain.offer.state import Standing


def on_offer_posted(turn: Turn, recorded: Recorded) -> None:
    """A row of its own."""
    posted: OfferPosted = recorded.event
    turn.connection.execute(
        "INSERT INTO intake_offers (offer_id, version, status, subjects, posted_on, until, company_id, recorded_at,"
        " position) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            recorded.stream.id, recorded.version, Standing.OPEN, list(posted.subjects), posted.posted_on, posted.until,
            posted.company_id, recorded.recorded_at, turn.position,
        ),
    )  # fmt: skip


def on_offer_answered(turn: Turn, recorded: Recorded) -> None:
    """Which departments answered."""
    answered: OfferAnswered = recorded.event
    department = answered.department
    added = SQL("answered_by = array_append(array_remove(answered_by, {}), {})").format(department, department)
    _set(turn, recorded, added)


def on_offer_lapsed(turn: Turn, recorded: Recorded) -> None:
    """Its last day has passed."""
    _set(turn, recorded, SQL("status = {}").format(str(Standing.LAPSED)))


def on_offer_closed(turn: Turn, recorded: Recorded) -> None:
    """The desk is done with it."""
    _set(turn, recorded, SQL("status = {}").format(str(Standing.CLOSED)))


def on_offer_withdrawn(turn: Turn, recorded: Recorded) -> None:
    """The company took it back."""
    _set(turn, recorded, SQL("status = {}").format(str(Standing.WITHDRAWN)))


def _set(turn: Turn, recorded: Recorded, change: Composable) -> None:
    statement = SQL("UPDATE intake_offers SET version = %s, {} WHERE offer_id = %s").format(change)
    turn.connection.execute(statement, (recorded.version, recorded.stream.id))


OFFERS: Final = Subscription(
    name="offers",
    tables=("intake_offers",),
    on=(
        On("OfferPosted", on_offer_posted),
        On("OfferAnswered", on_offer_answered),
        On("OfferLapsed", on_offer_lapsed),
        On("OfferClosed", on_offer_closed),
        On("OfferWithdrawn", on_offer_withdrawn),
    ),
)
ANSWERS: Final = {"interested": "関心あり", "talk": "話を聞きたい", "not_now": "今は見送り"}


def _offer_posted(fields: Mapping[str, Any], _: str) -> str:
    until = f"（{wareki_of(fields, 'until')}まで）" if fields["until"] else ""
    return f"事業者からの逆提案{until}を登録しました。"


def _offer_answered(fields: Mapping[str, Any], _: str) -> str:
    return f"逆提案に、担当課が「{ANSWERS[fields['answer']]}」と回答しました。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "OfferPosted": _offer_posted,
    "OfferAnswered": _offer_answered,
    "OfferLapsed": always("逆提案の受付期間が終わりました。"),
    "OfferClosed": always("逆提案の取扱いを終えました。"),
    "OfferWithdrawn": always("逆提案が取り下げられました。"),
}
"""Event type → its sentence, for the timeline of an offer."""
