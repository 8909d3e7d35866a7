"""What every command on a proposal does alike."""

from typing import Any

from desk.forms import Form, load_or_refuse
from desk.permissions import Permission
from services.intake.domain.proposal import PROPOSAL, ProposalCommand
from services.intake.schemas.proposals.screening import OfProposal
from services.intake.service.window import Window


class ProposalCounter(Window):
    """A window at which commands on proposals are carried out."""

    def stated(self, form: Form, arguments: dict[str, Any]) -> Any:
        """What a command states, for whoever may read proposals. Raises `InvalidMessage` with its errors.

        Raises `NotFound` for whoever may not: no command tells such a person whether a proposal exists.
        """
        stated = load_or_refuse(form, arguments)
        self.office.reading(self.token, Permission.PROPOSAL_READ)
        return stated

    def on_proposal(self, stated: OfProposal, command: ProposalCommand, arguments: dict[str, Any]) -> dict[str, Any]:
        """What the command returns: its events."""
        return self.carry_out(PROPOSAL, stated.proposal_id, command, stated, arguments)
