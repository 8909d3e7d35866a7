"""Offers of companies on a real database: posted by portal and desk, answered by departments that see no names."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final
from uuid import UUID, uuid4

import pytest

from apps.provisioning.city import Installation
from desk.letters.events import LetterComposed
from desk.letters.refusals import LetterAddressMissing, LetterNotDue, LetterOvertaken
from desk.office import NotPermitted, Office
from desk.portal.messages import submission_command_id, submission_id
from desk.timers import TimerRound
from eventstore.city import City
from eventstore.errors import InvalidMessage, NotFound, Refusal
from eventstore.execution import VersionExpected
from eventstore.parked import Delivery
from eventstore.records import StreamId
from services.intake.declaration import INTAKE
from services.intake.domain.later import LATER_SUBMISSION
from services.intake.domain.offer.decider import AnsweringDepartmentUnknown
from services.intake.reactions.offers import OFFER_ALARMS
from services.intake.reactions.portal import portal_reactions
from services.intake.reception import Reception
from services.intake.service.companies import CompanyWindow
from services.intake.service.letters import LetterWindow
from services.intake.service.offer_answers import OfferAnswerWindow
from services.intake.service.offers import OfferWindow
from tests.cities import Cities, FrozenClock
from tests.companies import stated
from tests.later import later
from tests.ledgers import numbered
from tests.letters import APPROVAL
from tests.portals import admitted, as_body
from tests.tokens import token_of

PORTAL: Final = "offers-portal"
DEPARTMENT: Final = "department_officer"
TITLE: Final = "雪道センサーを貸します"
TEXT: Final = {"title": TITLE, "description": "一冬無償で貸し出します。", "subjects": ["snow"], "until": "2026-12-31"}
PARTY: Final = {name: stated(name="株式会社ゆきみち")[name] for name in ("proposer", "contact")}


class Windows(CompanyWindow, OfferWindow, OfferAnswerWindow, LetterWindow):
    """What intake's service offers about companies, their offers and letters."""


class Desk:
    """The desk of a city, and a portal that it admitted."""

    def __init__(self, office: Office, clock: FrozenClock) -> None:
        self.office, self.clock = office, clock
        self.timers = TimerRound(office, OFFER_ALARMS)
        self.reactions = portal_reactions(office, Reception(office))

    def call(self, method: str, role: str = "desk_officer", command_id: UUID | None = None, **arguments: Any) -> Any:
        """What a method of the service answers, as if it were called by RPC."""
        service: Any = Windows()
        service.desk = SimpleNamespace(office=self.office)
        service.token = token_of(self.office.city, role, issued=self.office.clock())
        if not method.startswith(("get_", "list_", "find_")):
            arguments["command_id"] = str(command_id or uuid4())
        return getattr(service, method)(**arguments)

    def posted(self, **changed: Any) -> str:
        """An offer's id."""
        offer_id: str = self.call("post_offer", **{**TEXT, **PARTY, **changed})["offer_id"]
        return offer_id

    def answer(self, offer_id: str, answer: str = "talk", department: str = "roads", **stated: Any) -> Any:
        """A department's answer."""
        return self.call("answer_offer", DEPARTMENT, offer_id=offer_id, department=department, answer=answer, **stated)

    def submit(self, message: dict[str, Any]) -> Any:
        """What the portal is answered."""
        delivery = Delivery(
            body=as_body({**message, "source": f"/portals/{PORTAL}"}),
            content_type="application/json",
            routing_key=message["type"],
            user_id=PORTAL,
        )
        return self.reactions.answer(delivery).event

    def settle(self) -> None:
        """Lets the list follow the log."""
        followed = [one for one in self.office.followers if one.subscription.name in ("offers", "timers", "letters")]
        while numbered(self.office.city) + sum(one.step() for one in followed) + self.timers.step():
            continue

    def listed(self, **wanted: Any) -> dict[str, Any]:
        """What the desk's list tells, by the offers' ids."""
        self.settle()
        return {one["offer_id"]: one for one in self.call("list_offers", limit=200, **wanted)["items"]}

    def to_answer(self) -> list[str]:
        """The offers that departments are shown."""
        self.settle()
        return [one["offer_id"] for one in self.call("list_offers_to_answer", DEPARTMENT, limit=200)["items"]]

    def told(self, offer_id: str, **stated: Any) -> LetterComposed:
        """The letter that tells the company what was answered."""
        letter_id = UUID(self.call("compose_offer_answer", offer_id=offer_id, **stated)["letter_id"])
        (recorded,) = self.office.store.load(StreamId("intake_letter", letter_id)).events
        composed: LetterComposed = recorded.event
        return composed


@pytest.fixture(scope="module")
def desk(cities: Cities, city: City, installation: Installation) -> Desk:
    """The desk, at noon."""
    admitted(installation, city, PORTAL)
    clock = FrozenClock()
    return Desk(cities.office(INTAKE, city, clock), clock)


@pytest.mark.row("B26")
def test_departments_read_what_is_offered_and_answer_but_see_nobodys_name(desk: Desk) -> None:
    offer_id = desk.posted()
    desk.settle()
    listed = desk.call("list_offers_to_answer", DEPARTMENT, subject="snow", limit=200)["items"]
    assert offer_id in [one["offer_id"] for one in listed]

    shown = desk.call("get_offer_to_answer", DEPARTMENT, offer_id=offer_id, purpose="検討のため")
    assert (shown["title"], shown["status"]) == (TITLE, "open")
    assert "ゆきみち" not in str((listed, shown))

    desk.answer(offer_id, note="二月にお話を聞きたいです。")
    desk.answer(offer_id, "interested", department="tourism")
    desk.answer(offer_id, "interested")
    opened = desk.call("get_offer", offer_id=offer_id)
    assert [(one["department"], one["answer"]) for one in opened["answers"]] == [
        ("roads", "interested"), ("tourism", "interested"),
    ]  # fmt: skip
    assert opened["offeror_name"] == "株式会社ゆきみち"
    assert sorted(desk.listed()[offer_id]["answered_by"]) == ["roads", "tourism"]


def test_a_department_opens_no_names_and_the_desk_answers_for_no_department(desk: Desk) -> None:
    offer_id = desk.posted()
    with pytest.raises(NotFound):
        desk.call("get_offer", DEPARTMENT, offer_id=offer_id)
    with pytest.raises(NotPermitted):
        desk.call("answer_offer", offer_id=offer_id, department="roads", answer="talk")


@pytest.mark.row("B26")
def test_a_portal_brings_an_offer_once_and_hears_the_same_at_every_repetition(desk: Desk) -> None:
    message = later("OfferSubmitted", **TEXT, **PARTY)
    first, again = desk.submit(message), desk.submit(message)

    assert (first["type"], first["data"]["matter"]) == ("SubmissionAccepted", "offer")
    assert first == again
    own = StreamId(LATER_SUBMISSION.category, submission_id(submission_command_id(PORTAL, message["id"])))
    ((taken,),) = (desk.office.store.load(own).events,)
    (posted,) = desk.office.store.load(StreamId("offer", taken.event.about_id)).events
    assert (posted.event.title.reveal(), posted.channel) == (TITLE, "portal")
    assert str(taken.event.about_id) in [
        one["offer_id"] for one in desk.call("find_companies", name="ゆきみち")["offers"]
    ]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"title": ""}, ("title", "required")),
        ({"contact": {"name": "長谷川 美咲"}}, ("contact.phone", "phone_or_email_required")),
        (
            {"proposer": {"kind": "corporation", "name": "架空"}},
            ("proposer.corporate_number", "corporate_number_required"),
        ),
        ({"until": "12月"}, ("until", "date")),
        ({"subjects": ["harbour"]}, ("id", "unknown_subject")),
        ({"proposer": {"kind": "individual", "name": "成田"}}, ("id", "party_kind_not_taken")),
    ],
)
def test_what_is_wrong_with_a_portals_offer_is_told_and_nothing_is_kept(
    desk: Desk, changed: dict[str, Any], expected: tuple[str, str]
) -> None:
    message = later("OfferSubmitted", **{**TEXT, **PARTY, **changed})
    told = desk.submit(message)
    assert [(one["field"], one["code"]) for one in told["data"]["errors"]] == [expected]
    own = StreamId(LATER_SUBMISSION.category, submission_id(submission_command_id(PORTAL, message["id"])))
    assert desk.office.store.load(own).events == ()


def test_an_offer_of_a_registered_company_names_its_entry(desk: Desk) -> None:
    company = desk.call("register_company", wants_notices=False, **stated(number=None))["company_id"]
    offer_id = desk.call("post_offer", **TEXT, company_id=company)["offer_id"]
    assert desk.call("get_offer", offer_id=offer_id)["company_id"] == company
    desk.call("remove_company", company_id=company, reason="廃業のため")
    for gone in (company, str(uuid4())):
        with pytest.raises(NotFound):
            desk.call("post_offer", **TEXT, company_id=gone)


@pytest.mark.parametrize(
    "party", [{}, {"proposer": PARTY["proposer"]}, {**PARTY, "company_id": str(uuid4())}], ids=["none", "half", "both"]
)
def test_who_offers_is_stated_in_one_way(desk: Desk, party: dict[str, Any]) -> None:
    with pytest.raises(InvalidMessage) as refused:
        desk.call("post_offer", **TEXT, **party)
    assert [error.code for error in refused.value.errors] == ["offeror_required"]


def test_a_closed_offer_is_no_departments_to_answer_any_more(desk: Desk) -> None:
    offer_id = desk.posted()
    assert len(desk.call("close_offer", offer_id=offer_id)["events"]) == 1
    assert desk.call("close_offer", offer_id=offer_id)["events"] == []
    with pytest.raises(NotFound):
        desk.call("get_offer_to_answer", DEPARTMENT, offer_id=offer_id)
    for refused, code in ((lambda: desk.answer(offer_id), "offer_closed"), (
        lambda: desk.call("withdraw_offer", offer_id=offer_id), "offer_closed"
    )):  # fmt: skip
        with pytest.raises(Refusal) as refusal:
            refused()
        assert refusal.value.stable_code == code


def test_two_answers_to_one_version_the_second_learns_what_changed(desk: Desk) -> None:
    offer_id = desk.posted()
    desk.answer(offer_id, expected_version=1)
    with pytest.raises(VersionExpected) as conflict:
        desk.answer(offer_id, department="tourism", expected_version=1)
    assert conflict.value.changes == ["OfferAnswered v2"]


def test_the_same_command_again_is_the_same_offer(desk: Desk) -> None:
    command_id = uuid4()
    first = desk.call("post_offer", command_id=command_id, **TEXT, **PARTY)
    assert desk.call("post_offer", command_id=command_id, **TEXT, **PARTY) == first


def test_the_same_command_again_is_the_same_offer_though_the_company_has_gone_since(desk: Desk) -> None:
    company = desk.call("register_company", wants_notices=False, **stated(number=None))["company_id"]
    command_id = uuid4()
    first = desk.call("post_offer", command_id=command_id, **TEXT, company_id=company)
    desk.call("remove_company", company_id=company, reason="廃業のため")
    assert desk.call("post_offer", command_id=command_id, **TEXT, company_id=company) == first


@pytest.mark.row("B26")
def test_an_offer_lapses_when_its_last_day_is_over_and_is_shown_so(desk: Desk) -> None:
    noon = desk.clock.instant
    offer_id = desk.posted(until="2026-11-23")
    for_ever = desk.posted(until=None)
    midnight = datetime(2026, 11, 23, 15, tzinfo=UTC)
    try:
        desk.clock.instant = midnight - timedelta(seconds=1)
        assert offer_id in desk.to_answer()
        desk.clock.instant = midnight
        assert (offer_id in desk.to_answer(), for_ever in desk.to_answer()) == (False, True)
        assert desk.listed(status="lapsed")[offer_id]["status"] == "lapsed"
        assert offer_id not in desk.listed(status="open")
        assert desk.call("get_offer", offer_id=offer_id)["status"] == "lapsed"
    finally:
        desk.clock.instant = noon
    events = desk.office.store.load(StreamId("offer", UUID(offer_id))).events
    assert [one.type for one in events] == ["OfferPosted", "OfferLapsed"]
    assert events[-1].event.lapsed_on.isoformat() == "2026-11-24"


def test_what_was_closed_before_its_last_day_does_not_lapse(desk: Desk) -> None:
    noon = desk.clock.instant
    offer_id = desk.posted(until="2026-11-23")
    desk.settle()
    desk.call("close_offer", offer_id=offer_id)
    try:
        desk.clock.instant = noon + timedelta(days=3)
        while desk.timers.step():  # before the projection has heard of the closing
            continue
        assert desk.listed()[offer_id]["status"] == "closed"
    finally:
        desk.clock.instant = noon


def test_departments_ask_for_no_status_because_they_are_shown_the_open_ones(desk: Desk) -> None:
    with pytest.raises(InvalidMessage) as refused:
        desk.call("list_offers_to_answer", DEPARTMENT, status="closed")
    assert [(error.field, error.code) for error in refused.value.errors] == [("status", "unknown_field")]


@pytest.mark.row("B26")
def test_an_answer_is_of_a_department_of_the_pack_and_the_record_says_who_gave_it(desk: Desk) -> None:
    offer_id = desk.posted()
    with pytest.raises(AnsweringDepartmentUnknown):
        desk.answer(offer_id, department="harbour")
    desk.answer(offer_id)
    answered = desk.office.store.load(StreamId("offer", UUID(offer_id))).events[-1]
    assert (answered.event.department, answered.actor.role) == ("roads", DEPARTMENT)


@pytest.mark.row("B26")
def test_a_company_is_told_by_letter_which_departments_answered_but_not_their_notes(desk: Desk) -> None:
    offer_id = desk.posted()
    with pytest.raises(LetterNotDue):
        desk.told(offer_id)
    desk.answer(offer_id, note="予算がありません。")
    desk.answer(offer_id, "not_now", department="tourism")

    letter = desk.told(offer_id, added="来週お電話します。")

    text = "\n".join(letter.body.reveal())
    assert letter.title.reveal() == f"お申出「{TITLE}」への回答について"
    assert "お話を伺いたいと考えています。" in text
    assert "今回は見送ります。" in text
    assert text.endswith("来週お電話します。")
    assert "予算" not in text
    assert letter.addressee.reveal()[0] == "株式会社ゆきみち"
    assert letter.address.reveal() == PARTY["contact"]["email"]
    desk.settle()
    (row,) = desk.call("list_letters", subject_id=offer_id)["items"]
    assert (row["template"], row["waits_for"]) == ("offer_answer", "approval")


def test_the_same_command_composes_one_letter_whatever_was_answered_since(desk: Desk) -> None:
    offer_id, command_id = desk.posted(), uuid4()
    desk.answer(offer_id)
    first = desk.call("compose_offer_answer", command_id=command_id, offer_id=offer_id)
    desk.answer(offer_id, "interested")
    assert desk.call("compose_offer_answer", command_id=command_id, offer_id=offer_id) == first


def test_an_answer_is_not_approved_once_a_department_says_otherwise_or_the_company_has_moved(desk: Desk) -> None:
    profile = stated(number=None)
    company = desk.call("register_company", wants_notices=False, **profile)["company_id"]
    revised, moved, same = (desk.call("post_offer", **TEXT, company_id=company)["offer_id"] for _ in range(3))
    letters = {}
    for offer_id in (revised, same, moved):
        desk.answer(offer_id)
        letters[offer_id] = desk.call("compose_offer_answer", offer_id=offer_id, added="お電話します。")["letter_id"]

    def approve(offer_id: str) -> Any:
        approval = replace(APPROVAL, document_number=f"企連第{letters[offer_id]}号")
        return desk.call("approve_letter", "desk_chief", letter_id=letters[offer_id], **asdict(approval))

    desk.answer(revised, "not_now")
    with pytest.raises(LetterOvertaken):
        approve(revised)
    assert approve(same)["events"]
    contact = {**profile["contact"], "email": "new@yuki.example.jp"}
    desk.call("change_company", company_id=company, **{**profile, "contact": contact})
    with pytest.raises(LetterOvertaken):
        approve(moved)


def test_a_registered_company_is_written_to_by_its_entry_as_it_stands(desk: Desk) -> None:
    profile = stated(number=None)
    company = desk.call("register_company", wants_notices=False, **profile)["company_id"]
    offer_id = desk.call("post_offer", **TEXT, company_id=company)["offer_id"]
    desk.answer(offer_id)
    moved = {**profile, "contact": {**profile["contact"], "email": "new@yuki.example.jp"}}
    desk.call("change_company", company_id=company, **moved)
    assert desk.told(offer_id).address.reveal() == "new@yuki.example.jp"


def test_whom_no_letter_reaches_is_told_nothing_by_letter(desk: Desk) -> None:
    proposer = {name: value for name, value in PARTY["proposer"].items() if name != "address"}
    offer_id = desk.posted(proposer=proposer, contact={"name": "長谷川 美咲", "phone": "017-700-7777"})
    desk.answer(offer_id)
    with pytest.raises(LetterAddressMissing):
        desk.told(offer_id)


def test_an_offer_that_was_taken_back_is_not_answered(desk: Desk) -> None:
    offer_id = desk.posted()
    desk.answer(offer_id)
    desk.call("withdraw_offer", offer_id=offer_id)
    with pytest.raises(LetterNotDue):
        desk.told(offer_id)
    with pytest.raises(NotFound):
        desk.told(str(uuid4()))
