"""What the fields of the desk's commands on proposals are called."""

from typing import Final

from desk.forms import Words
from services.intake.schemas.problems import LABELS, SENTENCES

WORDS: Final = Words(
    labels={
        **LABELS,
        "contacted_on": "連絡した日",
        "means": "連絡の方法",
        "note": "連絡の内容",
        "checks": "確認の結果",
        "checks.about": "確認の対象",
        "checks.rule": "要件",
        "checks.clause": "要件の号",
        "checks.basis": "確認の根拠",
        "checks.result": "結果",
        "checks.barred_from": "期間の始まり",
        "checks.barred_until": "期間の終わり",
        "checks.source": "確認した資料",
        "checks.grounds": "理由",
        "checks.decider": "決定者",
        "checks.approval_reference": "決裁番号",
        "points": "補正を求める点",
        "answer_by": "補正の期限",
        "review_on": "再検討の日",
        "about": "要件の対象",
        "rule": "要件",
        "clause": "要件の号",
        "grounds": "理由",
        "decider": "決定者",
        "approval_reference": "決裁番号",
        "destination": "案内する手続き",
        "method": "連携手法",
        "reference": "関係する番号",
        "explanation": "説明",
        "changed_on": "変更の日",
        "renamed_on": "変更の日",
        "name": "提案者の名称",
        "address": "所在地",
        "representative": "代表者",
        "succeeded_on": "承継の日",
        "ground": "承継の理由",
        "evidence": "承継を示す資料",
        "answers": "非公開の申出への回答",
        "answers.field": "非公開を希望する項目",
        "answers.answer": "回答",
        "answers.explanation": "回答の説明",
        "flagged": "措置の有無",
    },
    sentences=SENTENCES,
)
