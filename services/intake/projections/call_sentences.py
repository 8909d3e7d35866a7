"""History of calls: one plain sentence for each event, made of open fields alone."""

from collections.abc import Mapping
from typing import Any, Final

from desk.history import Sentence, always

AIMS: Final = {"selects_partners": "相手方を選定する募集", "collects_ideas": "アイデアを集める募集"}
OUTCOMES: Final = {
    "partners_selected": "相手方を選定しました",
    "nobody_selected": "選定に至りませんでした",
    "ideas_collected": "寄せられたアイデアを受け取りました",
}
CONSENTS: Final = {
    "consented": "同意しました",
    "consented_with_conditions": "条件付きで同意しました",
    "refused": "同意しませんでした",
}


def _call_opened(fields: Mapping[str, Any], _: str) -> str:
    return f"{AIMS[fields['aim']]}を開始し、内容を公開しました。"


def _call_revised(fields: Mapping[str, Any], _: str) -> str:
    uses = f"提案者の同意を得たアイデア{len(fields['uses'])}件を使っています。" if fields["uses"] else ""
    return f"募集の案を改めました。{uses}"


def _call_answered(fields: Mapping[str, Any], _: str) -> str:
    selected = f"（{len(fields['selected'])}件）" if fields["selected"] else ""
    return f"募集の結果を公表しました。{OUTCOMES[fields['outcome']]}{selected}。"


def _idea_use_answered(fields: Mapping[str, Any], _: str) -> str:
    return f"アイデアの利用について、提案者が{CONSENTS[fields['answer']]}。"


SENTENCES: Final[Mapping[str, Sentence]] = {
    "CallDrafted": always("募集の案を作成しました。"),
    "CallRevised": _call_revised,
    "CallScheduled": always("募集の開始日時と締切日時を決定しました。"),
    "CallOpened": _call_opened,
    "CallExtended": always("募集の締切を延長しました。"),
    "CallClosed": always("募集を締め切りました。"),
    "CallAnswered": _call_answered,
    "CallArchived": always("募集を終了しました。"),
    "CallQuestionAsked": always("募集についての質問を受け付けました。"),
    "CallQuestionAnswered": always("募集についての質問に、すべての方に向けて回答しました。"),
    "IdeaUseRequested": always("アイデアの利用について、提案者に協議を申し入れました。"),
    "IdeaUseAnswered": _idea_use_answered,
    "IdeaUsed": always("提案者のアイデアを募集の案に使い、使った内容を記録しました。"),
}
"""Event type → its sentence."""
