"""Why something is not done with a call: one code for each standing, and one for each rule."""

from typing import Final, assert_never

from eventstore.errors import Refusal
from services.intake.domain.call.state import Standing


class CallUnknown(Refusal):
    """There is no such call, or it is not public yet: both are told in the same words."""

    code = "call_unknown"
    sentence = "指定された募集は見つかりません。"


class CallAlreadyDrafted(Refusal):
    """A call is drafted once."""

    code = "call_already_drafted"
    sentence = "この募集はすでに作成されています。"


class CallNotScheduled(Refusal):
    """It is not decided yet when the call opens and closes."""

    code = "call_not_scheduled"
    sentence = "この募集は作成中で、募集期間がまだ決まっていません。"


class CallNotOpenYet(Refusal):
    """The call is still to open; said to the city's own people only."""

    code = "call_not_open_yet"
    sentence = "この募集はまだ始まっていません。"


class CallStillOpen(Refusal):
    """The call is public and takes proposals."""

    code = "call_open"
    sentence = "この募集は公開中です。"


class CallIsClosed(Refusal):
    """The call has closed."""

    code = "call_closed"
    sentence = "この募集は締め切りました。"


class CallHasBeenAnswered(Refusal):
    """It is told already what came of the call."""

    code = "call_answered"
    sentence = "この募集の結果はすでに公表されています。"


class CallIsArchived(Refusal):
    """The call is done with."""

    code = "call_archived"
    sentence = "この募集は終了しています。"


STANDING_REFUSALS: Final[tuple[type[Refusal], ...]] = (
    CallUnknown,
    CallNotScheduled,
    CallNotOpenYet,
    CallStillOpen,
    CallIsClosed,
    CallHasBeenAnswered,
    CallIsArchived,
)


def standing_otherwise(standing: Standing) -> Refusal:
    """What is said where a call stands so and would have to stand otherwise: one code for each standing."""
    match standing:
        case Standing.ABSENT:
            return CallUnknown()
        case Standing.DRAFTED:
            return CallNotScheduled()
        case Standing.SCHEDULED:
            return CallNotOpenYet()
        case Standing.OPEN:
            return CallStillOpen()
        case Standing.CLOSED:
            return CallIsClosed()
        case Standing.ANSWERED:
            return CallHasBeenAnswered()
        case Standing.ARCHIVED:
            return CallIsArchived()
        case _:
            assert_never(standing)


class DepartmentUnknown(Refusal):
    """The pack in force has no such department."""

    code = "unknown_department"
    sentence = "運用ルールにない部署です。"


class CallOpensInThePast(Refusal):
    """A call opens at an instant that is still to come."""

    code = "call_opens_in_the_past"
    sentence = "募集の開始は、これからの日時にしてください。"


class CallClosesBeforeOpening(Refusal):
    """A call closes after it has opened."""

    code = "call_closes_before_opening"
    sentence = "募集の締切は、開始より後の日時にしてください。"


class ExtensionNotLater(Refusal):
    """An extension closes the call later than before; what was promised to all is not shortened."""

    code = "extension_not_later"
    sentence = "延長後の締切は、今の締切より後の日時にしてください。"


class CallSelectsNobody(Refusal):
    """A call that collects ideas only selects no partner (B19)."""

    code = "call_selects_nobody"
    sentence = "この募集はアイデアを集めるもので、相手方は選定しません。"


class ProposalNotOfCall(Refusal):
    """What is selected was not handed in to this call."""

    code = "proposal_not_of_call"
    sentence = "この募集に寄せられた提案ではないものが選ばれています。"


class SelectedProposalNotPursued(Refusal):
    """What is selected was withdrawn, merged, split, or decided against: there is nobody to go on with."""

    code = "selected_proposal_not_pursued"
    sentence = "取下げや統合などにより取扱いの終わった提案が選ばれています。"


class QuestionUnknown(Refusal):
    """Nobody asked this question of this call."""

    code = "question_unknown"
    sentence = "この募集に、この質問はありません。"


class QuestionAlreadyAnswered(Refusal):
    """A question is answered once: all have read the answer."""

    code = "question_answered"
    sentence = "この質問にはすでに回答しています。"


class IdeaUseUnknown(Refusal):
    """This use was not asked for, or not of this proposer."""

    code = "idea_use_unknown"
    sentence = "このアイデアの利用についての照会は見つかりません。"


class IdeaUseAlreadyAnswered(Refusal):
    """The proposer has answered; for another answer another request is made."""

    code = "idea_use_answered"
    sentence = "この照会にはすでに回答があります。"


class IdeaUseConditionsMissing(Refusal):
    """Consent with conditions names them, any other answer has none."""

    code = "idea_use_conditions"
    sentence = "条件は、条件付きの同意の場合にだけ、必ず入力してください。"


class IdeaUseNotConsented(Refusal):
    """A proposer's idea enters a call's text only with recorded consent (N10)."""

    code = "idea_use_not_consented"


class IdeaUseConditionsNotAcknowledged(Refusal):
    """The proposer consented with conditions, and these are to be looked at first."""

    code = "idea_use_conditions_not_acknowledged"
    sentence = "提案者の同意には条件があります。条件を確かめてください。"
