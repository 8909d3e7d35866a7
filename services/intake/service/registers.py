"""The registers' window (登録簿): measures entered, corrected, lifted and found, and candidates decided."""

from typing import Any, Final
from uuid import uuid5

from desk.commands import carry_out
from desk.forms import load_or_refuse
from desk.openings import PurposeForm
from desk.permissions import Permission
from eventstore.errors import NotFound
from eventstore.following.freshness import NotYetFollowed, PositionParked
from eventstore.nameko import staff_rpc
from eventstore.records import StreamId
from services.intake.domain.periods import PERIOD_UNFIT
from services.intake.domain.register_entry import (
    REGISTER_ENTRY,
    CandidateUnknown,
    ClauseRequired,
    ConfirmCandidate,
    CorrectMeasure,
    DiscretionUnexplained,
    DismissCandidate,
    EnterMeasure,
    FindingUnexplained,
    KindContradictsClause,
    LiftedInTheFuture,
    LiftMeasure,
    MeasureAlreadyEntered,
    MeasureNoLongerStands,
    NoExclusionRules,
    RuleUnknown,
)
from services.intake.queries import registers
from services.intake.schemas.registers import (
    CandidateConfirmationSchema,
    CandidateDecision,
    CandidateDismissalSchema,
    MeasureCorrection,
    MeasureCorrectionSchema,
    MeasureEntry,
    MeasureEntrySchema,
    MeasureLifting,
    MeasureLiftingSchema,
    MeasureListing,
    MeasureListingSchema,
    Sought,
    SoughtSchema,
)
from services.intake.service.window import Window

AGAINST_THE_RULES: Final = (
    NoExclusionRules, RuleUnknown, ClauseRequired, KindContradictsClause, DiscretionUnexplained, FindingUnexplained,
    *PERIOD_UNFIT,
)  # fmt: skip
"""What the city's rules may have against a measure."""


class RegisterWindow(Window):
    """What the desk keeps on who is shut out, and for how long."""

    @staff_rpc(
        permission=Permission.REGISTER_ENTER,
        takes=MeasureEntrySchema,
        refuses=(MeasureAlreadyEntered, *AGAINST_THE_RULES),
    )
    def enter_measure(self, **arguments: Any) -> dict[str, Any]:
        """Enters a measure (措置の登録): the party's open proposals are flagged by themselves, and none is rejected.

        kind: `suspended` for a measure that was taken, `deemed` for a party deemed to fall under the rule. rule,
        clause: codes of `proposer_exclusions` in the city's pack. law: the clause with the version of its text, as
        applied. from_day, until_day: first and last day; without a last day while the fact lasts. party_name,
        corporate_number, address: whom it is about. source: where the office has it from. decided_by, approval,
        reason: required where the rule leaves it to discretion, and wherever a party is deemed to fall under it.

        Gives the event and `entry_id`.
        """
        stated: MeasureEntry = load_or_refuse(MeasureEntrySchema(), arguments)
        stream = StreamId(REGISTER_ENTRY.category, uuid5(stated.command_id, REGISTER_ENTRY.category))
        command = EnterMeasure(
            entry_id=stream.id,
            measure=stated.measure,
            exclusions=self.office.pack().proposer_exclusions,
            has_reason=stated.reason is not None,
            today=self.office.today(),
        )
        told = carry_out(self.office, self.actor, REGISTER_ENTRY, stream, command, stated, arguments)
        return {**told, "entry_id": str(stream.id)}

    @staff_rpc(
        permission=Permission.REGISTER_ENTER,
        takes=MeasureCorrectionSchema,
        refuses=(NotFound, MeasureNoLongerStands, *AGAINST_THE_RULES),
    )
    def correct_measure(self, **arguments: Any) -> dict[str, Any]:
        """Corrects an entry: states it whole, as it is to stand from now on; whom it concerns is found out anew.

        entry_id: as `enter_measure` gave it. reason: why. kind, rule, clause, law, from_day, until_day, party_name,
        corporate_number, address, source, decided_by, approval: as in `enter_measure`.

        Gives the event; none where it stood so already.
        """
        stated: MeasureCorrection = load_or_refuse(MeasureCorrectionSchema(), arguments)
        stream = StreamId(REGISTER_ENTRY.category, stated.entry_id)
        command = CorrectMeasure(
            entry_id=stream.id,
            measure=stated.measure,
            exclusions=self.office.pack().proposer_exclusions,
            has_reason=True,
            today=self.office.today(),
        )
        return carry_out(self.office, self.actor, REGISTER_ENTRY, stream, command, stated, arguments)

    @staff_rpc(
        permission=Permission.REGISTER_ENTER,
        takes=MeasureLiftingSchema,
        refuses=(NotFound, LiftedInTheFuture),
    )
    def lift_measure(self, **arguments: Any) -> dict[str, Any]:
        """Lifts a measure (解除): the flags that it put up are cleared by themselves.

        entry_id: as `enter_measure` gave it. lifted_on: from which day it bars no more; today unless told. reason: why.

        Gives the event; none where it was lifted before.
        """
        stated: MeasureLifting = load_or_refuse(MeasureLiftingSchema(), arguments)
        stream = StreamId(REGISTER_ENTRY.category, stated.entry_id)
        today = self.office.today()
        command = LiftMeasure(lifted_on=stated.lifted_on or today, today=today)
        return carry_out(self.office, self.actor, REGISTER_ENTRY, stream, command, stated, arguments)

    @staff_rpc(
        permission=Permission.REGISTER_ENTER,
        takes=CandidateConfirmationSchema,
        refuses=(NotFound, CandidateUnknown, MeasureNoLongerStands),
    )
    def confirm_candidate(self, **arguments: Any) -> dict[str, Any]:
        """Says that a proposal's proposer is the party of an entry: the proposal is flagged by itself.

        entry_id, proposal_id: as `get_measure` lists its `candidates`. reason: how that was found out.

        Gives the event; none where it was confirmed before.
        """
        stated: CandidateDecision = load_or_refuse(CandidateConfirmationSchema(), arguments)
        stream = StreamId(REGISTER_ENTRY.category, stated.entry_id)
        command = ConfirmCandidate(proposal_id=stated.proposal_id)
        return carry_out(self.office, self.actor, REGISTER_ENTRY, stream, command, stated, arguments)

    @staff_rpc(
        permission=Permission.REGISTER_ENTER,
        takes=CandidateDismissalSchema,
        refuses=(NotFound, CandidateUnknown, MeasureNoLongerStands),
    )
    def dismiss_candidate(self, **arguments: Any) -> dict[str, Any]:
        """Says that a proposal's proposer is not the party of an entry; a flag that was confirmed is cleared.

        entry_id, proposal_id: as `get_measure` lists its `candidates`. reason: how that was found out.

        Gives the event; none where it was dismissed before.
        """
        stated: CandidateDecision = load_or_refuse(CandidateDismissalSchema(), arguments)
        stream = StreamId(REGISTER_ENTRY.category, stated.entry_id)
        command = DismissCandidate(proposal_id=stated.proposal_id)
        return carry_out(self.office, self.actor, REGISTER_ENTRY, stream, command, stated, arguments)

    @staff_rpc(
        permission=Permission.REGISTER_READ,
        takes=MeasureListingSchema,
        refuses=(NotFound, NotYetFollowed, PositionParked),
    )
    def list_measures(self, **arguments: Any) -> dict[str, Any]:
        """Lists the entries in the order in which they were made; party, kind and rule are not among what it tells.

        awaits_decision: whether a candidate waits for a person; all unless named.

        Gives `items` (`entry_id`, `version`, `from_day`, `until_day`, `standing`: `coming`, `barring`, `over` or
        `lifted`, `lifted_on`, `awaits_decision`, `recorded_at`), `after` for the next page or null, and `as_of`
        (`position` of the log, and how many positions the list is `behind`).
        """
        wanted: MeasureListing = load_or_refuse(MeasureListingSchema(), arguments)
        return registers.MEASURE_LIST.page(self.office, wanted, awaits_decision=wanted.awaits_decision)

    @staff_rpc(permission=Permission.REGISTER_READ, takes=SoughtSchema)
    def find_measures(self, **arguments: Any) -> dict[str, Any]:
        """Finds the entries about a party, lifted and ended ones too; each that it tells is on record as opened first.

        corporate_number: in any width. party_name: in any of its ways; the legal form does not count. purpose: why it
        is looked for, in a line of 400 characters at most.

        Gives `items`: `entry_id`, `version`, `from_day`, `until_day`, `standing`, `lifted_on`, and `agrees`: `number`,
        or `name` where it may be another one of the same name.
        """
        sought: Sought = load_or_refuse(SoughtSchema(), arguments)
        search = registers.Search(party=sought.party, actor=self.actor, purpose=sought.purpose)
        return {"items": registers.measures_about(self.office, search)}

    @staff_rpc(
        permission=Permission.REGISTER_READ,
        conceals=True,
        reads=(PurposeForm,),
        refuses=(NotFound,),
    )
    def get_measure(self, entry_id: str, purpose: str | None = None) -> dict[str, Any]:
        """Reads an entry with its fields opened, once it is on record who opens it.

        entry_id: as `enter_measure` gave it. purpose: why it is opened, in a line of 400 characters at most.

        Gives `entry_id`, `version`, `from_day`, `until_day`, `standing`, `lifted_on`, the sealed fields of
        `MeasureEntered` in clear, `closed`: the names of those that cannot be opened any more, and `candidates`:
        `proposal_id`, `status` (`found`, `confirmed` or `dismissed`) and `awaits_decision`: whether a person is still
        to decide, which nobody is where the measure or the proposal is done with.
        """
        stream = StreamId.sought(REGISTER_ENTRY.category, entry_id)
        return registers.opened_measure(self.office, stream, self.actor, purpose)
