"""The window of dialogue (対話): sessions with the proposer, and minutes that both sides confirm (双方確認)."""

from collections.abc import Callable
from typing import Any, Final
from uuid import uuid5

from desk.commands import context_of, told
from desk.forms import load_or_refuse
from desk.openings import opened
from desk.paper import render
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.execution import execute
from eventstore.nameko import off_hub, staff_rpc
from eventstore.records import StreamId
from eventstore.store import Stream
from services.matching.domain.case import CASE
from services.matching.domain.case.days import BeforeItBegan
from services.matching.domain.case.decider import standing_refusals
from services.matching.domain.case.dialogue import (
    AnswerMinutes,
    ConfirmMinutes,
    DraftMinutes,
    HoldSession,
    MinutesAbsent,
    MinutesOutdated,
    MinutesSettled,
    SessionUnknown,
)
from services.matching.domain.case.opening import CaseOpened
from services.matching.domain.case.people import NotInCharge
from services.matching.domain.minutes import MINUTES, KeepMinutes, minutes_stream
from services.matching.queries.minutes import (
    EditionUnknown,
    MinutesErased,
    MinutesFileAbsent,
    MinutesFileAltered,
    compared,
    documented,
    file_of,
    sheet,
)
from services.matching.queries.proposals import proposal_as_told
from services.matching.schemas import dialogue as forms
from services.matching.schemas.dialogue import WORDS
from services.matching.service.officers import OfficerWindow

TEXT_ABSENT: Final = (SessionUnknown, MinutesAbsent, EditionUnknown, MinutesErased)
"""Why there is no text of an edition to be shown."""


class DialogueWindow(OfficerWindow):
    """City and proposer talk, and agree on what was said."""

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.SessionForm,
        refuses=(*standing_refusals(HoldSession), NotInCharge, BeforeItBegan),
        problems=("in_the_future",),
    )
    def hold_session(self, **arguments: Any) -> dict[str, Any]:
        """Records that city and proposer met (対話).

        case_id: as `list_cases` gives it. held_on: on which day, not one to come, nor before the proposal was
        received; a talk before the case was opened counts. setting: `in_person`, `online` or `phone`. participants:
        each with `side` (`city` or `proposer`; at least one of either), `name` and, where there is one, `position`.
        subject: what they talked about. Said, as all that the city says, by a department that has taken the case, or by
        the desk.

        Gives the event and `session_id`, by which the minutes are drafted.
        """
        stated: forms.Session = load_or_refuse(forms.SessionForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_in_charge(shown)
        session_id = uuid5(stated.command_id, "session")
        command = HoldSession(
            session_id=session_id,
            held_on=self.day(stated.held_on, "held_on", WORDS),
            proposed_on=self.proposed_on(shown),
            setting=stated.setting,
            participants_id=uuid5(stated.command_id, "participants"),
            participants=stated.participants,
            subject=stated.subject,
        )
        return {**self.on_case(stated, command, arguments), "session_id": str(session_id)}

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.DraftForm,
        refuses=(*standing_refusals(DraftMinutes), NotInCharge, SessionUnknown, MinutesSettled),
    )
    def draft_minutes(self, **arguments: Any) -> dict[str, Any]:
        """Writes the next edition of a session's minutes (議事録); who stood by the one before has to confirm anew.

        case_id: as `list_cases` gives it. session_id: as `hold_session` gave it. text: what was said, whole. What both
        sides have confirmed is not written again.

        Gives the event and the `edition` that it is, 1 for the first.
        """
        stated: forms.MinutesText = load_or_refuse(forms.DraftForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_in_charge(shown)
        command = DraftMinutes(session_id=stated.session_id, drafted_on=self.office.today(), text=stated.text)
        caused = self.on_case(stated, command, arguments)
        version = caused["events"][0]["version"]
        *_, drafted = self.office.store.load_closed(StreamId(CASE.category, stated.case_id), until=version)
        return {**caused, "edition": drafted.event.edition}

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.ConfirmationForm,
        refuses=(*standing_refusals(ConfirmMinutes), NotInCharge, *TEXT_ABSENT, MinutesOutdated),
    )
    def confirm_minutes(self, **arguments: Any) -> dict[str, Any]:
        """Records that the city stands by the newest edition of a session's minutes, and keeps it as a file (PDF).

        case_id: as `list_cases` gives it. session_id: as `hold_session` gave it. edition: which was read; a newer one
        is not confirmed unread. The proposer is asked next, by the letter `minutes_request`.

        Gives the event.
        """
        stated: forms.OfEdition = load_or_refuse(forms.ConfirmationForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_in_charge(shown)
        command = ConfirmMinutes(
            session_id=stated.session_id,
            edition=stated.edition,
            confirmed_on=self.office.today(),
            file=off_hub(render, "minutes", self._sheet(stated)) if shown.is_new else b"",
        )
        return self._kept(stated, command, arguments)

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.AnswerForm,
        refuses=(
            *standing_refusals(AnswerMinutes),
            NotInCharge,
            SessionUnknown,
            MinutesAbsent,
            MinutesOutdated,
            MinutesSettled,
            BeforeItBegan,
        ),
        problems=("in_the_future",),
    )
    def record_minutes_answer(self, **arguments: Any) -> dict[str, Any]:
        """Records what the proposer said of minutes by phone or on paper, in place of answering by the letter's code.

        case_id: as `list_cases` gives it. session_id: as `hold_session` gave it. edition: which one the proposer saw;
        the city has to stand by it. answered_on: today unless said; not before the day on which the city confirmed.
        confirmed: whether the proposer stands by it. objection: what is to be changed, where it does not. reason: how
        the proposer said so; required here.

        Gives the event.
        """
        stated: forms.MinutesAnswer = load_or_refuse(forms.AnswerForm(), arguments)
        shown = self.shown(stated.case_id, stated.command_id)
        self.require_in_charge(shown)
        command = AnswerMinutes(
            session_id=stated.session_id,
            edition=stated.edition,
            answered_on=self.day(stated.answered_on, "answered_on", WORDS),
            objection=stated.objection,
        )
        return self.on_case(stated, command, arguments)

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.ComparisonForm,
        refuses=(NotFound, *TEXT_ABSENT),
    )
    def compare_minutes(self, **arguments: Any) -> dict[str, Any]:
        """Compares two editions of a session's minutes, once it is on record who opens them.

        case_id: as `list_cases` gives it. session_id: as `hold_session` gave it. edition_from, edition_to: 1 for the
        first. purpose: why they are opened, in a line of 400 characters at most.

        Gives `case_id`, `session_id`, `version`, `edition_from`, `edition_to`, both texts (`old`, `new`), and the
        sentences that were `removed` and `added`.
        """
        wanted: forms.ComparisonWanted = load_or_refuse(forms.ComparisonForm(), arguments)
        return self._opened(
            wanted, lambda case: compared(case, wanted.session_id, wanted.edition_from, wanted.edition_to)
        )

    @staff_rpc(
        permission=Permission.CASE_WORK,
        conceals=True,
        takes=forms.MinutesFileForm,
        refuses=(NotFound, SessionUnknown, MinutesFileAbsent, MinutesErased, MinutesFileAltered),
    )
    def get_minutes_file(self, **arguments: Any) -> dict[str, Any]:
        """Gives the file of minutes as the city confirmed them, once it is on record who opens it: to print, or to see.

        case_id: as `list_cases` gives it. session_id: as `hold_session` gave it. edition: that of the newest that has
        a file unless said. purpose: why it is opened, in a line of 400 characters at most. What is kept is compared
        with what the city confirmed.

        Gives `edition`, `file_name`, `media_type` (`application/pdf`) and `content`, the file in base64.
        """
        wanted: forms.FileWanted = load_or_refuse(forms.MinutesFileForm(), arguments)
        return self._opened(wanted, lambda case: file_of(self.office.store, case, wanted.session_id, wanted.edition))

    def _kept(self, stated: forms.OfEdition, command: ConfirmMinutes, arguments: dict[str, Any]) -> dict[str, Any]:
        """The events of the confirmation, with the document kept in the same transaction.

        Of a command that was carried out before the document is not looked at, and nothing is kept again.
        """
        context = context_of(self.office, self.actor, stated, arguments)
        case, expected = StreamId(CASE.category, stated.case_id), stated.expected_version
        keep = KeepMinutes(
            case_id=stated.case_id, session_id=stated.session_id, edition=stated.edition, file=command.file
        )
        with self.office.database.connection() as connection, connection.transaction():
            store = self.office.store.amid(connection)
            confirmed = execute(store, CASE, case, command, context, expected_version=expected)
            if confirmed.recorded and not confirmed.repeated:
                execute(store, MINUTES, minutes_stream(stated.session_id, stated.edition), keep, context)
        return told(confirmed)

    def _opened(self, wanted: forms.SessionWanted, tell: Callable[[Stream], dict[str, Any]]) -> dict[str, Any]:
        """What is told of a case that the caller may see, once it is on record who opens it."""
        self.visible(wanted.case_id)
        return opened(self.office, StreamId(CASE.category, wanted.case_id), self.actor, wanted.purpose, tell)

    def _sheet(self, stated: forms.OfEdition) -> dict[str, Any]:
        """What the file of an edition shows."""
        events = self.office.store.load(StreamId(CASE.category, stated.case_id)).events
        session = documented(events, stated.session_id)
        opening: CaseOpened = events[0].event
        proposal = proposal_as_told(self.office.store, opening.proposal_id)
        return sheet(session, stated.edition, proposal, self.office.pack(), self.office.today())
