"""One plain sentence for what companies send later, made of open fields alone."""

from collections.abc import Mapping
from typing import Any, Final

from desk.history import Sentence
from services.intake.domain.later import Matter
from services.intake.projections.proposal_sentences import CHANNELS

MATTERS: Final = {
    Matter.CORRECTION: "補正後の提案",
    Matter.WITHDRAWAL: "提案の取下げ",
    Matter.CLAIM: "非公開を希望する申出",
    Matter.CALL_QUESTION: "募集への質問",
    Matter.CONSENT: "アイデアの利用についての回答",
    Matter.NOTICES_END: "募集のお知らせの停止の申出",
    Matter.OFFER: "逆提案",
}


def _taken(fields: Mapping[str, Any], channel: str) -> str:
    return f"{MATTERS[Matter(fields['matter'])]}を、{CHANNELS[channel]}で受け付けました。"


SENTENCES: Final[Mapping[str, Sentence]] = {"SubmissionTaken": _taken}
