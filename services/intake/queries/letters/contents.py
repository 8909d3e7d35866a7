"""When a letter about a matter is due, and what it tells: only what was decided, in the words of the decision.

A claim's answer alone goes out whatever became of the proposal: what was handed in is held, and may be asked for, even
after a withdrawal.
"""

from collections.abc import Mapping
from typing import Final

from desk.letters.composing import CodeWanted
from desk.letters.events import CodePurpose
from desk.letters.occasions import NOT_DUE, Contents, Occasion, Tells, contents_by, require_purpose
from desk.letters.refusals import LetterNotDue, LetterValuesUnfit
from desk.packs.letters import LetterCode
from eventstore.records import Recorded, StreamId
from services.intake.domain.inquiry import INQUIRY
from services.intake.domain.inquiry.events import InquiryAnswered
from services.intake.domain.proposal import PROPOSAL, Status
from services.intake.domain.proposal.changes import ClaimsAnswered
from services.intake.domain.proposal.lineage import ProposalMerged, ProposalSplit
from services.intake.domain.proposal.outcomes import (
    ProposalAccepted,
    ProposalFoundIneligible,
    ProposalRedirected,
    ProposalWithdrawn,
)
from services.intake.domain.proposal.screening import ProposalReturned
from services.intake.domain.proposal.status import OPEN
from services.intake.queries.letters.correspondents import correspondent
from services.intake.queries.letters.ideas import idea_use
from services.intake.queries.letters.wording import claims_in_words, destination_in_words, rule_in_words

MATTERS: Final = frozenset({PROPOSAL.category, INQUIRY.category})
"""What letters are composed about by hand."""
EVER: Final = frozenset(Status) - {Status.ABSENT}
PURSUED_SOMEHOW: Final = EVER - {Status.WITHDRAWN, Status.MERGED, Status.SPLIT}
DUE: Final[Mapping[LetterCode, frozenset[Status]]] = {
    LetterCode.RECEIPT_NOTICE: OPEN,
    LetterCode.ONE_TIME_LINK: OPEN,
    LetterCode.CORRECTION_REQUEST: frozenset({Status.RETURNED}),
    LetterCode.ACCEPTANCE_NOTICE: frozenset({Status.ACCEPTED}),
    LetterCode.INELIGIBLE_NOTICE: frozenset({Status.INELIGIBLE}),
    LetterCode.REDIRECTION_NOTICE: frozenset({Status.REDIRECTED}),
    LetterCode.WITHDRAWAL_NOTICE: frozenset({Status.WITHDRAWN}),
    LetterCode.CLAIM_ANSWER: EVER,
    LetterCode.IDEA_USE_REQUEST: PURSUED_SOMEHOW,
    LetterCode.LINEAGE_NOTICE: frozenset({Status.MERGED, Status.SPLIT}),
}
"""Letter about a proposal → where the proposal has to stand, when it is composed and when it is approved."""
ABOUT_INQUIRIES: Final = frozenset({LetterCode.RECEIPT_NOTICE, LetterCode.INQUIRY_ANSWER})
MERGED: Final = "内容の重なるほかのご提案とあわせて、一件のご提案として検討します。"
SPLIT: Final = "次のご提案に分けて、それぞれ検討します。"
LINKS: Final = frozenset({CodePurpose.CORRECTION, CodePurpose.WITHDRAWAL, CodePurpose.CLAIM, CodePurpose.CALL_QUESTION})
"""What the code of a one-time link about a proposal may be for."""


def require_due(template: LetterCode, matter: StreamId, events: tuple[Recorded, ...]) -> None:
    """Raises `LetterNotDue` where the matter does not stand as the letter says."""
    if matter.category == INQUIRY.category:
        is_due = template in ABOUT_INQUIRIES
    else:
        is_due = PROPOSAL.fold(events).status in DUE.get(template, ())
    if not is_due:
        raise LetterNotDue(NOT_DUE)


def contents(template: LetterCode, occasion: Occasion) -> Contents:
    """What a letter tells on its occasion.

    Raises `LetterNotDue` where that was not decided, `LetterErased` where it cannot be opened any more,
    `LetterValuesUnfit` where a link without purpose, or something for another letter, is asked for.
    """
    require_due(template, occasion.matter, occasion.events)
    require_purpose(template, occasion)
    if (occasion.item is not None) != (template is LetterCode.IDEA_USE_REQUEST):
        raise LetterValuesUnfit("募集と照会（call_id、use_id）は、アイデアの利用の文書にだけ、必ず指定してください。")
    return contents_by(TELLS, template, occasion)


def _nothing_more(_: Occasion) -> Contents:
    return Contents()


def _link(occasion: Occasion) -> Contents:
    purpose = occasion.code_purpose
    is_returned = PROPOSAL.fold(occasion.events).status is Status.RETURNED
    if purpose not in LINKS or (purpose is CodePurpose.CORRECTION and not is_returned):
        raise LetterNotDue("この件では、この手続のための番号は使えません。")
    return Contents(code=CodeWanted(purpose=purpose, valid_until=occasion.until(occasion.last_day)))


def _correction(occasion: Occasion) -> Contents:
    _, returned = occasion.last(ProposalReturned)
    due_on = returned.answer_by or occasion.last_day
    if due_on < occasion.office.today():
        raise LetterNotDue("補正の期限を過ぎています。期限を改めて補正を求めてから、文書を作成してください。")
    code = CodeWanted(purpose=CodePurpose.CORRECTION, valid_until=occasion.until(due_on))
    return Contents(values={"points": returned.points.reveal(), "due_on": due_on}, code=code)


def _acceptance(occasion: Occasion) -> Contents:
    return Contents(values={"accepted_on": occasion.last(ProposalAccepted)[1].accepted_on})


def _withdrawal(occasion: Occasion) -> Contents:
    return Contents(values={"withdrawn_on": occasion.last(ProposalWithdrawn)[1].withdrawn_on})


def _ineligibility(occasion: Occasion) -> Contents:
    recorded, found = occasion.last(ProposalFoundIneligible)
    rule, clause = rule_in_words(occasion.pack_of(recorded), found.about, found.rule.reveal(), found.clause.reveal())
    return Contents(values={"rule": rule, "clause": clause, "ground": found.grounds.reveal()})


def _redirection(occasion: Occasion) -> Contents:
    recorded, redirected = occasion.last(ProposalRedirected)
    destination = destination_in_words(occasion.pack_of(recorded), redirected.destination, redirected.method)
    return Contents(values={"destination": destination, "ground": redirected.explanation.reveal()})


def _claims(occasion: Occasion) -> Contents:
    return Contents(values={"answers": claims_in_words(occasion.last(ClaimsAnswered)[1].answers.reveal())})


def _inquiry_answer(occasion: Occasion) -> Contents:
    return Contents(values={"answer": occasion.last(InquiryAnswered)[1].answer.reveal()})


def _lineage(occasion: Occasion) -> Contents:
    """What another's proposal is called is not told: it may be another proposer's, who expects it to stay here."""
    decided = next(
        one.event for one in reversed(occasion.events) if isinstance(one.event, ProposalMerged | ProposalSplit)
    )
    if isinstance(decided, ProposalMerged):
        return Contents(values={"decided_on": decided.merged_on, "outcome": MERGED})
    parts = [occasion.office.store.load(StreamId(PROPOSAL.category, part)).events for part in decided.parts]
    named = "\n".join(f"・{correspondent(events).values['matter']}" for events in parts)
    return Contents(values={"decided_on": decided.split_on, "outcome": f"{SPLIT}\n{named}"})


TELLS: Final[Tells] = {
    LetterCode.RECEIPT_NOTICE: _nothing_more,
    LetterCode.ONE_TIME_LINK: _link,
    LetterCode.CORRECTION_REQUEST: _correction,
    LetterCode.ACCEPTANCE_NOTICE: _acceptance,
    LetterCode.INELIGIBLE_NOTICE: _ineligibility,
    LetterCode.REDIRECTION_NOTICE: _redirection,
    LetterCode.WITHDRAWAL_NOTICE: _withdrawal,
    LetterCode.CLAIM_ANSWER: _claims,
    LetterCode.IDEA_USE_REQUEST: idea_use,
    LetterCode.INQUIRY_ANSWER: _inquiry_answer,
    LetterCode.LINEAGE_NOTICE: _lineage,
}
