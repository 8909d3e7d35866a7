"""A letter's rules: composed → approved → dispatched | posted, everything undrawn refused with a code of its own."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import product
from typing import Any
from uuid import UUID

import pytest

from desk.letters.commands import (
    Approval,
    ApproveLetter,
    CancelLetter,
    CodeGiven,
    CodeItem,
    ComposeLetter,
    ReaddressLetter,
    Recipient,
    RecordBounce,
    RecordDispatch,
    RecordFailure,
    RecordPosting,
    RecordReturn,
    RevokeCode,
    UseCode,
)
from desk.letters.events import CodePurpose, LetterApproved, LetterDispatchFailed, Means, OneTimeCodeUsed
from desk.letters.refusals import (
    CodeOnItsWay,
    CodeSpent,
    LetterAlreadyComposed,
    LetterNotDispatched,
    LetterNotDue,
    LetterNotForPost,
    LetterNotPosted,
    LetterNotToApprove,
    LetterNotToCancel,
    LetterNotToReaddress,
    LetterNotToSend,
    LetterWithoutCode,
    LetterWithoutRemedies,
    OneTimeCodeUnknown,
    PostedBeforeIssued,
)
from desk.letters.rules import LONGEST_DELAY, MOST_ATTEMPTS, letter_rules
from desk.letters.state import Status
from desk.letters.waiting import WaitsFor, waits_for
from eventstore.errors import NotFound, Refusal
from eventstore.protection import Sealed
from eventstore.records import StreamId
from eventstore.testing import given

RULES = letter_rules("intake")
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
ABOUT = StreamId("proposal", UUID(int=7))
CODE = CodeGiven(
    purpose=CodePurpose.CORRECTION, valid_until=NOW + timedelta(days=14), code="AAAA-BBBB-CCCC-DDDD", notice="番号"
)


def compose(means: Means = Means.MAIL, **changed: Any) -> ComposeLetter:
    recipient = Recipient(id=UUID(int=8), lines=("成田 一郎 様",), means=means, address="n@example.jp")
    fields: dict[str, Any] = {
        "template": "correction_request",
        "about": ABOUT,
        "recipient": recipient,
        "adverse": False,
        "title": "補正のお願い",
        "body": ("本文。",),
        "remedies": None,
        "code": CODE,
    }
    return ComposeLetter(**{**fields, **changed})


APPROVE = ApproveLetter(
    approval=Approval(document_number="第1号", approver="課長", approval_reference="決1", delegation=None),
    at=NOW,
    issued_on=TODAY,
    file=b"%PDF",
)
DISPATCH = RecordDispatch(series=1, attempt=1, dispatched_on=TODAY, message_id="<x@y>")
FAIL = RecordFailure(series=1, at=NOW, is_permanent=False, smtp_code=451, diagnostics="later")
REFUSE = RecordFailure(series=1, at=NOW, is_permanent=True, smtp_code=550, diagnostics="no such user")
BOUNCE = RecordBounce(bounced_on=TODAY)
POST = RecordPosting(posted_on=TODAY)
RETURN = RecordReturn(returned_on=TODAY)
READDRESS = ReaddressLetter(means=Means.MAIL, lines=("成田 様",), address="m@example.jp")
CANCEL = CancelLetter()
USE = UseCode(purpose=CodePurpose.CORRECTION, at=NOW)


def after(*commands: Any) -> tuple[Any, ...]:
    """The events that these commands lead to, one after the other."""
    events: tuple[Any, ...] = ()
    for command in commands:
        events += given(RULES, *events).when(command).events
    return events


REACHED: dict[str, tuple[Any, ...]] = {
    "composed": after(compose()),
    "approved": after(compose(), APPROVE),
    "dispatched": after(compose(), APPROVE, DISPATCH),
    "failed": after(compose(), APPROVE, REFUSE),
    "bounced": after(compose(), APPROVE, DISPATCH, BOUNCE),
    "to post": after(compose(Means.POST), APPROVE),
    "posted": after(compose(Means.POST), APPROVE, POST),
    "returned": after(compose(Means.POST), APPROVE, POST, RETURN),
    "cancelled": after(compose(), APPROVE, CANCEL),
    "readdressed": after(compose(), APPROVE, READDRESS),
}
REFUSED_BY: dict[str, tuple[Any, type[Refusal]]] = {
    "compose": (compose(), LetterAlreadyComposed),
    "approve": (APPROVE, LetterNotToApprove),
    "dispatch": (DISPATCH, LetterNotToSend),
    "fail": (FAIL, LetterNotToSend),
    "bounce": (BOUNCE, LetterNotDispatched),
    "post": (POST, LetterNotForPost),
    "return": (RETURN, LetterNotPosted),
    "readdress": (READDRESS, LetterNotToReaddress),
    "cancel": (CANCEL, LetterNotToCancel),
    "use": (USE, OneTimeCodeUnknown),
    "revoke": (RevokeCode(), CodeOnItsWay),
}
DRAWN = {
    "composed": {"approve", "readdress", "cancel", "revoke"},
    "approved": {"dispatch", "fail", "readdress", "cancel", "use"},
    "dispatched": {"bounce", "use", "revoke"},
    "failed": {"dispatch", "readdress", "cancel", "revoke"},
    "bounced": {"readdress", "cancel", "revoke"},
    "to post": {"post", "readdress", "cancel", "use"},
    "posted": {"return", "use", "revoke"},
    "returned": {"readdress", "cancel", "revoke"},
    "cancelled": {"dispatch", "revoke"},
    "readdressed": {"approve", "dispatch", "readdress", "cancel", "revoke"},
}
ALREADY_SO = {
    ("dispatched", "dispatch"),
    ("bounced", "dispatch"),
    ("bounced", "bounce"),
    ("cancelled", "cancel"),
    ("cancelled", "fail"),
    ("readdressed", "fail"),
}


@pytest.mark.parametrize(("state", "asked"), list(product(REACHED, REFUSED_BY)))
def test_every_transition_is_drawn_already_so_or_refused_with_a_code_of_its_own(state: str, asked: str) -> None:
    command, refusal = REFUSED_BY[asked]
    decided = given(RULES, *REACHED[state]).when(command)
    if asked in DRAWN[state]:
        assert decided.event()
    elif (state, asked) in ALREADY_SO:
        decided.nothing()
    else:
        decided.refused(refusal)


@pytest.mark.parametrize("asked", [asked for asked in REFUSED_BY if asked != "compose"])
def test_nothing_can_be_done_with_a_letter_that_there_is_not(asked: str) -> None:
    with pytest.raises(NotFound):
        RULES.decide(REFUSED_BY[asked][0], RULES.initial)


def test_an_adverse_letter_without_remedies_is_not_composed() -> None:
    given(RULES).when(compose(adverse=True)).refused(LetterWithoutRemedies)
    assert given(RULES).when(compose(adverse=True, remedies="教示")).event().remedies.reveal() == "教示"


def test_the_file_is_kept_with_its_digest() -> None:
    approved: LetterApproved = given(RULES, *REACHED["composed"]).when(APPROVE).event()
    assert approved.file_sha256.reveal() == sha256(b"%PDF").digest()
    assert approved.series == 1


def test_a_readdressed_letter_is_approved_again_in_a_new_series() -> None:
    events = after(compose(), APPROVE, DISPATCH, BOUNCE, READDRESS)
    assert given(RULES, *events).state.status is Status.COMPOSED
    given(RULES, *events).when(DISPATCH).nothing()
    assert given(RULES, *events).when(APPROVE).event().series == 2


def test_that_it_went_to_an_older_address_is_recorded_once_and_stops_nothing() -> None:
    events = after(compose(), APPROVE, READDRESS, DISPATCH)
    assert given(RULES, *events).state.status is Status.COMPOSED
    given(RULES, *events).when(DISPATCH).nothing()
    again = (*events, given(RULES, *events).when(APPROVE).event())
    given(RULES, *again).when(DISPATCH).nothing()
    assert given(RULES, *again).when(replace(DISPATCH, series=2)).event().series == 2


def test_a_letter_is_not_posted_before_its_date() -> None:
    given(RULES, *REACHED["to post"]).when(RecordPosting(posted_on=TODAY - timedelta(days=1))).refused(
        PostedBeforeIssued
    )
    later = replace(APPROVE, issued_on=TODAY + timedelta(days=2))
    again = after(compose(Means.POST), APPROVE, replace(READDRESS, means=Means.POST), later)
    given(RULES, *again).when(POST).refused(PostedBeforeIssued)
    assert given(RULES, *again).when(RecordPosting(posted_on=later.issued_on)).event()


def test_a_series_that_nobody_approved_was_never_sent() -> None:
    given(RULES, *after(compose(), APPROVE)).when(replace(DISPATCH, series=2)).refused(LetterNotToSend)


@pytest.mark.parametrize(
    ("state", "awaited"),
    [
        ("composed", WaitsFor.APPROVAL),
        ("approved", WaitsFor.MAIL_SERVER),
        ("to post", WaitsFor.POSTING),
        ("failed", WaitsFor.DECISION),
        ("bounced", WaitsFor.DECISION),
        ("returned", WaitsFor.DECISION),
        ("readdressed", WaitsFor.APPROVAL),
        ("dispatched", None),
        ("posted", None),
        ("cancelled", None),
    ],
)
def test_every_letter_that_is_not_out_waits_for_somebody(state: str, awaited: WaitsFor | None) -> None:
    letter = given(RULES, *REACHED[state]).state
    assert waits_for(letter.status, letter.means, is_tried=letter.attempts > 0) is awaited


def test_a_letter_that_the_server_put_off_waits_to_be_sent_again() -> None:
    letter = given(RULES, *after(compose(), APPROVE, FAIL)).state
    assert waits_for(letter.status, letter.means, is_tried=letter.attempts > 0) is WaitsFor.RETRY


def test_a_late_report_on_an_older_series_changes_nothing() -> None:
    events = after(compose(), APPROVE, DISPATCH, BOUNCE, READDRESS, APPROVE)
    given(RULES, *events).when(RecordBounce(bounced_on=TODAY, series=1)).nothing()


def test_attempts_are_made_at_growing_delays_for_five_days_and_then_left_to_a_person() -> None:
    events, at = after(compose(), APPROVE), NOW
    delays = []
    for attempt in range(1, MOST_ATTEMPTS):
        failed: LetterDispatchFailed = (
            given(RULES, *events)
            .when(RecordFailure(series=1, at=at, is_permanent=False, smtp_code=451, diagnostics=""))
            .event()
        )
        assert (failed.attempt, failed.permanent) == (attempt, False)
        assert failed.next_attempt_at is not None
        delays.append(failed.next_attempt_at - at)
        events, at = (*events, failed), failed.next_attempt_at
    assert delays == sorted(delays)
    assert (delays[0], delays[-1]) == (timedelta(minutes=1), LONGEST_DELAY)
    assert timedelta(days=4) < at - NOW < timedelta(days=5)
    last = given(RULES, *events).when(FAIL).event()
    assert (last.permanent, last.next_attempt_at) == (True, None)


@pytest.mark.parametrize(
    "use",
    [
        UseCode(purpose=CodePurpose.WITHDRAWAL, at=NOW),
        UseCode(purpose=CodePurpose.CORRECTION, at=CODE.valid_until),
    ],
    ids=["for another thing", "too late"],
)
def test_a_code_is_good_for_its_purpose_and_its_time_alone(use: UseCode) -> None:
    given(RULES, *REACHED["dispatched"]).when(use).refused(OneTimeCodeUnknown)


def test_a_code_is_used_once() -> None:
    events = after(compose(), APPROVE, DISPATCH)
    given(RULES, *events).when(USE).then(OneTimeCodeUsed(purpose=CodePurpose.CORRECTION))
    given(RULES, *events, OneTimeCodeUsed(purpose=CodePurpose.CORRECTION)).when(USE).refused(OneTimeCodeUnknown)


@pytest.mark.parametrize("gone", [timedelta(days=14), timedelta(days=15)])
def test_a_letter_whose_code_has_expired_is_not_approved(gone: timedelta) -> None:
    late = replace(APPROVE, at=NOW + gone)
    given(RULES, *after(compose())).when(late).refused(LetterNotDue)
    given(RULES, *after(compose(), APPROVE, READDRESS)).when(late).refused(LetterNotDue)
    assert after(compose(), replace(APPROVE, at=CODE.valid_until - timedelta(microseconds=1)))[1].series == 1
    assert after(compose(code=None), late)[1].series == 1


def test_a_revoked_code_opens_nothing_and_its_letter_is_not_approved_again() -> None:
    events = after(compose(), APPROVE, DISPATCH, RevokeCode())
    given(RULES, *events).when(USE).refused(OneTimeCodeUnknown)
    given(RULES, *events).when(RevokeCode()).nothing()
    given(RULES, *events, *given(RULES, *events).when(BOUNCE).events).when(READDRESS).event()
    given(RULES, *after(compose(), RevokeCode())).when(APPROVE).refused(LetterNotDue)


def test_what_was_used_or_never_given_is_not_revoked() -> None:
    given(RULES, *after(compose(), APPROVE, USE)).when(RevokeCode()).refused(CodeSpent)
    given(RULES, *after(compose(code=None))).when(RevokeCode()).refused(LetterWithoutCode)


def test_a_letter_whose_code_was_used_is_not_approved_for_another_address() -> None:
    given(RULES, *after(compose(), APPROVE, USE, READDRESS)).when(APPROVE).refused(LetterNotDue)


def test_a_letter_keeps_what_its_code_is_for() -> None:
    item = CodeItem(stream_id=UUID(int=5), item_id=UUID(int=6))
    (about_it,), (about_nothing,) = after(compose(code=replace(CODE, item=item))), after(compose())
    assert RULES.evolve(RULES.initial, about_it).code_item == item
    assert RULES.evolve(RULES.initial, about_nothing).code_item is None


def test_what_a_code_is_for_is_sealed_and_a_letter_stands_as_well_where_that_cannot_be_opened() -> None:
    item = CodeItem(stream_id=UUID(int=5), item_id=UUID(int=6))
    (composed,) = after(compose(code=replace(CODE, item=item)))
    closed = replace(composed, code_stream_id=Sealed.closed(), code_item_id=Sealed.closed())
    assert str(item.stream_id) not in repr(composed)
    assert str(item.item_id) not in repr(composed)
    assert RULES.evolve(RULES.initial, closed) == replace(RULES.evolve(RULES.initial, composed), code_item=None)


def test_a_letter_without_code_lets_nobody_in() -> None:
    given(RULES, *after(compose(code=None), APPROVE, DISPATCH)).when(USE).refused(OneTimeCodeUnknown)
