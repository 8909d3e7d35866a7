"""The window where letters are approved (決裁): one, or as many as one decision lets go."""

from datetime import date
from typing import Any, Final
from uuid import UUID, uuid5

from desk.commands import told
from desk.forms import Problem, load_or_refuse, refuse
from desk.letters.approval_forms import (
    ApprovalOfLetter,
    ApprovalOfLetters,
    ApprovalSchema,
    ApprovalsSchema,
    Decided,
    Numbered,
)
from desk.letters.commands import Approval
from desk.letters.forms import WORDS
from desk.letters.refusals import (
    DocumentNumberUsed,
    LetterErased,
    LetterNotDue,
    LetterNotToApprove,
    LetterOvertaken,
    LetterTemplateUnknown,
    LetterValuesUnfit,
)
from desk.permissions import Permission
from desk.windows.letters.desk import LetterDesk
from eventstore.errors import NotFound, RenkeiError, Unavailable
from eventstore.execution import Outcome
from eventstore.nameko import staff_rpc
from eventstore.records import Context

REFUSALS: Final = (
    NotFound, LetterErased, LetterNotDue, LetterNotToApprove, LetterOvertaken, LetterTemplateUnknown, LetterValuesUnfit,
    DocumentNumberUsed,
)  # fmt: skip
UNFIT_DAYS: Final = ("in_the_future", "too_long_ago")


class ApprovingWindow(LetterDesk):
    """How letters are let go."""

    @staff_rpc(permission=Permission.LETTER_APPROVE, takes=ApprovalSchema, refuses=REFUSALS, problems=UNFIT_DAYS)
    def approve_letter(self, **arguments: Any) -> dict[str, Any]:
        """Approves a letter (決裁): it is set in type as it goes out, and sent by mail or ready to be posted.

        letter_id: as `compose_letter` gave it. document_number: 文書番号 of the city's document management system.
        approver: who decided. approval_reference: 決裁番号. delegation: the rule by which that person may (専決).
        issued_on: the letter's date, today unless said; neither a day to come nor one before the city's first rules.

        The letter is compared with today's record: what would read otherwise or go elsewhere by now is refused, unless
        a person gave it another address.

        Gives the event.
        """
        stated: ApprovalOfLetter = load_or_refuse(ApprovalSchema(), arguments)
        issued_on = self._issued_on(stated)
        one = Numbered(
            letter_id=stated.letter_id,
            document_number=stated.document_number,
            expected_version=stated.expected_version,
        )
        return told(self._approve(one, stated, issued_on, self.context(stated, arguments)))

    @staff_rpc(permission=Permission.LETTER_APPROVE, takes=ApprovalsSchema, problems=UNFIT_DAYS)
    def approve_letters(self, **arguments: Any) -> dict[str, Any]:
        """Approves several letters by one decision (決裁), each under a document number of its own.

        Each is approved or refused by itself, as `approve_letter` would; the same command again approves what can be
        approved now and was refused then, for instance a letter that was not there yet.

        letters: 200 at most, each with `letter_id`, `document_number` and, where one was seen, `expected_version`.
        approver, approval_reference, delegation, issued_on: as of `approve_letter`, for all of them.

        Gives `approved` (list of `letter_id` and `events`) and `refused` (list of `letter_id`, `code` and `message`).
        """
        stated: ApprovalOfLetters = load_or_refuse(ApprovalsSchema(), arguments)
        issued_on = self._issued_on(stated)
        approved, refused = [], []
        for one in stated.letters:
            context = self.context(stated, arguments, uuid5(stated.command_id, f"approval/{one.letter_id}"))
            try:
                approved.append(
                    {"letter_id": str(one.letter_id), **told(self._approve(one, stated, issued_on, context))}
                )
            except Unavailable:
                raise
            except RenkeiError as refusal:
                told_why = {"code": refusal.stable_code, "message": refusal.message}
                refused.append({"letter_id": str(one.letter_id), **told_why})
        return {"approved": approved, "refused": refused}

    def _issued_on(self, decided: Decided) -> date:
        """The letter's date: a day that has come, and that the city has rules for."""
        day = self.day(decided.issued_on, "issued_on", WORDS)
        if not self.office.rules.covers(day):
            refuse([Problem("too_long_ago").at("issued_on", WORDS)])
        return day

    def _approve(self, one: Numbered, decided: Decided, issued_on: date, context: Context) -> Outcome:
        approval = Approval(
            document_number=one.document_number,
            approver=decided.approver,
            approval_reference=decided.approval_reference,
            delegation=decided.delegation,
        )
        earlier = self.letters.earlier(one.letter_id, context)
        if earlier is not None:
            return earlier
        self._require_current(one.letter_id)
        return self.letters.approve(
            one.letter_id,
            approval,
            self.office.pack(),
            context,
            database=self.office.database,
            at=self.office.clock(),
            issued_on=issued_on,
            expected_version=one.expected_version,
        )

    def _require_current(self, letter_id: UUID) -> None:
        """What the letter tells may have been overtaken since it was composed."""
        events = self.office.store.load(self.letters.stream(letter_id)).events
        if not events:
            raise NotFound
        self.require_approvable(self.office, events, self.office.pack())
