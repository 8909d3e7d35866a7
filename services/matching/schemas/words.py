"""Matching's words: what its fields are called. Each form adds its own beside it."""

from typing import Final

from desk.forms import LABELS, SENTENCES, Words

WORDS: Final = Words(
    labels={**LABELS, "case_id": "案件ID", "status": "状態", "proposal_id": "提案ID", "department": "部署"},
    sentences=SENTENCES,
)
